/**
 * The network actor: connections to other nodes on a thread of its own. It carries messages of
 * consensus between the chains of this node and those of others, spreads transactions, tells how far
 * everybody is, and serves blocks from storage. It believes nobody: chains check what they get, the
 * verifier transactions.
 */

import { CONSENSUS_ACTOR, RPC_ACTOR, shardActor } from '#actors/chain/protocol.ts';
import type { Actor } from '#actors/runtime/actor.ts';
import type { ActorContext } from '#actors/runtime/actor-context.ts';
import type { TransactionsRejected, VerifierInbound } from '#actors/verifier/protocol.ts';
import { assert } from '#core/assert.ts';
import { BoundedCache } from '#core/bounded-cache.ts';
import { TRANSACTION_BYTES_MAX } from '#core/chain/transaction.ts';
import { quorumOf } from '#core/chain/validator-group.ts';
import { sha256Key } from '#core/crypto/hash.ts';
import { hexOf } from '#core/crypto/hex.ts';
import { signerOfSeed } from '#core/crypto/key-pair.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { UNTOLD } from '#core/sync/sync-peers.ts';
import { ChainReader } from '#io/lmdb/chain-reader.ts';
import { PeerNetwork, type PeerNetworkOptions } from '#io/net/peer-network.ts';
import { readRecords, writeRecords } from '#io/net/record-file.ts';
import type { PeerMessage } from '#io/net/wire-message.ts';
import { BlockServer } from './block-server.ts';
import { NetworkMetrics } from './network-metrics.ts';
import { PeerReport } from './peer-report.ts';
import {
  type ChainToNetwork,
  GOSSIP_BYTES_MAX,
  type NetworkToChain,
  type NetworkToRoot,
  type NetworkToRpc,
  UNASKED_BYTES_MAX,
  VALIDATOR_TAGS,
} from './protocol.ts';

const VERIFIER = 'verifier';
/** BOUND: transactions that are remembered to have been seen: twice this many. */
const SEEN_GENERATION = 65_536;
/** How often peers are told of new blocks, and at least told that there are none. */
const HEADS_MS = 250;
const HEADS_REPEAT_MS = 5000;
const SAVE_MS = 60_000;
/** A peer with more than this in its queue gets no blocks. */
const SERVE_UNSENT_BYTES_MAX = 2 * 2 ** 20;

export type NetworkActorOptions = Pick<
  PeerNetworkOptions,
  | 'host'
  | 'port'
  | 'announce'
  | 'peers'
  | 'seeds'
  | 'discovery'
  | 'inboundMax'
  | 'outboundMax'
  | 'connectionsPerHostMax'
  | 'validators'
  | 'messageBytesMax'
> & {
  readonly chainId: number;
  readonly genesis: string;
  readonly seed: Uint8Array;
  readonly dataDir: string;
  readonly shards: number;
};

type Asked = ChainToNetwork & {
  readonly kind: 'wantHeaders' | 'wantBodies' | 'wantCheckpoint';
};

export type NetworkInbound = ChainToNetwork | TransactionsRejected;

export class NetworkActor implements Actor<NetworkInbound> {
  readonly #options: NetworkActorOptions;
  readonly #seen = new BoundedCache<string, true>(SEEN_GENERATION);
  /** Connections by number and back. */
  readonly #peers = new Map<number, string>();
  readonly #numbers = new Map<string, number>();
  /** Hex keys of the group of each chain that has told. */
  readonly #groups = new Map<number, readonly string[]>();
  readonly #own: string;
  #lastNumber = 0;
  /** What peers were told last. */
  #heads: readonly number[] = [];
  #headsAtMs = 0;
  #headsRepeatAtMs = 0;
  #saveAtMs = 0;
  #running: Running | undefined;

  constructor(options: NetworkActorOptions) {
    this.#options = options;
    this.#own = hexOf(signerOfSeed(options.seed).publicKey);
    for (const chain of [...Array(options.shards).keys(), ROOT_CHAIN]) {
      this.#groups.set(chain, options.validators);
    }
  }

