/**
 * The load of a pipeline run, in a process of its own so that its event loop does not share time
 * with what it measures. It talks to the node like any client: binary frames over the WebSocket.
 *
 * Closed loop: keeps a bounded number of transactions uncommitted, so it finds the saturation rate.
 * Open loop: sends at a fixed rate whatever happens; latency counts from the time at which a
 * transaction was meant to be sent, so a stall is not hidden by the stall itself.
 *
 * Run by bench/macro/pipeline.ts: `node load-generator.ts '<LoadOptions as JSON>'`; prints one line
 * of JSON, `LoadResult`.
 */

import { createHistogram } from 'node:perf_hooks';
import WebSocket from 'ws';
import { encodeBinary } from '#io/rpc/push.ts';
import { decodeFrame } from '#ipc/frame.ts';
import { TransferFactory, type TransferMix } from './transfers.ts';

export type LoadOptions = TransferMix & {
  readonly url: string;
  readonly transactions: number;
  /** Transactions per second to offer; 0 for the closed loop. */
  readonly rate: number;
  /** Closed loop: transactions sent and not yet committed. */
  readonly window: number;
};

export type LoadResult = {
  readonly committed: number;
  readonly rejected: number;
  readonly rejections: readonly (readonly [message: string, count: number])[];
  /** Committed per second between the first fifth and the last twentieth of all. */
  readonly committedTps: number;
  readonly seconds: number;
  /** Open loop only: from the intended time of sending to the flushed block, in ms. */
  readonly latencyMs?: { readonly p50: number; readonly p99: number; readonly max: number };
};

const FRAME_TRANSACTIONS = 256;
const OPEN_LOOP_TICK_MS = 5;
const STALL_MS = 20_000;
const WARM_SHARE = 0.2;
const TAIL_SHARE = 0.95;
const HASH_BYTES = 32;
const REJECTIONS_SHOWN_MAX = 5;

class LoadRun {
  readonly #options: LoadOptions;
  readonly #transactions: readonly Uint8Array[];
  readonly #socket: WebSocket;
  /** Open loop: intended time of sending, by id. */
  readonly #intended = new Map<string, number>();
  readonly #ids: readonly Uint8Array[];
  readonly #latency = createHistogram({ lowest: 1, highest: 600_000_000, figures: 3 });
  readonly #rejections = new Map<string, number>();
  readonly #marks: { readonly atMs: number; readonly committed: number }[] = [];
  #sent = 0;
  #committed = 0;
  #rejected = 0;
  #request = 0;
  #startMs = 0;
  #lastProgressMs = 0;
  #finish: (result: LoadResult) => void = () => {};
  #fail: (error: Error) => void = () => {};

  constructor(options: LoadOptions, socket: WebSocket) {
    this.#options = options;
    this.#socket = socket;
    const factory = new TransferFactory(options);
    const signed = factory.sign(options.transactions, Date.now());
    this.#transactions = signed.transactions;
    this.#ids = signed.ids;
  }

