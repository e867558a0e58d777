/** `iostd testnet`: a network of validators on this machine, one process each. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import { DEFAULT_POLICY } from '#core/pob/policy.ts';
import { EXIT_CODE } from '#node/exit-code.ts';
import { CommandFailure } from './command-failure.ts';
import { printJson, printProgress } from './output.ts';
import { prepareTestnet, type TestnetValidator } from './testnet-files.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const VALIDATORS_MAX = 64;
const PERIOD_MAX = 1_000_000;
const READY_MS_MAX = 120_000;
const POLL_MS = 100;

type Flags = {
  readonly validators: number;
  readonly shards: number;
  readonly period: number;
  readonly dataDir: string;
  readonly seconds?: number;
};

const EXAMPLES = `
Example:
  $ iostd testnet --validators 4 --shards 2 --data-dir ./testnet --seconds 60

Prints the addresses as JSON once all validators are ready. Logs are in DIR/validator-N/log.json.`;

export function addTestnet(program: Command): void {
  program
    .command('testnet')
    .description('run a network of validators on this machine, one process each')
    .addOption(new Option('--validators <count>', 'block producers').default(4).argParser(Number))
    .addOption(new Option('--shards <count>', 'shards, 1 to 64').default(2).argParser(Number))
    .requiredOption('--data-dir <dir>', 'where everything lies; kept for the next start')
    .addOption(
      new Option('--period <blocks>', 'root blocks between two elections of the committee')
        .default(1200)
        .argParser(Number),
    )
    .addOption(new Option('--seconds <count>', 'stop after this time').argParser(Number))
    .addHelpText('after', EXAMPLES)
    .action(testnet);
}

async function testnet(flags: Flags): Promise<void> {
  requireCount('--validators', flags.validators, VALIDATORS_MAX);
  requireCount('--shards', flags.shards, 64);
  // Everybody has a turn in a period.
  const seats = Math.max(DEFAULT_POLICY.committeeSize, flags.validators);
  requireCount('--period', flags.period, PERIOD_MAX, seats);
  const policy = { periodBlocks: flags.period };
  const prepared = await prepareTestnet(resolve(flags.dataDir), { ...flags, policy });
  if (typeof prepared === 'string') {
    throw new CommandFailure(prepared, {
      fix: 'give the same numbers, or another --data-dir',
      exitCode: EXIT_CODE.config,
    });
  }
  const children = prepared.map(startValidator);
  const ends = children.map((child) => once(child, 'exit'));
  const stop = stopRequested();
  try {
    await Promise.race([allReady(prepared, children), stop]);
    printJson({
      validators: prepared.map(({ index, publicKey, rpc, telemetry, p2p }) => ({
        index,
        publicKey,
        rpc: `http://${rpc}`,
        websocket: `ws://${rpc}/ws`,
        telemetry: `http://${telemetry}`,
        p2p,
        pid: children[index]?.pid,
      })),
    });
    const isOver = await Promise.race([stop, timeOver(flags.seconds), anyEnd(children)]);
    if (isOver !== true) printProgress('a validator has ended, so all are stopped');
  } finally {
    for (const child of children) if (child.exitCode === null) child.kill('SIGTERM');
    await Promise.all(ends);
  }
  const failed = children.findIndex(({ exitCode }) => exitCode !== EXIT_CODE.clean);
  if (failed < 0) return;
  throw new CommandFailure(`validator ${failed} ended with ${children[failed]?.exitCode}`, {
    fix: `see ${join(prepared[failed]?.dataDir ?? '', 'log.json')}`,
  });
}

function startValidator({ config, dataDir }: TestnetValidator): ChildProcess {
  const log = openSync(join(dataDir, 'log.json'), 'a');
  const arguments_ = [MAIN, 'start', '--config', config, '--set', 'log.format=json'];
  const child = spawn(process.execPath, arguments_, { stdio: ['ignore', log, log] });
  closeSync(log);
  return child;
}

async function allReady(
  validators: readonly TestnetValidator[],
  children: readonly ChildProcess[],
): Promise<void> {
  const deadline = performance.now() + READY_MS_MAX;
  for (const { index, telemetry } of validators) {
    while (!(await isReady(telemetry))) {
      if (children.some(({ exitCode }) => exitCode !== null)) return;
      if (performance.now() > deadline) {
        throw new CommandFailure(`validator ${index} is not ready after two minutes`);
      }
      await sleep(POLL_MS);
    }
  }
}

async function isReady(telemetry: string): Promise<boolean> {
  try {
    const response = await fetch(`http://${telemetry}/readyz`);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

function stopRequested(): Promise<true> {
  return new Promise((resolveStop) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => resolveStop(true));
    }
  });
}

/** Never, where no time was given. */
function timeOver(seconds: number | undefined): Promise<true> {
  return new Promise((resolveOver) => {
    if (seconds !== undefined) setTimeout(() => resolveOver(true), seconds * 1000);
  });
}

async function anyEnd(children: readonly ChildProcess[]): Promise<void> {
  await Promise.race(
    children.map((child) => (child.exitCode === null ? once(child, 'exit') : Promise.resolve())),
  );
}

function requireCount(flag: string, value: number, max: number, min = 1): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new CommandFailure(`${flag} must be a whole number from ${min} to ${max}`, {
    exitCode: EXIT_CODE.usage,
  });
}