  async onStart(context: ActorContext): Promise<void> {
    const { dataDir, shards, host, port } = this.#options;
    const chains = [...Array(shards).keys(), ROOT_CHAIN];
    const readers = new Map(chains.map((chain) => [chain, ChainReader.open(dataDir, chain)]));
    const network = this.#createNetwork(context);
    const server = new BlockServer(
      readers,
      (peer) => network.unsentBytes(peer) < SERVE_UNSENT_BYTES_MAX,
      (peer, answer) => network.send(peer, answer),
    );
    const metrics = new NetworkMetrics(context);
    const report = new PeerReport(context);
    this.#running = { context, network, readers, server, metrics, report };
    try {
      const bound = await network.start();
      context.log.info('listening for peers', { host, port: bound });
    } catch (error) {
      throw context.fatal(`cannot listen for peers on ${host}:${port}: ${String(error)}`, {
        code: 'retry',
        fix: 'stop the other program, or give another port with --set p2p.port=…',
      });
    }
    this.#reportHealth();
  }

  onMessage(message: NetworkInbound): void {
    const { network } = this.#run();
    switch (message.kind) {
      case 'sendBft': {
        const { chain, to, bytes } = message;
        const frame = { kind: 'bft', chain, bytes } as const;
        if (to === null) network.broadcast(frame, (peer) => network.isValidator(peer));
        else network.send(hexOf(to), frame);
        return;
      }
      case 'group':
        return this.#onGroup(message.chain, message.members.map(hexOf));
      case 'wantHeaders':
      case 'wantBodies':
      case 'wantCheckpoint':
        return this.#ask(message);
      case 'spreadCheckpointVote': {
        const { vote } = message;
        const source = this.#peers.get(message.from);
        return network.broadcast({ kind: 'checkpointVote', vote }, (peer) => peer !== source);
      }
      case 'report': {
        const { offence, reason } = message;
        const peer =
          typeof message.peer === 'number' ? this.#peers.get(message.peer) : hexOf(message.peer);
        if (peer !== undefined) network.report(peer, offence, reason);
        return;
      }
      case 'gossip':
        return this.#gossip(message.from, message.transactions);
      case 'transactionsRejected':
        return this.#onRejected(message);
      default:
        return message satisfies never;
    }
  }

