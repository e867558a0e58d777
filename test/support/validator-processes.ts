/** The validators of a network on this machine, each a real process that can be killed and started. */

import { strict as assert } from 'node:assert';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  freePorts,
  prepareTestnet,
  type TestnetSize,
  type TestnetValidator,
} from '#cli/testnet-files.ts';
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

/** Sections of a configuration file. */
export type Settings = { readonly [section: string]: Readonly<Record<string, unknown>> | string };

export class ValidatorProcesses {
  readonly size: TestnetSize;
  readonly validators: readonly TestnetValidator[];
  /** Validators, then observers. */
  readonly #nodes: TestnetValidator[];
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
    this.#nodes = [...validators];
  }

  /** Files of a new network; nothing runs yet. */
  static async prepare(size: TestnetSize): Promise<ValidatorProcesses> {
    const directory = mkdtempSync(join(tmpdir(), 'iost-testnet-'));
    const validators = await prepareTestnet(directory, size);
    assert.ok(typeof validators !== 'string');
    return new ValidatorProcesses(directory, size, validators);
  }

  /**
   * Adds a node that is no validator and knows one address, or those given; it gets the next index.
   * Nothing runs yet.
   */
  async addObserver(peers: readonly string[] = [this.#at(0).p2p]): Promise<number> {
    const index = this.#nodes.length;
    const [rpc, telemetry, p2p] = (await freePorts(3)).map((port) => `127.0.0.1:${port}`) as [
      string,
      string,
      string,
    ];
    const dataDir = join(this.#directory, `observer-${index}`);
    const config = join(dataDir, 'config.json');
    mkdirSync(dataDir);
    copyFileSync(this.#at(0).config, config);
    this.#nodes.push({ index, publicKey: '', config, dataDir, rpc, telemetry, p2p });
    this.configure(index, (settings) => ({
      ...settings,
      mode: 'observer',
      identity: { keystore: null, devSecretKey: null },
      rpc: { port: portOf(rpc) },
      telemetry: { port: portOf(telemetry) },
      p2p: { ...(settings['p2p'] as object), port: portOf(p2p), peers },
    }));
    return index;
  }

  /** As `addObserver`, with a key of its own (base58, 64 bytes) that may be elected. */
  async addCandidate(secretKey: string): Promise<number> {
    const index = await this.addObserver();
    this.configure(index, (settings) => ({
      ...settings,
      mode: 'candidate',
      identity: { keystore: null, devSecretKey: secretKey },
    }));
    return index;
  }

  /** Rewrites the configuration of a node that does not run. */
  configure(index: number, change: (settings: Settings) => Settings): void {
    const { config } = this.#at(index);
    const settings = JSON.parse(readFileSync(config, 'utf8')) as Settings;
    writeFileSync(config, JSON.stringify(change(settings)));
  }

  /** Deletes all that a node that does not run has on disk. */
  wipe(index: number): void {
    assert.ok(!this.#children.has(index), 'it does not run');
    const { dataDir } = this.#at(index);
    for (const name of readdirSync(dataDir)) {
      if (name !== 'config.json') rmSync(join(dataDir, name), { recursive: true });
    }
  }

  /** The process stands still, as on a machine that sleeps; its sockets stay open. */
  pause(index: number): void {
    process.kill(this.pid(index), 'SIGSTOP');
  }

  resume(index: number): void {
    process.kill(this.pid(index), 'SIGCONT');
  }

  /** `extra`: further arguments of `iostd start`; `environment`: on top of ours. */
  start(
    index: number,
    extra: readonly string[] = [],
    environment: Readonly<Record<string, string>> = {},
  ): void {
    assert.ok(!this.#children.has(index), 'it does not run');
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('IOSTD_'));
    const { config } = this.#at(index);
    const child = spawn(
      process.execPath,
      [MAIN, 'start', '--config', config, '--set', 'log.format=json', ...extra],
      {
        env: { ...Object.fromEntries(inherited), ...environment },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
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
    const hasEnded = child.exitCode !== null || child.signalCode !== null;
    const exit = hasEnded ? Promise.resolve([child.exitCode]) : once(child, 'exit');
    child.kill(signal);
    const [code] = (await exit) as [number | null];
    return code;
  }

  /** Newest flushed height of every chain by name of its actor; empty while it does not answer. */
  heights(index: number): Promise<ReadonlyMap<string, number>> {
    return this.#metric(index, '(?:shard|root)_height');
  }

  /** By name of the actor 1 where it has a vote on its chain. */
  voters(index: number): Promise<ReadonlyMap<string, number>> {
    return this.#metric(index, 'bft_votes');
  }

  async #metric(index: number, name: string): Promise<ReadonlyMap<string, number>> {
    const values = new Map<string, number>();
    try {
      const response = await fetch(`http://${this.#at(index).telemetry}/metrics`);
      const pattern = new RegExp(`^iost_${name}\\{actor="([^"]+)"\\} (\\d+)$`, 'gm');
      for (const [, actor, value] of (await response.text()).matchAll(pattern)) {
        values.set(actor as string, Number(value));
      }
    } catch {
      return new Map();
    }
    return values;
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

  /** Waits until each of them has every block that any running node has now. */
  async inStep(indexes: readonly number[]): Promise<void> {
    const goal = new Map<string, number>();
    for (const index of this.#children.keys()) {
      for (const [chain, height] of await this.heights(index)) {
        goal.set(chain, Math.max(height, goal.get(chain) ?? 0));
      }
    }
    const deadline = Date.now() + WAIT_MS_MAX;
    for (const index of indexes) {
      for (;;) {
        const heights = await this.heights(index);
        if ([...goal].every(([chain, height]) => (heights.get(chain) ?? -1) >= height)) break;
        assert.ok(Date.now() < deadline, `${index} does not catch up:\n${this.#lastLines()}`);
        await sleep(POLL_MS);
      }
    }
  }

  log(index: number): string {
    return this.#logs.get(index) ?? '';
  }

  /** Waits until the process has ended by itself; gives the signal that ended it. */
  async ended(index: number): Promise<NodeJS.Signals | null> {
    const child = this.#children.get(index);
    assert.ok(child !== undefined, 'it was started');
    const isOver = child.exitCode !== null || child.signalCode !== null;
    if (!isOver) await once(child, 'exit', { signal: AbortSignal.timeout(WAIT_MS_MAX) });
    this.#children.delete(index);
    return child.signalCode;
  }

  pid(index: number): number {
    const pid = this.#children.get(index)?.pid;
    assert.ok(pid !== undefined, 'it runs');
    return pid;
  }

  rpc(index: number): string {
    return `http://${this.#at(index).rpc}`;
  }

  telemetry(index: number): string {
    return `http://${this.#at(index).telemetry}`;
  }

  config(index: number): string {
    return this.#at(index).config;
  }

  dataDir(index: number): string {
    return this.#at(index).dataDir;
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

  /** Asserts that honest nodes have not been suspected by each other. */
  trustEachOther(): void {
    for (const { index } of this.#nodes) {
      const line = this.log(index)
        .split('\n')
        .find((each) => /"peer banned"|"misbehaviour"|broke the rules/.test(each));
      assert.equal(line, undefined, `node ${index} suspects another`);
    }
  }

  /**
   * Asserts that nodes that do not run have one history of every chain, of which some have seen
   * more; gives the length of the shortest.
   */
  async agree(indexes: readonly number[]): Promise<number> {
    let shortest = Number.POSITIVE_INFINITY;
    for (const chain of this.chains) {
      const histories = await Promise.all(indexes.map((index) => this.hashes(index, chain)));
      const longest = histories.reduce((best, each) => (each.length > best.length ? each : best));
      for (const each of histories) {
        assert.deepEqual(each, longest.slice(0, each.length));
        shortest = Math.min(shortest, each.length);
      }
    }
    return shortest;
  }

  /** Names of the actors that run them. */
  get actors(): readonly string[] {
    return this.chains.map((chain) => (chain === ROOT_CHAIN ? 'consensus' : `shard-${chain}`));
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
    return this.#nodes
      .map(({ index }) => `${index}: ${this.log(index).split('\n').slice(-8).join('\n')}`)
      .join('\n');
  }

  #at(index: number): TestnetValidator {
    const node = this.#nodes[index];
    assert.ok(node !== undefined, 'there is such a node');
    return node;
  }
}

function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(':') + 1));
}
