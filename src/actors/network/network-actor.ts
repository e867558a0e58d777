/**
 * The network actor: connections to the other validators on a thread of its own. It carries messages
 * of consensus between the chains of this node and those of others, spreads transactions, and serves
 * blocks from storage. It believes nobody: chains check what they get, the verifier transactions.
 */

import { createHash } from 'node:crypto';
import { CONSENSUS_ACTOR, shardActor } from '#actors/chain/protocol.ts';
import type { Actor } from '#actors/runtime/actor.ts';
import type { ActorContext, Counter, Gauge } from '#actors/runtime/actor-context.ts';
import type { TransactionsRejected, VerifierInbound } from '#actors/verifier/protocol.ts';
import { assert } from '#core/assert.ts';
import { BoundedCache } from '#core/bounded-cache.ts';
import { signerOfSeed } from '#core/crypto/key-pair.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { ChainReader } from '#io/lmdb/chain-reader.ts';
import { PeerNetwork } from '#io/net/peer-network.ts';
import { BLOCKS_MAX, type PeerMessage } from '#io/net/wire-message.ts';
import {
  type ChainToNetwork,
  FETCHED_BYTES_MAX,
  GOSSIP_BYTES_MAX,
  type NetworkToChain,
} from './protocol.ts';

const VERIFIER = 'verifier';
/** BOUND: transactions that are remembered to have been seen: twice this many. */
const SEEN_GENERATION = 65_536;
/** Blocks one peer may ask for: an answer of up to `FETCHED_BYTES_MAX` this often. */
const SERVE_MS_MIN = 5;
const TRANSACTION_BYTES_MAX = 65_536;

export type NetworkActorOptions = {
  readonly host: string;
  readonly port: number;
  readonly peers: readonly string[];
  readonly chainId: number;
  readonly genesis: string;
  readonly validators: readonly Uint8Array[];
  readonly seed: Uint8Array;
  readonly dataDir: string;
  readonly shards: number;
  readonly messageBytesMax: number;
};

export type NetworkInbound = ChainToNetwork | TransactionsRejected;

export class NetworkActor implements Actor<NetworkInbound> {
  readonly #options: NetworkActorOptions;
  readonly #seen = new BoundedCache<string, true>(SEEN_GENERATION);
  /** By member and chain: when it may be served blocks again. */
  readonly #servedAt = new Map<string, number>();
  #nextPeer = 0;
  #running: Running | undefined;

  constructor(options: NetworkActorOptions) {
    this.#options = options;
  }

  async onStart(context: ActorContext): Promise<void> {
    const { dataDir, shards, host, port } = this.#options;
    const chains = [...Array(shards).keys(), ROOT_CHAIN];
    const readers = new Map(chains.map((chain) => [chain, ChainReader.open(dataDir, chain)]));
    const network = this.#createNetwork(context);
    const metrics = networkMetrics(context);
    this.#running = { context, network, readers, metrics };
    try {
      const bound = await network.start();
      context.log.info('listening for peers', { host, port: bound });
    } catch (error) {
      throw context.fatal(`cannot listen for peers on ${host}:${port}: ${String(error)}`, {
        code: 'retry',
        fix: 'stop the other program, or give another port with --set p2p.port=…',
      });
    }
  }

  onMessage(message: NetworkInbound): void {
    const { network } = this.#run();
    switch (message.kind) {
      case 'sendBft': {
        const { chain, to, bytes } = message;
        const frame = { kind: 'bft', chain, bytes } as const;
        if (to === null) network.broadcast(frame);
        else network.send(to, frame);
        return;
      }
      case 'fetchBlocks':
        return this.#fetch(message.chain, message.fromHeight);
      case 'gossip':
        for (const bytes of message.transactions) this.#isNew(bytes);
        return network.broadcast({ kind: 'transactions', transactions: message.transactions });
      case 'transactionsRejected':
        // Nobody waits here for what became of a gossiped transaction.
        return;
      default:
        return message satisfies never;
    }
  }

  onTick(): void {
    const { network, metrics } = this.#run();
    metrics.peers.set(network.members.length);
    metrics.unsent.set(network.droppedCount);
  }

  async onStop(): Promise<void> {
    await this.#running?.network.stop();
    for (const reader of this.#running?.readers.values() ?? []) reader.close();
  }

  #createNetwork(context: ActorContext): PeerNetwork {
    const { host, port, peers, chainId, genesis, validators, seed, messageBytesMax } =
      this.#options;
    return new PeerNetwork({
      host,
      port,
      peers,
      terms: { chainId, genesis, validators },
      signer: signerOfSeed(seed),
      messageBytesMax,
      onMessage: (member, message) => this.#onPeer(member, message),
      onPeersChanged: () => context.requestTurn(),
      log: (level, text, fields) => context.log[level](text, fields),
    });
  }

