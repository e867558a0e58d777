/**
 * Who runs and who talks to whom: the actors of a node and every directed link between them. This is
 * the file to read first.
 *
 *   peers ◄─► network (only where there are other validators) ─► verifier, ◄─► every chain
 *   clients ─► rpc ─► verifier ─► shard 0 … S−1 ─► storage
 *               ▲         │           │  ▲ channels
 *               └─────────┴───────────┤  ▼
 *                                     consensus (root chain) ─► storage
 *
 * New work flows one way (`work`: rpc → verifier → shards → storage) and is held back where a
 * consumer cannot follow; everything else is a consequence of work already admitted (`reply`) and is
 * always read, so nothing can wait in a circle.
 */

import type { ChainOptions } from '#actors/chain/chain-options.ts';
import {
  CHAIN_ENVELOPE_BYTES_MAX,
  CONSENSUS_ACTOR,
  RPC_ACTOR,
  STORAGE_ACTOR,
  shardActor,
} from '#actors/chain/protocol.ts';
import type { NetworkActorOptions } from '#actors/network/network-actor.ts';
import { NETWORK_ACTOR } from '#actors/network/protocol.ts';
import type { RpcActorOptions } from '#actors/rpc/rpc-actor-options.ts';
import { STORAGE_INBOUND_BYTES_MAX, STORAGE_OUTBOUND_BYTES_MAX } from '#actors/storage/protocol.ts';
import type { StorageOptions } from '#actors/storage/storage-actor.ts';
import { REJECTED_BYTES_MAX, VERIFIER_INBOUND_BYTES_MAX } from '#actors/verifier/protocol.ts';
import type { VerifierOptions } from '#actors/verifier/verifier-actor.ts';
import type { ActorRow, LinkRow, Topology } from './topology-types.ts';

const VERIFIER_ACTOR = 'verifier';

const STOP_STAGE = { rpc: 0, network: 0, verifier: 1, chains: 2, storage: 3 } as const;

const KIB = 1024;
const MIB = 1024 * KIB;
/**
 * A block's transactions live until it is flushed: with less, a shard copies more of them. The others
 * hand on what they get, and what they keep small stays in the processor's cache.
 */
const SEMI_SPACE_MIB = { shard: 8, other: 2 } as const;
/** Shared by the channels of all pairs of chains; a channel gets a power of two within bounds. */
const CHANNEL_BYTES_TOTAL = 64 * MIB;
/** An exec message holds the largest transaction and the publisher's carried state. */
const CHANNEL_BYTES_MIN = 512 * KIB;
const CHANNEL_BYTES_MAX = 4 * MIB;
/** Ids of one block, tags of one turn. */
const TO_RPC_MESSAGE_BYTES_MAX = 2 * MIB;

export type TopologyOptions = {
  readonly shards: readonly ChainOptions[];
  readonly root: ChainOptions;
  readonly storage: StorageOptions;
  readonly verifier: VerifierOptions;
  readonly rpc: RpcActorOptions;
  /** Absent where this node is the only validator. */
  readonly network: NetworkActorOptions | undefined;
  readonly transactionRingBytes: number;
};

/** Ring of one channel between two chains, so that all of them together stay within bounds. */
export function channelRingBytes(shards: number): number {
  const links = (shards + 1) * shards;
  const share = 2 ** Math.floor(Math.log2(CHANNEL_BYTES_TOTAL / links));
  return Math.min(CHANNEL_BYTES_MAX, Math.max(CHANNEL_BYTES_MIN, share));
}

/** What one block may send to other chains: it must fit into a message of one channel. */
export function outboxBytesMax(shards: number): number {
  return channelRingBytes(shards) / 2 - 2 * CHAIN_ENVELOPE_BYTES_MAX;
}

export function nodeTopology(options: TopologyOptions): Topology {
  const shards = options.shards.map(({ chain }) => shardActor(chain));
  const { network } = options;
  const node = { actors: actors(options), links: links(options, shards) };
  if (network === undefined) return node;
  return {
    actors: [...node.actors, networkActor(network)],
    links: [...node.links, ...networkLinks(options, network, [...shards, CONSENSUS_ACTOR])],
  };
}

