/** The validators of a network on this machine, each a real process that can be killed and started. */

import { strict as assert } from 'node:assert';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { prepareTestnet, type TestnetSize, type TestnetValidator } from '#cli/testnet-files.ts';
import { blockHash, decodeStoredBlock } from '#core/chain/block.ts';
import { hexOf } from '#core/crypto/hex.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { ChainReader } from '#io/lmdb/chain-reader.ts';
import { isReady } from './running-node.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const WAIT_MS_MAX = 120_000;
/** Added for each of many that start on the same cores. */
const READY_MS_EACH = 10_000;
const POLL_MS = 100;
const LOG_CHARACTERS_MAX = 100_000;

export class ValidatorProcesses {
  readonly size: TestnetSize;
  readonly validators: readonly TestnetValidator[];
  readonly #directory: string;
  readonly #children = new Map<number, ChildProcess>();
  readonly #logs = new Map<number, string>();

  private constructor(
    directory: string,
    size: TestnetSize,
    validators: readonly TestnetValidator[],
  ) {
    this.#directory = directory;
    this.size = size;
    this.validators = validators;
  }

  /** Files of a new network; nothing runs yet. */
  static async prepare(size: TestnetSize): Promise<ValidatorProcesses> {
    const directory = mkdtempSync(join(tmpdir(), 'iost-testnet-'));
    const validators = await prepareTestnet(directory, size);
    assert.ok(typeof validators !== 'string');
    return new ValidatorProcesses(directory, size, validators);
  }

  /** `extra`: further arguments of `iostd start`. */
  start(index: number, extra: readonly string[] = []): void {
    assert.ok(!this.#children.has(index), 'it does not run');
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('IOSTD_'));
    const { config } = this.#at(index);
    const child = spawn(
      process.execPath,
      [MAIN, 'start', '--config', config, '--set', 'log.format=json', ...extra],
      { env: Object.fromEntries(inherited), stdio: ['ignore', 'ignore', 'pipe'] },
    );
    this.#children.set(index, child);
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      this.#logs.set(index, ((this.#logs.get(index) ?? '') + chunk).slice(-LOG_CHARACTERS_MAX));
    });
  }

  /** Ends the process and gives its exit code. */
  async end(index: number, signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    const child = this.#children.get(index);
    assert.ok(child !== undefined, 'it runs');
    this.#children.delete(index);
    const exit = child.exitCode === null ? once(child, 'exit') : Promise.resolve([child.exitCode]);
    child.kill(signal);
    const [code] = (await exit) as [number | null];
    return code;
  }

  /** Newest flushed height of every chain by name of its actor; empty while it does not answer. */
  async heights(index: number): Promise<ReadonlyMap<string, number>> {
    const heights = new Map<string, number>();
    try {
      const response = await fetch(`http://${this.#at(index).telemetry}/metrics`);
      const pattern = /^iost_(?:shard|root)_height\{actor="([^"]+)"\} (\d+)$/gm;
      for (const [, actor, height] of (await response.text()).matchAll(pattern)) {
        heights.set(actor as string, Number(height));
      }
    } catch {
      return new Map();
    }
    return heights;
  }

  /** Waits until each of them says that it is ready to serve. */
  async ready(indexes: readonly number[]): Promise<void> {
    const deadline = Date.now() + WAIT_MS_MAX + READY_MS_EACH * indexes.length;
    for (const index of indexes) {
      while (!(await isReady(`http://${this.#at(index).telemetry}`))) {
        assert.ok(Date.now() < deadline, `validator ${index} is not ready:\n${this.#lastLines()}`);
        await sleep(POLL_MS);
      }
    }
  }

  /** Waits until each of them has `blocks` more blocks of every chain. */
  async progress(indexes: readonly number[], blocks: number): Promise<void> {
    const goals = new Map<number, ReadonlyMap<string, number>>();
    for (const deadline = Date.now() + WAIT_MS_MAX; ; await sleep(POLL_MS)) {
      let done = 0;
      for (const index of indexes) {
        const heights = await this.heights(index);
        if (heights.size <= this.size.shards) continue;
        const goal = goals.get(index) ?? heights;
        goals.set(index, goal);
        const isThere = [...heights].every(([chain, at]) => at >= (goal.get(chain) ?? 0) + blocks);
        if (isThere) done += 1;
      }
      if (done === indexes.length) return;
      assert.ok(Date.now() < deadline, `validators ${indexes} stand still:\n${this.#lastLines()}`);
    }
  }

  log(index: number): string {
    return this.#logs.get(index) ?? '';
  }

  pid(index: number): number {
    const pid = this.#children.get(index)?.pid;
    assert.ok(pid !== undefined, 'it runs');
    return pid;
  }

  rpc(index: number): string {
    return `http://${this.#at(index).rpc}`;
  }

  /** Hex hashes of a chain from height 0; the validator must not run. */
  async hashes(index: number, chain: number): Promise<readonly string[]> {
    const reader = ChainReader.open(this.#at(index).dataDir, chain);
    try {
      const hashes: string[] = [];
      for (let height = 0; height <= (reader.head()?.height ?? -1); height++) {
        const block = decodeStoredBlock(reader.block(height) ?? new Uint8Array(0));
        assert.ok(block !== undefined, 'a stored block can be read');
        hashes.push(hexOf(blockHash(block.header)));
      }
      return hashes;
    } finally {
      await reader.close();
    }
  }

  get chains(): readonly number[] {
    return [...Array(this.size.shards).keys(), ROOT_CHAIN];
  }

  /** Kills what runs and deletes everything. */
  async remove(): Promise<void> {
    await Promise.all([...this.#children.keys()].map((index) => this.end(index, 'SIGKILL')));
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #lastLines(): string {
    return this.validators
      .map(({ index }) => `${index}: ${this.log(index).split('\n').slice(-8).join('\n')}`)
      .join('\n');
  }

  #at(index: number): TestnetValidator {
    const validator = this.validators[index];
    assert.ok(validator !== undefined, 'there is such a validator');
    return validator;
  }
}
