/**
 * The rpc actor: the API of the node on its own thread. Reads come straight from the chains' memory
 * maps; transactions go to the verifier in batches of one turn and are answered by verifier or shard;
 * blocks that became final are spread to subscribers.
 *
 * Backpressure: while a ring onwards overflows, WebSocket clients are not read and HTTP submissions
 * are refused at once, so that nothing piles up here.
 */

import type { Actor } from '#actors/runtime/actor.ts';
import type { ActorContext } from '#actors/runtime/actor-context.ts';
import type { RpcToShard } from '#actors/shard/protocol.ts';
import {
  VERIFY_BATCH_BYTES_MAX,
  VERIFY_BATCH_TRANSACTIONS_MAX,
  type VerifierInbound,
} from '#actors/verifier/protocol.ts';
import { assert } from '#core/assert.ts';
import { ChainPlacement } from '#core/eds/chain-placement.ts';
import { ShardMap } from '#core/eds/shard-map.ts';
import { checkTransaction } from '#core/ledger/admission.ts';
import { builtinContracts } from '#core/ledger/native/builtin-contracts.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { IosvmEngine } from '#io/iosvm/iosvm-engine.ts';
import { ChainReader } from '#io/lmdb/chain-reader.ts';
import { CommittedBlocks } from '#io/rpc/committed-blocks.ts';
import { committedState } from '#io/rpc/committed-state.ts';
import { type ConsoleLine, EventFeed } from '#io/rpc/event-feed.ts';
import { executeOnHead } from '#io/rpc/read-only-execution.ts';
import type { RpcPorts } from '#io/rpc/rpc-ports.ts';
import { createRpcServer, type RpcServer } from '#io/rpc/rpc-server.ts';
import { SubmissionBook } from '#io/rpc/submission-book.ts';
import { PendingLookup } from './pending-lookup.ts';
import type { RpcInbound } from './protocol.ts';
import type { RpcActorOptions } from './rpc-actor-options.ts';
import { type RpcMetrics, rpcMetrics } from './rpc-metrics.ts';

const VERIFIER = 'verifier';
/** BOUND: unanswered transactions of all clients; at 20,000 a second, six seconds' worth. */
const UNANSWERED_MAX = 131_072;
const ANSWER_MS_MAX = 10_000;
const EXPIRE_MS = 250;
const PING_MS = 30_000;
const NO_TAGS: readonly number[] = [];
const NO_IDS = new Uint8Array(0);
const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

type Running = {
  readonly context: ActorContext;
  readonly readers: readonly ChainReader[];
  readonly engine: IosvmEngine;
  readonly server: RpcServer;
  readonly book: SubmissionBook;
  readonly lookup: PendingLookup;
  readonly events: EventFeed;
  readonly metrics: RpcMetrics;
};

export class RpcActor implements Actor<RpcInbound> {
  readonly #options: RpcActorOptions;
  readonly #poolSizes = new Map<number, number>();
  #peerCount = { inbound: 0, outbound: 0 };
  #running: Running | undefined;
  #congested = false;
  #draining = false;

  constructor(options: RpcActorOptions) {
    this.#options = options;
  }

  async onStart(context: ActorContext): Promise<void> {
    const { dataDir, shards: shardCount, rpc } = this.#options;
    const shards = Array.from({ length: shardCount }, (_, shard) =>
      ChainReader.open(dataDir, shard),
    );
    const root = ChainReader.open(dataDir, ROOT_CHAIN);
    const verifier = context.sender<VerifierInbound>(VERIFIER);
    const book = new SubmissionBook({
      capacity: UNANSWERED_MAX,
      timeoutMs: ANSWER_MS_MAX,
      batchTransactionsMax: VERIFY_BATCH_TRANSACTIONS_MAX,
      batchBytesMax: VERIFY_BATCH_BYTES_MAX,
      send: (tags, transactions) => {
        verifier.send({ kind: 'verifyTransactions', tags, transactions });
      },
      requestFlush: () => context.requestTurn(),
    });
    const lookup = new PendingLookup((requestId, id) => {
      let asked = 0;
      for (let shard = 0; shard < shardCount; shard++) {
        const sender = context.sender<RpcToShard>(`shard-${shard}`);
        if (sender.trySend({ kind: 'findPending', requestId, id })) asked += 1;
      }
      return asked;
    });
    const events = new EventFeed(rpc.subscriptionsMax);
    const metrics = rpcMetrics(context);
    const engine = new IosvmEngine();
    const ports = this.#ports(context, { shards, root, book, lookup, events, engine });
    const server = await createRpcServer(ports, rpc, {
      onAnswered: (status, seconds) => metrics.answered(status, seconds),
      onFault: (error, path) => {
        metrics.faults.add();
        context.log.error('a request failed for a reason of ours', { path, error: String(error) });
      },
    });
    const readers = [...shards, root];
    this.#running = { context, readers, engine, server, book, lookup, events, metrics };
    await this.#listen(context, server);
    context.setTimer('expire', context.clock.nowMs() + EXPIRE_MS);
    context.setTimer('ping', context.clock.nowMs() + PING_MS);
  }