function actors(options: TopologyOptions): readonly ActorRow[] {
  return [
    {
      name: STORAGE_ACTOR,
      module: new URL('../actors/storage/worker.ts', import.meta.url).href,
      kind: 'event-loop',
      options: options.storage,
      stopStage: STOP_STAGE.storage,
      semiSpaceMiB: SEMI_SPACE_MIB.other,
      onFailure: 'restart',
    },
    ...options.shards.map(
      (shard): ActorRow => ({
        name: shardActor(shard.chain),
        module: new URL('../actors/shard/worker.ts', import.meta.url).href,
        kind: 'ring-driven',
        options: shard,
        stopStage: STOP_STAGE.chains,
        semiSpaceMiB: SEMI_SPACE_MIB.shard,
        onFailure: 'restart',
      }),
    ),
    {
      name: CONSENSUS_ACTOR,
      module: new URL('../actors/consensus/worker.ts', import.meta.url).href,
      kind: 'ring-driven',
      options: options.root,
      stopStage: STOP_STAGE.chains,
      semiSpaceMiB: SEMI_SPACE_MIB.other,
      onFailure: 'restart',
    },
    {
      name: VERIFIER_ACTOR,
      module: new URL('../actors/verifier/worker.ts', import.meta.url).href,
      kind: 'event-loop',
      options: options.verifier,
      stopStage: STOP_STAGE.verifier,
      semiSpaceMiB: SEMI_SPACE_MIB.other,
      onFailure: 'restart',
    },
    {
      name: RPC_ACTOR,
      module: new URL('../actors/rpc/worker.ts', import.meta.url).href,
      kind: 'event-loop',
      options: options.rpc,
      stopStage: STOP_STAGE.rpc,
      semiSpaceMiB: SEMI_SPACE_MIB.other,
      onFailure: 'restart',
    },
  ];
}

function links(options: TopologyOptions, shards: readonly string[]): readonly LinkRow[] {
  const chains = [...shards, CONSENSUS_ACTOR];
  return [
    work(RPC_ACTOR, VERIFIER_ACTOR, options.transactionRingBytes, VERIFIER_INBOUND_BYTES_MAX),
    reply(VERIFIER_ACTOR, RPC_ACTOR, 256 * KIB, REJECTED_BYTES_MAX),
    ...shards.flatMap((shard) => [
      work(VERIFIER_ACTOR, shard, options.transactionRingBytes, VERIFIER_INBOUND_BYTES_MAX),
      reply(shard, RPC_ACTOR, 4 * MIB, TO_RPC_MESSAGE_BYTES_MAX - 64),
      reply(RPC_ACTOR, shard, 64 * KIB, 4 * KIB),
    ]),
    ...chains.flatMap((chain) => [
      work(chain, STORAGE_ACTOR, 8 * MIB, STORAGE_INBOUND_BYTES_MAX),
      reply(STORAGE_ACTOR, chain, 64 * KIB, STORAGE_OUTBOUND_BYTES_MAX),
    ]),
    ...channels(chains, channelRingBytes(shards.length)),
    reply(CONSENSUS_ACTOR, RPC_ACTOR, 256 * KIB, 64 * KIB),
  ];
}

function networkActor(options: NetworkActorOptions): ActorRow {
  return {
    name: NETWORK_ACTOR,
    module: new URL('../actors/network/worker.ts', import.meta.url).href,
    kind: 'event-loop',
    options,
    stopStage: STOP_STAGE.network,
    semiSpaceMiB: SEMI_SPACE_MIB.other,
    onFailure: 'restart',
  };
}

/**
 * Consensus repeats what got lost and asks for what it lacks, so nothing waits for peers and peers
 * make nothing wait: all links but those of the verifier drop what they cannot take.
 */
function networkLinks(
  options: TopologyOptions,
  { messageBytesMax }: NetworkActorOptions,
  chains: readonly string[],
): readonly LinkRow[] {
  // A frame of a peer may grow by its sender's index on the way to the chain.
  const messageMax = messageBytesMax + KIB;
  const bytes = 2 ** Math.ceil(Math.log2(2 * messageMax + KIB));
  return [
    work(NETWORK_ACTOR, VERIFIER_ACTOR, options.transactionRingBytes, VERIFIER_INBOUND_BYTES_MAX),
    lossy(VERIFIER_ACTOR, NETWORK_ACTOR, 256 * KIB, REJECTED_BYTES_MAX),
    lossy(NETWORK_ACTOR, RPC_ACTOR, 64 * KIB, 4 * KIB),
    ...chains.flatMap((chain) => [
      lossy(chain, NETWORK_ACTOR, bytes, messageMax),
      lossy(NETWORK_ACTOR, chain, bytes, messageMax),
    ]),
  ];
}

/** Every chain to every other: ordered channels, crosslinks to the root, root heights back. */
function channels(chains: readonly string[], ringBytes: number): readonly LinkRow[] {
  return chains.flatMap((from) =>
    chains
      .filter((to) => to !== from)
      .map((to) => reply(from, to, ringBytes, ringBytes / 2 - CHAIN_ENVELOPE_BYTES_MAX)),
  );
}

function work(from: string, to: string, bytes: number, messageBytesMax: number): LinkRow {
  return { from, to, bytes, messageBytesMax, delivery: 'reliable', priority: 'work' };
}

function reply(from: string, to: string, bytes: number, messageBytesMax: number): LinkRow {
  return { from, to, bytes, messageBytesMax, delivery: 'reliable', priority: 'reply' };
}

function lossy(from: string, to: string, bytes: number, messageBytesMax: number): LinkRow {
  return { from, to, bytes, messageBytesMax, delivery: 'lossy', priority: 'reply' };
}
