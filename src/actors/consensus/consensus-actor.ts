/**
 * The actor of the root chain: it links the shard chains into one, runs the contracts whose state
 * must be unique network-wide, and tells the shards and rpc how far the root is final.
 */

import { ChainHost } from '#actors/chain/chain-host.ts';
import type { ChainOptions } from '#actors/chain/chain-options.ts';
import { openChain } from '#actors/chain/open-chain.ts';
import {
  type RootToShard,
  RPC_ACTOR,
  type ShardToRoot,
  shardActor,
} from '#actors/chain/protocol.ts';
import { type NetworkToRoot, networkMessageBytesMax } from '#actors/network/protocol.ts';
import type { Actor } from '#actors/runtime/actor.ts';
import type { ActorContext, Gauge } from '#actors/runtime/actor-context.ts';
import type { StorageOutbound } from '#actors/storage/protocol.ts';
import { assert } from '#core/assert.ts';
import { ChainPlacement } from '#core/eds/chain-placement.ts';
import { ShardMap } from '#core/eds/shard-map.ts';
import { ROOT_CHAIN, type StateReader } from '#core/ledger/ports.ts';
import { decodeStateValue } from '#core/ledger/state-value.ts';
import type { Chain } from '#core/shard/chain.ts';
import type { FinalBlockSummary } from '#core/shard/chain-effects.ts';
import type { ChainReader } from '#io/lmdb/chain-reader.ts';
import { ElectionReport } from './election-report.ts';
import { Heartbeats } from './heartbeats.ts';
import type { ConsensusToRpc } from './protocol.ts';

export type ConsensusInbound = ShardToRoot | StorageOutbound | NetworkToRoot;

export class ConsensusActor implements Actor<ConsensusInbound> {
  readonly #options: ChainOptions;
  #running: Running | undefined;

  constructor(options: ChainOptions) {
    this.#options = options;
  }

  onStart(context: ActorContext): void {
    const { chain, reader, close } = openChain(this.#options);
    const placement = new ChainPlacement(ShardMap.balanced(this.#options.shards), ROOT_CHAIN);
    const host = new ChainHost(
      chain,
      context,
      networkMessageBytesMax(this.#options.limits.bytesMax),
      (block) => this.#announce(context, block),
    );
    const height = context.metrics.gauge('root_height', 'Newest flushed height of the root chain');
    const heartbeats = new Heartbeats(this.#options, context, (account, { id, bytes }) => {
      const shard = placement.chainOfAccount(account);
      context.sender<RootToShard>(shardActor(shard)).send({ kind: 'ownTransaction', id, bytes });
    });
    const elections = new ElectionReport(context);
    this.#running = { chain, reader, close, host, height, heartbeats, elections };
    host.tell({ kind: 'started' });
  }

  onMessage(message: ConsensusInbound): void {
    const { host } = this.#run();
    switch (message.kind) {
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
      case 'checkpoint':
      case 'checkpointVote':
        return host.onNetworkMessage(message);
      case 'crosslink':
        return host.tell({ kind: 'crosslinkOffered', crosslink: message.crosslink });
      case 'evidence':
        return host.tell({ kind: 'evidenceOffered', evidence: message.evidence });
      default:
        return message satisfies never;
    }
  }

  onTimer(id: string): void {
    this.#run().host.onTimer(id);
  }

  onTick(): void {
    const { chain, host, height } = this.#run();
    height.set(chain.status.height);
    host.onTick();
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

  #announce(context: ActorContext, block: FinalBlockSummary): void {
    const { height, timestamp, crosslinks } = block;
    for (let shard = 0; shard < this.#options.shards; shard++) {
      context.sender<RootToShard>(shardActor(shard)).send({ kind: 'rootAdvanced', height });
    }
    const { chain, reader, heartbeats, elections } = this.#run();
    const state = stateOf(reader);
    heartbeats.onBlock(height, state);
    if (chain.isClosing(height)) elections.update(state);
    context
      .sender<ConsensusToRpc>(RPC_ACTOR)
      .send({ kind: 'rootBlockFinal', height, timestamp, crosslinks });
  }

  #run(): Running {
    assert(this.#running !== undefined, 'messages come after the start');
    return this.#running;
  }
}

function stateOf(reader: ChainReader): StateReader {
  return {
    get: (key) => {
      const stored = reader.state(key);
      return stored === undefined ? undefined : decodeStateValue(stored);
    },
  };
}

type Running = {
  readonly chain: Chain;
  readonly reader: ChainReader;
  readonly close: () => Promise<void>;
  readonly host: ChainHost;
  readonly height: Gauge;
  readonly heartbeats: Heartbeats;
  readonly elections: ElectionReport;
};