  onMessage(message: RpcInbound): void {
    const { server, book, lookup } = this.#run();
    switch (message.kind) {
      case 'transactionsAdmitted':
        book.answer(message.tags, message.ids, message.rejected);
        server.webSockets.onRoom();
        return;
      case 'transactionsRejected':
        book.answer(NO_TAGS, NO_IDS, message.rejected);
        server.webSockets.onRoom();
        return;
      case 'blockFinal':
        server.webSockets.onBlock(message);
        return;
      case 'contractOutput':
        server.webSockets.onContractOutput(message, message.entries);
        return;
      case 'rootBlockFinal':
        server.webSockets.onRootBlock(message);
        return;
      case 'pendingFound':
        lookup.answer(message.requestId, message.transaction);
        return;
      case 'poolSize':
        this.#poolSizes.set(message.chain, message.transactions);
        return;
      case 'peerCount':
        this.#peerCount = message;
        return;
      default:
        return message satisfies never;
    }
  }

  onTimer(id: string, nowMs: number): void {
    const { context, server, book, lookup } = this.#run();
    if (id === 'ping') {
      server.webSockets.pingAll();
      context.setTimer('ping', nowMs + PING_MS);
      return;
    }
    book.expire(nowMs);
    lookup.expire(nowMs);
    server.webSockets.expire(nowMs);
    server.webSockets.onRoom();
    context.setTimer('expire', nowMs + EXPIRE_MS);
  }

  onTurnEnd(): void {
    this.#run().book.flush();
  }

  onTick(): void {
    const { metrics, book, server, events } = this.#run();
    metrics.unanswered.set(book.unanswered);
    metrics.webSockets.set(server.webSockets.sessions);
    metrics.watches.set(server.webSockets.watches);
    metrics.eventListeners.set(events.size);
  }

  onCongestion(congested: boolean): void {
    this.#congested = congested;
    this.#running?.server.webSockets.setNodePaused(congested || this.#draining);
  }

  onDrain(): void {
    this.#draining = true;
    this.#running?.server.webSockets.setNodePaused(true);
  }

  isDrained(): boolean {
    return this.#running === undefined || this.#running.book.unanswered === 0;
  }

  async onStop(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    await running.server.close();
    await running.engine.close();
    for (const reader of running.readers) reader.close();
  }

  #ports(
    context: ActorContext,
    parts: {
      readonly shards: readonly ChainReader[];
      readonly root: ChainReader;
      readonly book: SubmissionBook;
      readonly lookup: PendingLookup;
      readonly events: EventFeed;
      readonly engine: IosvmEngine;
    },
  ): RpcPorts {
    const { network, shards: shardCount, nodeId } = this.#options;
    const { shards, root, book, lookup, events, engine } = parts;
    const placement = new ChainPlacement(ShardMap.balanced(shardCount), ROOT_CHAIN);
    const chainOfAnchor = (anchor: string) => placement.chainOfAnchor(anchor);
    const contracts = builtinContracts();
    const blocks = new CommittedBlocks(root, shards);
    const state = committedState(shards, root, chainOfAnchor);
    const nowMs = () => context.clock.nowMs();
    return {
      network,
      shards,
      root,
      chainOfAnchor,
      contracts,
      events,
      console: this.#options.contractConsole
        ? new EventFeed<ConsoleLine>(this.#options.rpc.subscriptionsMax)
        : undefined,
      nowMs,
      status: () => ({
        mode: 'ModeNormal',
        networkId: nodeId,
        inboundPeers: this.#peerCount.inbound,
        outboundPeers: this.#peerCount.outbound,
        poolTransactions: sum(this.#poolSizes.values()),
      }),
      submit: (transactions, done) =>
        !this.#congested && !this.#draining && book.submit(transactions, nowMs(), done),
      findPending: (id) => lookup.find(id, nowMs()),
      check: (transaction, bytes) => {
        const nowNs = BigInt(nowMs()) * NANOSECONDS_PER_MILLISECOND;
        const sized = { ...transaction, bytes };
        const checked = checkTransaction(sized, { chainId: network.chainId, nowNs });
        return checked.ok ? undefined : checked.failure;
      },
      execute: (encoded) => {
        const time = BigInt(nowMs()) * NANOSECONDS_PER_MILLISECOND;
        return executeOnHead(state, { contracts, engine }, blocks.head(), encoded, time);
      },
    };
  }

  async #listen(context: ActorContext, server: RpcServer): Promise<void> {
    const { host, port } = this.#options.rpc;
    try {
      const bound = await server.listen();
      context.log.info('the API listens', { host, port: bound });
    } catch (error) {
      const reason = `the API cannot listen on ${host} port ${port}: ${String(error)}`;
      throw context.fatal(reason, {
        code: 'config',
        fix: 'free the port, or choose another with --set rpc.port=N',
        cause: error,
      });
    }
  }

  #run(): Running {
    assert(this.#running !== undefined, 'messages come after the start');
    return this.#running;
  }
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