  onTick(nowMs: number): void {
    const { network, server, metrics, report } = this.#run();
    server.onTick();
    metrics.update(network.status);
    report.update(network, nowMs);
    if (nowMs >= this.#headsAtMs) {
      this.#headsAtMs = nowMs + HEADS_MS;
      this.#tellHeads(nowMs);
    }
    if (!this.#options.discovery || nowMs < this.#saveAtMs) return;
    if (this.#saveAtMs > 0) this.#saveRecords();
    this.#saveAtMs = nowMs + SAVE_MS;
  }

  onPeerRestarted(peer: string): void {
    if (peer === RPC_ACTOR) this.#reportHealth();
  }

  async onStop(): Promise<void> {
    if (this.#running === undefined) return;
    if (this.#options.discovery) this.#saveRecords();
    await this.#running.network.stop();
    for (const reader of this.#running.readers.values()) reader.close();
  }

  #createNetwork(context: ActorContext): PeerNetwork {
    const { chainId, genesis, shards, seed, dataDir, discovery } = this.#options;
    return new PeerNetwork({
      ...this.#options,
      records: discovery ? readRecords(dataDir, genesis) : [],
      terms: { chainId, genesis, shards },
      signer: signerOfSeed(seed),
      smallMessageBytesMax: UNASKED_BYTES_MAX,
      validators: this.#validators(),
      events: {
        onConnected: (peer) => this.#onConnected(peer),
        onGone: (peer) => this.#onGone(peer),
        onMessage: (peer, message) => this.#onPeer(peer, message),
        log: (level, text, fields) => context.log[level](text, fields),
      },
    });
  }

  #onGroup(chain: number, members: readonly string[]): void {
    if (this.#groups.get(chain)?.join() === members.join()) return;
    this.#groups.set(chain, members);
    this.#run().network.setValidators(this.#validators());
    this.#reportHealth();
  }

  // ---- peers

  #onConnected(peer: string): void {
    const { network } = this.#run();
    this.#lastNumber += 1;
    this.#numbers.set(peer, this.#lastNumber);
    this.#peers.set(this.#lastNumber, peer);
    this.#toChains({ kind: 'peerHead', peer: this.#lastNumber, height: UNTOLD });
    network.send(peer, this.#headsMessage());
    this.#reportHealth();
  }

  #onGone(peer: string): void {
    const { server, report } = this.#run();
    const number = this.#numbers.get(peer);
    assert(number !== undefined, 'who goes was connected');
    this.#numbers.delete(peer);
    this.#peers.delete(number);
    server.onGone(peer);
    report.onGone(peer);
    this.#toChains({ kind: 'peerGone', peer: number });
    this.#reportHealth();
  }

  #onPeer(peer: string, message: PeerMessage): void {
    const { context, network, server, metrics } = this.#run();
    const number = this.#numbers.get(peer) as number;
    metrics.received.add();
    switch (message.kind) {
      case 'bft':
        return this.#onBft(peer, message.chain, message.bytes);
      case 'heads':
        return this.#onHeads(peer, message);
      case 'headers':
      case 'bodies': {
        const { chain, ...answer } = message;
        return this.#toChain(peer, chain, { ...answer, peer: number });
      }
      case 'checkpointVote': {
        const { vote } = message;
        // It is told again: votes of strangers must not fill the links of the root chain.
        context
          .sender<NetworkToRoot>(CONSENSUS_ACTOR)
          .trySend({ kind: 'checkpointVote', from: number, vote });
        return;
      }
      case 'checkpoint': {
        const { request, certificate: bytes } = message;
        const certificate = bytes.length === 0 ? undefined : bytes;
        const answer = { kind: 'checkpoint', peer: number, request, certificate } as const;
        context.sender<NetworkToRoot>(CONSENSUS_ACTOR).send(answer);
        return;
      }
      case 'transactions':
        return this.#onTransactions(peer, message.transactions);
      case 'wantHeaders':
      case 'wantBodies':
        if (this.#isChain(peer, message.chain)) server.onRequest(peer, message);
        return;
      case 'wantCheckpoint':
        return server.onRequest(peer, message);
      case 'wantPeers':
      case 'peers':
        return;
      default:
        message satisfies never;
        network.report(peer, 'violation', 'unknown message');
        context.log.error('a message of unknown kind passed the decoder');
    }
  }

  #onBft(peer: string, chain: number, bytes: Uint8Array): void {
    const { network } = this.#run();
    const key = network.keyOf(peer);
    if (key === undefined) return;
    // A new validator may know of its election before this node does.
    if (network.isValidator(peer)) this.#toChain(peer, chain, { kind: 'bft', from: key, bytes });
  }

  #isChain(peer: string, chain: number): boolean {
    const { network, readers } = this.#run();
    if (readers.has(chain)) return true;
    network.report(peer, 'violation', `a message for chain ${chain}, which does not exist`);
    return false;
  }

  #toChain(peer: string, chain: number, message: NetworkToChain): void {
    if (this.#isChain(peer, chain)) this.#chainSender(chain).send(message);
  }

  #toChains(message: NetworkToChain): void {
    for (const chain of this.#run().readers.keys()) this.#chainSender(chain).send(message);
  }

  #chainSender(chain: number) {
    const actor = chain === ROOT_CHAIN ? CONSENSUS_ACTOR : shardActor(chain);
    return this.#run().context.sender<NetworkToChain>(actor);
  }

  // ---- blocks