  #onPeer(member: number, message: PeerMessage): void {
    const { network, metrics } = this.#run();
    metrics.received.add();
    switch (message.kind) {
      case 'bft':
        return this.#toChain(member, message.chain, {
          kind: 'bft',
          from: member,
          bytes: message.bytes,
        });
      case 'blocks':
        return this.#toChain(member, message.chain, { kind: 'blocks', blocks: message.blocks });
      case 'transactions':
        return this.#onTransactions(member, message.transactions);
      case 'wantBlocks':
        return this.#serve(member, message.chain, message.fromHeight);
      default:
        message satisfies never;
        network.ban(member, 'unknown message');
    }
  }

  #toChain(member: number, chain: number, message: NetworkToChain): void {
    const { context, network, readers } = this.#run();
    if (!readers.has(chain)) return network.ban(member, `a message for chain ${chain}`);
    const actor = chain === ROOT_CHAIN ? CONSENSUS_ACTOR : shardActor(chain);
    context.sender<NetworkToChain>(actor).send(message);
  }

  /** Each is verified once, however many peers send it. What finds no room is dropped. */
  #onTransactions(member: number, transactions: readonly Uint8Array[]): void {
    const { context, network } = this.#run();
    const bytes = transactions.reduce((sum, each) => sum + each.length, 0);
    const isTooLarge = transactions.some(({ length }) => length > TRANSACTION_BYTES_MAX);
    if (isTooLarge || (transactions.length > 1 && bytes > GOSSIP_BYTES_MAX)) {
      return network.ban(member, 'more transactions than one message may hold');
    }
    const fresh = transactions.filter((each) => this.#isNew(each));
    if (fresh.length === 0) return;
    const tags = fresh.map(() => 0);
    const verifier = context.sender<VerifierInbound>(VERIFIER);
    verifier.trySend({ kind: 'verifyTransactions', tags, transactions: fresh });
  }

  #isNew(transaction: Uint8Array): boolean {
    const digest = createHash('sha256').update(transaction).digest('base64');
    if (this.#seen.get(digest) !== undefined) return false;
    this.#seen.set(digest, true);
    return true;
  }

  /** Asks the connected peers in turn. */
  #fetch(chain: number, fromHeight: number): void {
    const { context, network } = this.#run();
    const { members } = network;
    if (members.length === 0) return;
    this.#nextPeer = (this.#nextPeer + 1) % members.length;
    const member = members[this.#nextPeer] as number;
    context.log.info('fetching blocks', { chain, fromHeight, validator: member });
    network.send(member, { kind: 'wantBlocks', chain, fromHeight });
  }

  #serve(member: number, chain: number, fromHeight: number): void {
    const { context, network, readers } = this.#run();
    const reader = readers.get(chain);
    if (reader === undefined) return network.ban(member, `blocks of chain ${chain}`);
    const nowMs = context.clock.nowMs();
    const asker = `${member}/${chain}`;
    if (nowMs < (this.#servedAt.get(asker) ?? 0)) return;
    this.#servedAt.set(asker, nowMs + SERVE_MS_MIN);
    const blocks: Uint8Array[] = [];
    let bytes = 0;
    for (let height = Math.max(1, fromHeight); blocks.length < BLOCKS_MAX; height++) {
      const block = reader.block(height);
      if (block === undefined) break;
      bytes += block.length;
      if (blocks.length > 0 && bytes > FETCHED_BYTES_MAX) break;
      blocks.push(block);
    }
    network.send(member, { kind: 'blocks', chain, blocks });
  }

  #run(): Running {
    assert(this.#running !== undefined, 'messages come after the start');
    return this.#running;
  }
}

type Running = {
  readonly context: ActorContext;
  readonly network: PeerNetwork;
  readonly readers: ReadonlyMap<number, ChainReader>;
  readonly metrics: NetworkMetrics;
};

type NetworkMetrics = { readonly peers: Gauge; readonly unsent: Gauge; readonly received: Counter };

function networkMetrics({ metrics }: ActorContext): NetworkMetrics {
  return {
    peers: metrics.gauge('p2p_peers', 'Connected validators'),
    unsent: metrics.gauge('p2p_dropped_frames', 'Frames dropped at the bound of open connections'),
    received: metrics.counter('p2p_frames_received_total', 'Frames of peers'),
  };
}