  run(): Promise<LoadResult> {
    return new Promise((resolve, rejectRun) => {
      this.#finish = resolve;
      this.#fail = rejectRun;
      this.#socket.on('message', (data: Buffer) => this.#onMessage(data));
      this.#socket.on('close', (code) =>
        rejectRun(new Error(`the node closed the socket: ${code}`)),
      );
      const withIds = this.#options.rate > 0;
      this.#send({ kind: 'subscribe', id: this.#request++, topic: 'blocks', ids: withIds });
      this.#startMs = performance.now();
      this.#lastProgressMs = this.#startMs;
      const watchdog = setInterval(() => this.#watch(watchdog), 1000);
      if (this.#options.rate > 0) this.#openLoop();
      else this.#fillWindow();
    });
  }

  #openLoop(): void {
    const timer = setInterval(() => {
      const elapsed = performance.now() - this.#startMs;
      const due = Math.min(
        this.#transactions.length,
        Math.floor((elapsed * this.#options.rate) / 1000),
      );
      for (let index = this.#sent; index < due; index++) {
        const intended = this.#startMs + (index * 1000) / this.#options.rate;
        this.#intended.set(keyOf(this.#ids[index] as Uint8Array), intended);
      }
      while (this.#sent < due) this.#submit(Math.min(FRAME_TRANSACTIONS, due - this.#sent));
      if (this.#sent === this.#transactions.length) clearInterval(timer);
    }, OPEN_LOOP_TICK_MS);
  }

  #fillWindow(): void {
    const { window } = this.#options;
    while (this.#sent < this.#transactions.length) {
      const room = window - (this.#sent - this.#committed - this.#rejected);
      if (room < FRAME_TRANSACTIONS) return;
      this.#submit(Math.min(FRAME_TRANSACTIONS, this.#transactions.length - this.#sent));
    }
  }

  #submit(count: number): void {
    const transactions = this.#transactions.slice(this.#sent, this.#sent + count);
    this.#sent += count;
    this.#send({ kind: 'submit', id: this.#request++, transactions });
  }

  #onMessage(data: Buffer): void {
    const message = decodeFrame(data, 0, data.length) as unknown as ServerMessage;
    switch (message.kind) {
      case 'submitted':
        for (const { message: text } of message.rejected) this.#reject(text);
        break;
      case 'block':
        this.#onBlock(message);
        break;
      case 'error':
        this.#fail(new Error(`the node refused: ${message.message}`));
        break;
      default:
        break;
    }
    if (this.#committed + this.#rejected >= this.#transactions.length) this.#end();
    else if (this.#options.rate === 0) this.#fillWindow();
  }

  #reject(text: string): void {
    this.#rejected += 1;
    this.#rejections.set(text, (this.#rejections.get(text) ?? 0) + 1);
  }

  #onBlock({ count, ids }: BlockMessage): void {
    const now = performance.now();
    if (count > 0) this.#lastProgressMs = now;
    this.#committed += count;
    this.#marks.push({ atMs: now, committed: this.#committed });
    if (ids === undefined) return;
    for (let at = 0; at < ids.length; at += HASH_BYTES) {
      const key = keyOf(ids.subarray(at, at + HASH_BYTES));
      const intended = this.#intended.get(key);
      if (intended === undefined) continue;
      this.#latency.record(Math.max(1, Math.round((now - intended) * 1000)));
      this.#intended.delete(key);
    }
  }

  #end(): void {
    const seconds = (performance.now() - this.#startMs) / 1000;
    this.#finish({
      committed: this.#committed,
      rejected: this.#rejected,
      rejections: [...this.#rejections].slice(0, REJECTIONS_SHOWN_MAX),
      committedTps: this.#steadyRate(),
      seconds,
      ...(this.#options.rate > 0 ? { latencyMs: this.#latencies() } : {}),
    });
  }

  #steadyRate(): number {
    const from = this.#marks.find(({ committed }) => committed >= WARM_SHARE * this.#committed);
    const to = this.#marks.find(({ committed }) => committed >= TAIL_SHARE * this.#committed);
    if (from === undefined || to === undefined || to.atMs <= from.atMs) return 0;
    return ((to.committed - from.committed) * 1000) / (to.atMs - from.atMs);
  }

  #latencies(): { p50: number; p99: number; max: number } {
    return {
      p50: this.#latency.percentile(50) / 1000,
      p99: this.#latency.percentile(99) / 1000,
      max: this.#latency.max / 1000,
    };
  }

  #watch(timer: NodeJS.Timeout): void {
    if (this.#committed + this.#rejected >= this.#transactions.length) clearInterval(timer);
    else if (performance.now() - this.#lastProgressMs > STALL_MS) {
      clearInterval(timer);
      const state = `${this.#sent} sent, ${this.#committed} committed, ${this.#rejected} rejected`;
      this.#fail(new Error(`no progress for ${STALL_MS / 1000} s: ${state}`));
    }
  }

  #send(message: unknown): void {
    this.#socket.send(encodeBinary(message));
  }
}

type BlockMessage = { readonly kind: 'block'; readonly count: number; readonly ids?: Uint8Array };
type ServerMessage =
  | BlockMessage
  | {
      readonly kind: 'submitted';
      readonly ids: Uint8Array;
      readonly rejected: readonly { readonly message: string }[];
    }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'rootBlock' | 'subscribed' };

function keyOf(id: Uint8Array): string {
  return Buffer.from(id.buffer, id.byteOffset, 12).toString('latin1');
}

const options = JSON.parse(process.argv[2] as string) as LoadOptions;
const socket = new WebSocket(options.url, { perMessageDeflate: false });
await new Promise((resolve, reject) => {
  socket.on('open', resolve);
  socket.on('error', reject);
});
const result = await new LoadRun(options, socket).run();
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(0);
