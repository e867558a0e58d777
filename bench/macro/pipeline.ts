/**
 * One row of the macro table: a real node in its own process (or a network of them), on an empty data
 * directory, under load from another process. First a warm-up, then repetitions of the closed loop for the saturation
 * rate, then an open loop at 60 % of it for the latency. The node is the bench profile's, with every
 * check and every flush that any other node makes.
 */

import { Bench } from 'tinybench';
import { failuresOf } from '../harness.ts';
import type { MacroScale, PipelineShape } from '../profile.ts';
import { median } from '../report/median.ts';
import type { MacroResult, Repetition, Workload } from '../report/result.ts';
import { LoadClient } from './load-client.ts';
import type { LoadResult, LoadTarget, Transport } from './load-protocol.ts';
import { type NodeUnderLoad, prepareUnderLoad } from './node-under-load.ts';
import { type ResidentMemory, residentMemory } from './resident-memory.ts';
import { type ThreadTimes, threadTimes, timesBetween } from './thread-times.ts';

const OPEN_LOOP_SHARE = 0.6;
/** Of the bench genesis. */
const ACCOUNTS = 10_000;
/** Of the window. A network's rounds of votes take their time: with less, its blocks are small. */
const WINDOW_SHARES: Readonly<Record<Workload, number>> = {
  transfer: 1,
  httpSendTx: 0.25,
  network: 0.5,
  contractTransfer: 1,
  contractDeposit: 1,
  contractCall: 0.1,
  contractCallHot: 0.002,
};
/** So that most of a repetition is spent with the loop full. */
const REPETITION_WINDOWS_MIN = 4;
const REPETITION_TRANSACTIONS_MAX = 400_000;
const COMPLAINTS_SHOWN_MAX = 3;
const TRANSPORTS: Readonly<Record<Workload, Transport>> = {
  transfer: 'websocket',
  httpSendTx: 'http',
  network: 'websocket',
  contractTransfer: 'websocket',
  contractDeposit: 'websocket',
  contractCall: 'websocket',
  contractCallHot: 'websocket',
};

export type PipelineRow = PipelineShape & {
  readonly workload: Workload;
  /** Processes that agree on every block; 1 is a node on its own. */
  readonly validators: number;
};

export type RowOptions = {
  readonly scale: MacroScale;
  /** Further settings of the node. */
  readonly settings: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
};

/** What one row found; the raw signature rate beside it is the suite's to add. */
export type RowResult = Omit<MacroResult, 'rawVerifyNearby' | 'pairedRatioToVerify'>;

export type MeasuredRow = { readonly result: RowResult; readonly warnings: readonly string[] };

export function rowName(row: PipelineRow): string {
  const { workload, shards, crossShardShare, validators } = row;
  const size = `${shards} shard${shards === 1 ? '' : 's'}, ${crossShardShare * 100} % across`;
  return `pipeline/${workload}, ${validators === 1 ? '' : `${validators} validators, `}${size}`;
}

/** Throws where node or load fail. Nothing is left running or on disk. */
export async function measureRow(row: PipelineRow, options: RowOptions): Promise<MeasuredRow> {
  const { shards, validators } = row;
  const { settings, signal } = options;
  const node = await prepareUnderLoad({ validators, shards, settings });
  let client: LoadClient | undefined;
  // Whoever waits for either of them then fails, and the rest is cleaned up below.
  const stop = () => {
    client?.kill();
    void node.remove();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    await node.start();
    client = new LoadClient(loadTarget(row, options, node));
    const result = await new RowRun(row, options, node, client).run();
    await client.close();
    return { result, warnings: (await node.stop()).slice(0, COMPLAINTS_SHOWN_MAX) };
  } finally {
    signal.removeEventListener('abort', stop);
    client?.kill();
    await node.remove();
  }
}

function loadTarget(row: PipelineRow, { scale }: RowOptions, node: NodeUnderLoad): LoadTarget {
  return {
    urls: node.urls,
    workload: row.workload,
    transport: TRANSPORTS[row.workload],
    connections: scale.httpConnections,
    accounts: ACCOUNTS,
    shards: row.shards,
    crossShardShare: row.crossShardShare,
  };
}

class RowRun {
  readonly #row: PipelineRow;
  readonly #options: RowOptions;
  readonly #node: NodeUnderLoad;
  readonly #client: LoadClient;
  readonly #closed: LoadResult[] = [];
  readonly #cpuMicros = new Map<string, number>();

  constructor(row: PipelineRow, options: RowOptions, node: NodeUnderLoad, client: LoadClient) {
    this.#row = row;
    this.#options = options;
    this.#node = node;
    this.#client = client;
  }