  #headsMessage(): PeerMessage & { readonly kind: 'heads' } {
    const { readers } = this.#run();
    const heights = [...readers.values()].map((reader) => reader.head()?.height ?? 0);
    return { kind: 'heads', chains: [...readers.keys()], heights };
  }

  #tellHeads(nowMs: number): void {
    const message = this.#headsMessage();
    const isNews = message.heights.some((height, index) => height !== this.#heads[index]);
    if (!isNews && nowMs < this.#headsRepeatAtMs) return;
    this.#heads = message.heights;
    this.#headsRepeatAtMs = nowMs + HEADS_REPEAT_MS;
    this.#run().network.broadcast(message, () => true);
  }

  #onHeads(peer: string, { chains, heights }: PeerMessage & { readonly kind: 'heads' }): void {
    const number = this.#numbers.get(peer) as number;
    this.#run().report.onHeads(peer, chains, heights);
    for (const [index, chain] of chains.entries()) {
      const height = heights[index] as number;
      this.#toChain(peer, chain, { kind: 'peerHead', peer: number, height });
    }
  }

  #ask(message: Asked): void {
    const { peer: number, ...request } = message;
    const peer = this.#peers.get(number);
    if (peer !== undefined) {
      this.#run().network.send(peer, request);
      return;
    }
    const chain = message.kind === 'wantCheckpoint' ? ROOT_CHAIN : message.chain;
    this.#chainSender(chain).send({ kind: 'peerGone', peer: number });
  }

  // ---- transactions

  /** Each is verified once, however many peers send it. What finds no room is dropped. */
  #onTransactions(peer: string, transactions: readonly Uint8Array[]): void {
    const { context, network, metrics } = this.#run();
    const bytes = transactions.reduce((sum, each) => sum + each.length, 0);
    const isTooLarge = transactions.some(({ length }) => length > TRANSACTION_BYTES_MAX);
    if (isTooLarge || (transactions.length > 1 && bytes > GOSSIP_BYTES_MAX)) {
      return network.report(peer, 'violation', 'more transactions than one message may hold');
    }
    const fresh = transactions.filter((each) => this.#isNew(each));
    metrics.seen.add(transactions.length - fresh.length);
    if (fresh.length === 0) return;
    const number = this.#numbers.get(peer) as number;
    const tag = network.isValidator(peer) ? VALIDATOR_TAGS + number : number;
    const tags = fresh.map(() => tag);
    const verifier = context.sender<VerifierInbound>(VERIFIER);
    verifier.trySend({ kind: 'verifyTransactions', tags, transactions: fresh });
  }

  /** Whoever passes on transactions has verified them. */
  #onRejected({ rejected }: TransactionsRejected): void {
    const { network } = this.#run();
    for (const { tag, message } of rejected) {
      const peer = this.#peers.get(tag % VALIDATOR_TAGS);
      if (peer !== undefined) network.report(peer, 'junk', `a transaction with ${message}`);
    }
  }

  /**
   * To the validators, each of which is connected with all others; a node that reaches none of them
   * passes it on to all it knows.
   */
  #gossip(from: number, transactions: readonly Uint8Array[]): void {
    const { network, metrics } = this.#run();
    for (const bytes of transactions) this.#isNew(bytes);
    metrics.relayed.add(transactions.length);
    const source = this.#peers.get(from);
    const reachesValidators = network.peers.some((peer) => network.isValidator(peer));
    network.broadcast(
      { kind: 'transactions', transactions },
      (peer) => peer !== source && (!reachesValidators || network.isValidator(peer)),
    );
  }

  #isNew(transaction: Uint8Array): boolean {
    const digest = sha256Key(transaction);
    if (this.#seen.get(digest) !== undefined) return false;
    this.#seen.set(digest, true);
    return true;
  }

  // ---- housekeeping

  /** Told to `/readyz` and to rpc whenever who is connected or elected changes. */
  #reportHealth(): void {
    const { context, network } = this.#run();
    const { validators, inbound, outbound } = network.status;
    context.sender<NetworkToRpc>(RPC_ACTOR).send({ kind: 'peerCount', inbound, outbound });
    const problem = this.#problem(network.peers);
    const peers = `${inbound + outbound} connected (${inbound} in, ${outbound} out)`;
    const words = `${peers}, ${validators} of them validators`;
    context.setHealth({ ready: problem === undefined, reason: problem ?? words });
  }

  #problem(peers: readonly string[]): string | undefined {
    for (const [chain, members] of this.#groups) {
      if (!members.includes(this.#own)) continue;
      const quorum = quorumOf(members.length);
      const there = 1 + members.filter((member) => peers.includes(member)).length;
      if (there >= quorum) continue;
      return (
        `${there} of ${members.length} validators of chain ${chain} are connected, this one ` +
        `included; new blocks take ${quorum}: check that the others run and can be reached`
      );
    }
    if (peers.length > 0 || this.#validators().includes(this.#own)) return undefined;
    return 'no peer is connected: check p2p.peers, and the log for why they cannot be reached';
  }

  #validators(): readonly string[] {
    return [...new Set([...this.#groups.values()].flat())];
  }

  #saveRecords(): void {
    const { context, network } = this.#run();
    try {
      writeRecords(this.#options.dataDir, network.records);
    } catch (error) {
      context.log.warn('the addresses of peers cannot be saved', { error: String(error) });
    }
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
  readonly server: BlockServer;
  readonly metrics: NetworkMetrics;
  readonly report: PeerReport;
};
