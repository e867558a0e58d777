/**
 * The load of a pipeline run, in a process of its own so that its event loop does not share time
 * with what it measures. It talks to the node like any client. Signing is done before each run, with
 * the clock stopped.
 *
 * `node load-generator.ts '<LoadTarget as JSON>'`, then see `load-protocol.ts`. It ends with its
 * standard input, or after a failure.
 */

import { createInterface } from 'node:readline';
import WebSocket from 'ws';
import { encodeBinary } from '#io/rpc/push.ts';
import { decodeFrame } from '#ipc/frame.ts';
import { contractId } from '../contracts/bench-contracts.ts';
import { contractsOf, type PublishedContracts, workloadActions } from './load-actions.ts';
import type { LoadJob, LoadReport, LoadResult, LoadTarget } from './load-protocol.ts';
import { LoadRun, type StatusMessage } from './load-run.ts';
import { HttpSubmitter, type Submitter, WebSocketSubmitter } from './submitter.ts';
import { type SignedTransactions, TransactionFactory } from './transactions.ts';

const FOLLOWED_MAX = 64;

type ServerMessage =
  | { readonly kind: 'block'; readonly count: number; readonly ids?: Uint8Array }
  | { readonly kind: 'submitted'; readonly rejected: readonly { readonly message: string }[] }
  | ({ readonly kind: 'transaction' } & StatusMessage)
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'rootBlock' | 'subscribed' | 'unsubscribed' };

class LoadGenerator {
  readonly #socket: WebSocket;
  readonly #factory: TransactionFactory;
  readonly #submitter: Submitter;
  #request = 2 ** 31;
  #run: LoadRun | undefined;
  #subscribed: (() => void) | undefined;

  /** A socket for each node of the target. */
  constructor(target: LoadTarget, sockets: readonly [WebSocket, ...WebSocket[]]) {
    const [socket] = sockets;
    this.#socket = socket;
    this.#factory = new TransactionFactory(target);
    const events = {
      onRejected: (message: string) => this.#run?.onRejected(message),
      onRoom: () => this.#run?.pump(),
      onFailure: (error: Error) => this.#run?.fail(error),
    };
    this.#submitter =
      target.transport === 'websocket'
        ? new WebSocketSubmitter(sockets)
        : new HttpSubmitter(target.urls[0] ?? '', target.connections, events);
    for (const each of sockets) {
      each.on('message', (data: Buffer) => this.#onMessage(data));
      each.on('close', (code) => this.#run?.fail(new Error(`a node closed the socket: ${code}`)));
    }
  }

  /** Publishes what the workload calls, one of each contract on every shard. */
  async prepare({ workload, shards }: LoadTarget): Promise<void> {
    const published: PublishedContracts = new Map();
    for (const name of contractsOf(workload)) {
      const ids: string[] = [];
      for (let shard = 0; shard < shards; shard++) {
        const signed = this.#factory.publish(name, shard, Date.now());
        await this.#send({ transactions: 1, rate: 0, window: 1 }, signed, () => {});
        ids.push(contractId(signed.ids[0] as Uint8Array));
      }
      published.set(name, ids);
    }
    this.#factory.use(workloadActions(workload, published));
  }

  perform(job: LoadJob): Promise<LoadResult> {
    const signed = this.#factory.sign(job.transactions, Date.now());
    return this.#send(job, signed, () => report({ kind: 'started' }));
  }

  async #send(
    job: LoadJob,
    { transactions, ids }: SignedTransactions,
    onStart: () => void,
  ): Promise<LoadResult> {
    this.#submitter.load(transactions);
    const stride = Math.ceil(ids.length / FOLLOWED_MAX);
    const followed = ids.filter((_, index) => index % stride === 0);
    await this.#subscribe({ topic: 'transactions', hashes: followed });
    // Ids are needed only to tell latencies; without them blocks are short messages.
    await this.#subscribe({ topic: 'blocks', ids: job.rate > 0 });
    onStart();
    this.#run = new LoadRun(job, this.#submitter, ids, followed);
    return await this.#run.run();
  }

  close(): void {
    this.#submitter.close();
    this.#socket.close();
  }

  #subscribe(topic: object): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#subscribed = resolve;
    this.#tell({ kind: 'subscribe', ...topic });
    return promise;
  }

  #onMessage(data: Buffer): void {
    const message = decodeFrame(data, 0, data.length) as unknown as ServerMessage;
    switch (message.kind) {
      case 'submitted':
        for (const { message: text } of message.rejected) this.#run?.onRejected(text);
        return;
      case 'block':
        return this.#run?.onBlock(message.count, message.ids);
      case 'transaction':
        return this.#run?.onStatus(message);
      case 'subscribed':
        return this.#subscribed?.();
      case 'error':
        return failed(new Error(`the node refused: ${message.message}`));
      default:
        return;
    }
  }

  #tell(message: object): void {
    this.#socket.send(encodeBinary({ ...message, id: this.#request++ }));
  }
}

function report(line: LoadReport): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function failed(error: Error): void {
  report({ kind: 'failed', message: error.message });
  process.exitCode = 1;
  process.stdin.destroy();
  setImmediate(() => process.exit());
}

async function connect(url: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`, { perMessageDeflate: false });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return socket;
}

const target = JSON.parse(process.argv[2] as string) as LoadTarget;
try {
  const [first, ...others] = await Promise.all(target.urls.map(connect));
  if (first === undefined) throw new Error('a load has a target');
  const generator = new LoadGenerator(target, [first, ...others]);
  await generator.prepare(target);
  for await (const line of createInterface({ input: process.stdin })) {
    report({ kind: 'finished', result: await generator.perform(JSON.parse(line) as LoadJob) });
  }
  generator.close();
} catch (error) {
  failed(error as Error);
}