  async run(): Promise<RowResult> {
    const { scale } = this.#options;
    const warm = await this.#closedLoop(Math.ceil(scale.warmupTransactions * this.#warmupShare));
    const count = Math.round(warm.committedTps * scale.secondsPerRepetition);
    const enough = REPETITION_WINDOWS_MIN * this.#window;
    await this.#repeat(Math.min(Math.max(count, enough), REPETITION_TRANSACTIONS_MAX));
    const repetitions = this.#closed.map(toRepetition);
    const committedTps = median(repetitions.map((repetition) => repetition.committedTps));
    const openLoop = await this.#openLoop(committedTps);
    const { workload, shards, crossShardShare, validators } = this.#row;
    const cpuMicrosPerTransaction = this.#cpuPerTransaction();
    return {
      kind: 'macro',
      name: rowName(this.#row),
      workload,
      shards,
      crossShardShare,
      validators,
      committedTps,
      repetitions,
      openLoop,
      ...(cpuMicrosPerTransaction === undefined ? {} : { cpuMicrosPerTransaction }),
      resident: largestOf(this.#node.pids.map(residentMemory)),
      followed: sum(this.#closed.map(({ followed }) => followed)),
      settleMs: Math.max(...this.#closed.map(({ settleMs }) => settleMs)),
    };
  }

  /**
   * Each validator compiles for itself whatever runs all transactions, so a network takes as many as
   * a single node until it is as fast as it will be.
   */
  get #warmupShare(): number {
    const { workload } = this.#row;
    return workload === 'network' ? 1 : WINDOW_SHARES[workload];
  }

  /** Transactions sent and not yet committed in the closed loop. */
  get #window(): number {
    return Math.ceil(this.#options.scale.window * WINDOW_SHARES[this.#row.workload]);
  }

  /** The repetitions are iterations of a tinybench task, one transaction its unit. */
  async #repeat(transactions: number): Promise<void> {
    const { scale, signal } = this.#options;
    const bench = new Bench({ iterations: scale.repetitions, time: 0, warmup: false, signal });
    const repeat = async () => {
      const result = await this.#measuredClosedLoop(transactions);
      const seconds = result.seconds * 1000;
      return { overriddenDuration: 1000 / result.committedTps, overriddenIterationCost: seconds };
    };
    bench.add(rowName(this.#row), repeat, { async: true });
    await bench.run();
    const failure = failuresOf(bench.tasks)[0];
    if (failure !== undefined) throw new Error(failure.message);
  }

  async #measuredClosedLoop(transactions: number): Promise<LoadResult> {
    let before: readonly (ThreadTimes | undefined)[] = [];
    const result = await this.#closedLoop(transactions, () => {
      before = this.#node.pids.map(threadTimes);
    });
    const after = this.#node.pids.map(threadTimes);
    for (const [process, times] of after.entries()) this.#addTimes(before[process], times);
    this.#closed.push(result);
    this.#options.progress(`${Math.round(result.committedTps)} committed per second`);
    return result;
  }

  #addTimes(before: ThreadTimes | undefined, after: ThreadTimes | undefined): void {
    if (before === undefined || after === undefined) return;
    for (const [name, micros] of timesBetween(before, after)) {
      this.#cpuMicros.set(name, (this.#cpuMicros.get(name) ?? 0) + micros);
    }
  }

  async #closedLoop(transactions: number, onStart = () => {}): Promise<LoadResult> {
    const job = { transactions, rate: 0, window: this.#window };
    const result = await this.#client.run(job, onStart);
    if (result.committed === 0 || result.committedTps === 0) {
      throw new Error(`nothing to measure: ${JSON.stringify(result)}`);
    }
    return result;
  }

  async #openLoop(saturationTps: number): Promise<RowResult['openLoop']> {
    const rate = Math.max(1, Math.round(saturationTps * OPEN_LOOP_SHARE));
    const transactions = Math.ceil(rate * this.#options.scale.openLoopSeconds);
    const job = { transactions, rate, window: 0 };
    const { openLoop, committedTps } = await this.#client.run(job, () => {});
    if (openLoop === undefined) throw new Error('an open loop has latencies');
    this.#options.progress(`p50 ${Math.round(openLoop.latencyMs.p50)} ms at ${rate} per second`);
    return { offeredTps: rate, committedTps, ...openLoop };
  }

  #cpuPerTransaction(): RowResult['cpuMicrosPerTransaction'] {
    if (this.#cpuMicros.size === 0) return undefined;
    const committed = sum(this.#closed.map((result) => result.committed));
    const perTransaction = (micros: number) => Math.round((micros / committed) * 100) / 100;
    return {
      node: perTransaction(sum([...this.#cpuMicros.values()])),
      loadGenerator: perTransaction(sum(this.#closed.map(({ cpuMicros }) => cpuMicros))),
      byThread: Object.fromEntries(
        [...this.#cpuMicros].map(([name, micros]) => [name, perTransaction(micros)]),
      ),
    };
  }
}

function toRepetition({ committedTps, committed, rejected, seconds }: LoadResult): Repetition {
  return { committedTps, committed, rejected, seconds };
}

function largestOf(processes: readonly ResidentMemory[]): ResidentMemory {
  return {
    bytes: Math.max(...processes.map(({ bytes }) => bytes)),
    peakBytes: Math.max(...processes.map(({ peakBytes }) => peakBytes)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
