/**
 * The actor of one shard: pool, ledger, contracts, consensus and channels of the shard run on its
 * thread. It takes verified transactions from the verifier, tells storage what to keep, and tells
 * rpc what became final.
 */

import { ChainHost } from '#actors/chain/chain-host.ts';
import type { ChainOptions } from '#actors/chain/chain-options.ts';
import { openChain } from '#actors/chain/open-chain.ts';
import { CONSENSUS_ACTOR, type RootToShard, RPC_ACTOR } from '#actors/chain/protocol.ts';
import { type NetworkToChain, networkMessageBytesMax } from '#actors/network/protocol.ts';
import type { Actor } from '#actors/runtime/actor.ts';
import type { ActorContext, Counter, Gauge } from '#actors/runtime/actor-context.ts';
import type { StorageOutbound } from '#actors/storage/protocol.ts';
import type { TransactionsVerified } from '#actors/verifier/protocol.ts';
import { assert } from '#core/assert.ts';
import type { Chain } from '#core/shard/chain.ts';
import type { FinalBlockSummary } from '#core/shard/chain-effects.ts';
import type { Sender } from '#ipc/link.ts';
import { ContractOutput } from './contract-output.ts';
import type { RpcToShard, ShardToRpc } from './protocol.ts';

export type ShardInbound =
  | TransactionsVerified
  | StorageOutbound
  | RootToShard
  | RpcToShard
  | NetworkToChain;

const ID_BYTES = 32;
const NOTHING = new Uint8Array(0);

export class ShardActor implements Actor<ShardInbound> {
  readonly #options: ChainOptions;
  #running: Running | undefined;

  constructor(options: ChainOptions) {
    this.#options = options;
  }

  onStart(context: ActorContext): void {
    const { chain, close } = openChain(this.#options);
    const rpc = context.sender<ShardToRpc>(RPC_ACTOR);
    const metrics = shardMetrics(context);
    const output = new ContractOutput(chain.chain, context, rpc);
    const host = new ChainHost(
      chain,
      context,
      networkMessageBytesMax(this.#options.limits.bytesMax),
      (block) => {
        metrics.blocks.add();
        metrics.transactions.add(block.ids.length / ID_BYTES - block.unfinished.length);
        output.onFinal(block);
        rpc.send(blockFinalMessage(chain.chain, block));
      },
    );
    this.#running = { chain, close, host, rpc, metrics };
    host.tell({ kind: 'started' });
  }

  onMessage(message: ShardInbound): void {
    const { host } = this.#run();
    switch (message.kind) {
      case 'transactionsVerified':
        return this.#onVerified(message);
      case 'blockPersisted':
      case 'votesPersisted':
        return host.onStorageMessage(message);
      case 'batch':
      case 'cursor':
        return host.onChainMessage(message);
      case 'bft':
      case 'peerHead':
      case 'peerGone':
      case 'headers':
      case 'bodies':
        return host.onNetworkMessage(message);
      case 'rootAdvanced':
        return host.tell(message);
      case 'handover':
        return host.tell({ kind: 'handoverOffered', handover: message.handover });
      case 'ownTransaction': {
        const origin = { actor: CONSENSUS_ACTOR, tag: 0 };
        const { id, bytes } = message;
        const transactions = [{ id, bytes, origin }];
        return host.tell({ kind: 'transactionsVerified', transactions, sound: false });
      }
      case 'findPending':
        return this.#onFindPending(message);
      default:
        return message satisfies never;
    }
  }

  onTimer(id: string): void {
    this.#run().host.onTimer(id);
  }

  onTurnEnd(): void {
    this.#run().host.flushAnswers();
  }

  onTick(): void {
    const { chain, host, metrics, rpc } = this.#run();
    host.onTick();
    const { height, poolCount, poolBytes, unflushedBlocks } = chain.status;
    metrics.height.set(height);
    metrics.poolCount.set(poolCount);
    metrics.poolBytes.set(poolBytes);
    metrics.unflushed.set(unflushedBlocks);
    rpc.trySend({ kind: 'poolSize', chain: chain.chain, transactions: poolCount });
  }

  onPeerRestarted(peer: string): void {
    this.#run().host.onPeerRestarted(peer);
  }

  onDrain(): void {
    this.#run().host.drain();
  }

  isDrained(): boolean {
    return this.#running?.host.isFlushed ?? true;
  }

  async onStop(): Promise<void> {
    await this.#running?.close();
  }

  #onVerified(message: TransactionsVerified): void {
    const { origin, tags, transactions, ids, sound } = message;
    this.#run().host.tell({
      kind: 'transactionsVerified',
      transactions: transactions.map((bytes, index) => ({
        id: ids.subarray(index * ID_BYTES, (index + 1) * ID_BYTES),
        bytes,
        origin: { actor: origin, tag: tags[index] as number },
      })),
      sound,
    });
  }

  #onFindPending(message: RpcToShard): void {
    const { chain, rpc } = this.#run();
    const transaction = chain.pending(message.id) ?? NOTHING;
    rpc.send({ kind: 'pendingFound', requestId: message.requestId, transaction });
  }

  #run(): Running {
    assert(this.#running !== undefined, 'messages come after the start');
    return this.#running;
  }
}

type Running = {
  readonly chain: Chain;
  readonly close: () => Promise<void>;
  readonly host: ChainHost;
  readonly rpc: Sender<ShardToRpc>;
  readonly metrics: ShardMetrics;
};

type ShardMetrics = {
  readonly blocks: Counter;
  readonly transactions: Counter;
  readonly height: Gauge;
  readonly poolCount: Gauge;
  readonly poolBytes: Gauge;
  readonly unflushed: Gauge;
};

function shardMetrics(context: ActorContext): ShardMetrics {
  const { metrics } = context;
  return {
    blocks: metrics.counter('shard_blocks_total', 'Final blocks of the shard'),
    transactions: metrics.counter(
      'shard_transactions_total',
      'Transactions that ended in final blocks',
    ),
    height: metrics.gauge('shard_height', 'Newest flushed height'),
    poolCount: metrics.gauge('mempool_transactions', 'Transactions in the pool'),
    poolBytes: metrics.gauge('mempool_bytes', 'Encoded transactions in the pool, in bytes'),
    unflushed: metrics.gauge('shard_unflushed_blocks', 'Final blocks that wait for the disk'),
  };
}

function blockFinalMessage(chain: number, block: FinalBlockSummary): ShardToRpc {
  const { height, timestamp, ids, unfinished } = block;
  return { kind: 'blockFinal', chain, height, timestamp, ids, unfinished };
}
