/**
 * The connections of a node to others: it listens, dials, keeps one connection per peer, learns and
 * passes on addresses, and keeps out for a while who misbehaved.
 *
 * Validators keep connections with all validators they know of, beyond every limit; other nodes
 * share `inboundMax` places here and are dialled up to `outboundMax`. Configured peers are always
 * dialled. When both sides dial at once there are two connections; the one that was dialled by the
 * node with the smaller key stays. Both ends know this rule, so they keep the same one.
 */

import type { TLSSocket } from 'node:tls';
import { WebSocket } from 'ws';
import { base58Encode } from '#core/crypto/base58.ts';
import { hexOf } from '#core/crypto/hex.ts';
import type { Signer } from '#core/crypto/key-pair.ts';
import { AddressBook, type AddressEntry } from './address-book.ts';
import { isNodeRecord, makeNodeRecord } from './node-record.ts';
import { type ConnectionOptions, PeerConnection, type PeerEvents } from './peer-connection.ts';
import type { PeerTerms } from './peer-identity.ts';
import { PEER_PATH, PEER_TLS_VERSION, PeerListener } from './peer-listener.ts';
import { type Offence, PeerScores } from './peer-scores.ts';
import { selfSignedCertificate } from './self-signed-certificate.ts';
import { encodeWire, type NodeRecord, type PeerMessage, RECORDS_MAX } from './wire-message.ts';

const TEND_MS = 200;
const ASK_PEERS_MS = 30_000;
const HANDSHAKE_MS_MAX = 10_000;
/** A connection that lasted this long was a good one. */
const STAYED_MS = 3000;
/** BOUND: sockets that are left for validators. */
const VALIDATORS_MAX = 1024;
/** BOUND: connections whose peer is not known yet. */
const STRANGERS_MAX = 64;
/** BOUND: records of others that wait to be passed on. */
const NEWS_MAX = 256;
/** BOUND: refusals that are remembered, so that each is logged when it changes. */
const REASONS_MAX = 1024;
/** Around the content of a frame. */
const WS_SLACK_BYTES = 1024;

export type PeerNetworkOptions = {
  readonly host: string;
  readonly port: number;
  /** `host:port` that others are told to dial; `null` where nobody could. */
  readonly announce: string | null;
  /** `host:port`; an own address among them does no harm. */
  readonly peers: readonly string[];
  /** Dialled like learned addresses. */
  readonly seeds: readonly string[];
  /** Whether addresses are learned and passed on. */
  readonly discovery: boolean;
  /** Learned before the start. */
  readonly records: readonly NodeRecord[];
  readonly inboundMax: number;
  readonly outboundMax: number;
  readonly connectionsPerHostMax: number;
  readonly terms: PeerTerms;
  readonly signer: Signer;
  /** Hex keys at first; `setValidators` changes them. */
  readonly validators: readonly string[];
  readonly messageBytesMax: number;
  readonly smallMessageBytesMax: number;
  readonly events: PeerNetworkEvents;
};

export type PeerNetworkEvents = {
  onConnected(peer: string): void;
  onGone(peer: string): void;
  onMessage(peer: string, message: PeerMessage): void;
  log(level: 'info' | 'warn', text: string, fields: Readonly<Record<string, string>>): void;
};

export type PeerNetworkStatus = {
  readonly validators: number;
  readonly inbound: number;
  readonly outbound: number;
  readonly strangers: number;
  readonly banned: number;
  readonly bans: number;
  readonly knownAddresses: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  readonly droppedFrames: number;
  readonly unsentBytes: number;
  readonly unsentBytesMax: number;
};

/** `peer`: hex key. */
export type PeerDescription = {
  readonly peer: string;
  readonly address: string;
  /** This node has dialled it. */
  readonly isDialled: boolean;
  readonly isValidator: boolean;
  /** Against it; at 100 it is banned. */
  readonly points: number;
  readonly pingMs: number | undefined;
};

export type BanNotice = { readonly peer: string; readonly reason: string; readonly leftMs: number };

export class PeerNetwork {
  readonly #options: PeerNetworkOptions;
  readonly #listener: PeerListener;
  readonly #book: AddressBook;
  readonly #scores = new PeerScores();
  readonly #own: string;
  #validators: ReadonlySet<string>;
  readonly #connections = new Map<string, PeerConnection>();
  readonly #all = new Set<PeerConnection>();
  /** Addresses with a connection of ours, from the dial to its end. */
  readonly #dialled = new Set<AddressEntry>();
  /** Records that are new here and not passed on yet. */
  #news: NodeRecord[] = [];
  #record: NodeRecord | undefined;
  readonly #lastReason = new Map<string, string>();
  readonly #past = { received: 0, sent: 0, dropped: 0, bans: 0 };
  #tender: NodeJS.Timeout | undefined;
  #askAtMs = 0;
  #isStopped = false;

  constructor(options: PeerNetworkOptions) {
    this.#options = options;
    this.#own = hexOf(options.signer.publicKey);
    this.#validators = new Set(options.validators);
    this.#book = new AddressBook(options, Math.random);
    this.#listener = new PeerListener({
      host: options.host,
      port: options.port,
      tls: selfSignedCertificate(),
      payloadBytesMax: options.messageBytesMax + WS_SLACK_BYTES,
      socketsMax: options.inboundMax + VALIDATORS_MAX + STRANGERS_MAX,
      socketsPerHostMax: options.connectionsPerHostMax,
      onSocket: (socket, tls, address) => this.#onSocket(socket, tls, address),
      onRefused: (host, reason) => this.#note(host, reason),
    });
  }

  /** Rejects with the error of the listener; gives the port. */
  async start(): Promise<number> {
    const port = await this.#listener.start();
    const { announce, discovery, terms, signer } = this.#options;
    if (announce !== null && discovery) {
      const address = announce.replace(/:0$/, `:${port}`);
      this.#record = makeNodeRecord(terms.genesis, signer, address, Date.now());
    }
    if (discovery) {
      for (const record of this.#options.records) this.#book.learn(record, hexOf(record.key));
    }
    this.#tender = setInterval(() => this.#tend(), TEND_MS);
    this.#tend();
    return port;
  }

  get status(): PeerNetworkStatus {
    const connections = [...this.#connections.values()];
    const count = (test: (connection: PeerConnection) => boolean): number =>
      connections.filter(test).length;
    const unsent = connections.map(({ unsentBytes }) => unsentBytes);
    const sum = (of: 'received' | 'sent' | 'dropped'): number =>
      [...this.#all].reduce((total, connection) => total + connection[of], this.#past[of]);
    return {
      validators: count(({ isValidator }) => isValidator),
      inbound: count(({ role }) => role === 'listener'),
      outbound: count(({ role }) => role === 'dialer'),
      strangers: this.#all.size - connections.length,
      banned: this.#scores.bans(performance.now()).size,
      bans: this.#past.bans,
      knownAddresses: this.#book.size,
      receivedBytes: sum('received'),
      sentBytes: sum('sent'),
      droppedFrames: sum('dropped'),
      unsentBytes: unsent.reduce((total, bytes) => total + bytes, 0),
      unsentBytesMax: Math.max(0, ...unsent),
    };
  }

  /** Who is connected, in no order, and who is kept out. */
  describe(): { readonly peers: readonly PeerDescription[]; readonly bans: readonly BanNotice[] } {
    const nowMs = performance.now();
    const peers = [...this.#connections].map(([peer, connection]) => ({
      peer,
      address: connection.address,
      isDialled: connection.role === 'dialer',
      isValidator: connection.isValidator,
      points: this.#scores.pointsOf(peer, nowMs),
      pingMs: connection.pingMs,
    }));
    const bans = [...this.#scores.bans(nowMs)].map(([peer, { reason, untilMs }]) => ({
      peer,
      reason,
      leftMs: untilMs - nowMs,
    }));
    return { peers, bans };
  }

  /** What is known about others, to be kept for the next start. */
  get records(): readonly NodeRecord[] {
    return this.#book.sample(Number.POSITIVE_INFINITY);
  }

  /** Hex keys of the peers that are connected. */
  get peers(): readonly string[] {
    return [...this.#connections.keys()];
  }

  isValidator(peer: string): boolean {
    return this.#validators.has(peer);
  }

  setValidators(peers: readonly string[]): void {
    this.#validators = new Set(peers);
  }

  /** Bytes that wait for the peer to take them. */
  unsentBytes(peer: string): number {
    return this.#connections.get(peer)?.unsentBytes ?? 0;
  }

  keyOf(peer: string): Uint8Array | undefined {
    return this.#connections.get(peer)?.key;
  }

  send(peer: string, message: PeerMessage): boolean {
    return this.#connections.get(peer)?.send(message.kind, encodeWire(message)) ?? false;
  }

  /** To all connected peers that `to` accepts. */
  broadcast(message: PeerMessage, to: (peer: string) => boolean): void {
    const connections = [...this.#connections].filter(([peer]) => to(peer));
    if (connections.length === 0) return;
    const frame = encodeWire(message);
    for (const [, connection] of connections) connection.send(message.kind, frame);
  }

  /** Something that counts against a peer; enough of it closes the connection for a while. */
  report(peer: string, offence: Offence, reason: string): void {
    const ban = this.#scores.report(peer, offence, reason, performance.now());
    if (ban === undefined) return;
    this.#past.bans += 1;
    const connection = this.#connections.get(peer);
    const seconds = String(ban.ms / 1000);
    this.#options.events.log('warn', 'peer banned', { ...this.#name(peer), reason, seconds });
    connection?.close(`banned for ${seconds} s: ${reason}`);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#tender);
    for (const connection of [...this.#all]) connection.close('the node stops');
    await this.#listener.stop();
  }

  // ---- dialling

  #tend(): void {
    const nowMs = performance.now();
    for (const entry of this.#book.due(nowMs)) {
      if (this.#isWanted(entry)) this.#dial(entry, nowMs);
    }
    this.#passOnNews();
    if (!this.#options.discovery || nowMs < this.#askAtMs) return;
    this.#askAtMs = nowMs + ASK_PEERS_MS;
    const peers = this.peers;
    const asked = peers[Math.floor(Math.random() * peers.length)];
    if (asked !== undefined) this.send(asked, { kind: 'wantPeers' });
  }

  #isWanted(entry: AddressEntry): boolean {
    const { peer, kind } = entry;
    if (this.#dialled.has(entry)) return false;
    if (peer !== undefined) {
      if (peer === this.#own || this.#connections.has(peer)) return false;
      if (this.#scores.banOf(peer, performance.now()) !== undefined) return false;
      if (this.#validators.has(peer) && this.#validators.has(this.#own)) return true;
    }
    return kind === 'static' || this.#dialled.size < this.#options.outboundMax;
  }

  #dial(entry: AddressEntry, nowMs: number): void {
    this.#book.onDialled(entry, nowMs);
    this.#dialled.add(entry);
    const socket = new WebSocket(`wss://${entry.address}${PEER_PATH}`, {
      rejectUnauthorized: false,
      minVersion: PEER_TLS_VERSION,
      handshakeTimeout: HANDSHAKE_MS_MAX,
      maxPayload: this.#options.messageBytesMax + WS_SLACK_BYTES,
      perMessageDeflate: false,
      agent: false,
    });
    let tls: TLSSocket | undefined;
    let openedAtMs = Number.POSITIVE_INFINITY;
    socket.once('upgrade', (response) => {
      tls = response.socket as TLSSocket;
    });
    socket.once('open', () => {
      if (tls === undefined || this.#isStopped) return socket.terminate();
      openedAtMs = performance.now();
      this.#adopt(socket, tls, 'dialer', entry.address);
    });
    socket.on('error', (error) => this.#note(entry.address, error.message));
    socket.once('close', () => {
      this.#dialled.delete(entry);
      const now = performance.now();
      // Who let us in and sent us away at once is not asked again as soon as who was there.
      if (now - openedAtMs > STAYED_MS) this.#book.onServed(entry, now);
    });
  }

  // ---- connections

  #onSocket(socket: WebSocket, tls: TLSSocket, address: string): void {
    if (this.#all.size - this.#connections.size < STRANGERS_MAX) {
      this.#adopt(socket, tls, 'listener', address);
      return;
    }
    this.#note(hostPart(address), 'too many connections that have not said hello');
    socket.terminate();
  }

  #adopt(
    socket: WebSocket,
    tls: TLSSocket,
    role: 'dialer' | 'listener',
    address: string,
  ): PeerConnection {
    const { terms, signer, messageBytesMax, smallMessageBytesMax } = this.#options;
    const options: ConnectionOptions = {
      terms,
      signer,
      messageBytesMax,
      smallMessageBytesMax,
      isValidator: (peer) => this.#validators.has(peer),
      events: this.#events,
    };
    const connection = new PeerConnection(socket, tls, role, address, options);
    this.#all.add(connection);
    return connection;
  }

  readonly #events: PeerEvents = {
    onReady: (connection) => {
      const peer = connection.peer as string;
      if (connection.role === 'dialer') this.#book.onConnected(connection.address, peer);
      const refusal = this.#refusalOf(connection, peer);
      if (refusal !== undefined) return connection.close(refusal);
      const known = this.#connections.get(peer);
      if (known !== undefined && this.#isPreferred(known, connection, peer)) {
        return connection.close('connected already');
      }
      this.#connections.set(peer, connection);
      known?.close('connected anew');
      this.#lastReason.delete(connection.address);
      const { address, role } = connection;
      this.#options.events.log('info', 'peer connected', {
        ...this.#name(peer),
        address,
        direction: role === 'dialer' ? 'out' : 'in',
      });
      if (known === undefined) this.#options.events.onConnected(peer);
      if (this.#record !== undefined) this.send(peer, { kind: 'peers', records: [this.#record] });
      if (this.#options.discovery && role === 'dialer') this.send(peer, { kind: 'wantPeers' });
    },
    onMessage: (connection, message) => {
      const { peer } = connection;
      if (peer === undefined || this.#connections.get(peer) !== connection) return;
      if (message.kind === 'wantPeers') return this.#sendPeers(peer);
      if (message.kind === 'peers') return this.#onRecords(peer, message.records);
      this.#options.events.onMessage(peer, message);
    },
    onExcess: ({ peer }, kind) => {
      if (peer !== undefined) this.report(peer, 'excess', `a flood of "${kind}" messages`);
    },
    onClosed: (connection, reason, offence) => {
      this.#all.delete(connection);
      this.#past.received += connection.received;
      this.#past.sent += connection.sent;
      this.#past.dropped += connection.dropped;
      const { peer, address, role } = connection;
      const standing = peer === undefined ? undefined : this.#connections.get(peer);
      if (peer !== undefined && standing === connection) {
        this.#connections.delete(peer);
        this.#options.events.log('info', 'peer gone', { ...this.#name(peer), address, reason });
        this.#options.events.onGone(peer);
      } else if (standing === undefined) {
        // Whoever comes in has another port each time.
        this.#note(role === 'dialer' ? address : hostPart(address), reason);
      }
      if (peer !== undefined && offence !== undefined) this.report(peer, offence, reason);
    },
  };

  /** Why a peer with a good hello cannot stay. */
  #refusalOf(connection: PeerConnection, peer: string): string | undefined {
    if (peer === this.#own) return 'this is the same node';
    const ban = this.#scores.banOf(peer, performance.now());
    if (ban !== undefined) return `banned: ${ban.reason}`;
    if (connection.role === 'dialer' || connection.isValidator) return undefined;
    const guests = [...this.#connections.values()].filter(
      ({ role, isValidator }) => role === 'listener' && !isValidator,
    ).length;
    if (guests < this.#options.inboundMax || this.#connections.has(peer)) return undefined;
    return `no room: ${guests} nodes are connected already`;
  }

  /** Whether the connection that is there stays rather than the new one with the same peer. */
  #isPreferred(known: PeerConnection, fresh: PeerConnection, peer: string): boolean {
    // Of two in the same direction the older one is a leftover.
    if (known.role === fresh.role) return false;
    return (known.role === 'dialer') === this.#own < peer;
  }

  // ---- addresses

  #sendPeers(peer: string): void {
    if (!this.#options.discovery) return;
    const own = this.#record === undefined ? [] : [this.#record];
    const records = [...own, ...this.#book.sample(RECORDS_MAX - own.length)];
    this.send(peer, { kind: 'peers', records });
  }

  #onRecords(peer: string, records: readonly NodeRecord[]): void {
    if (!this.#options.discovery) return;
    const { genesis } = this.#options.terms;
    for (const record of records) {
      const about = hexOf(record.key);
      if (about === this.#own) continue;
      if (!isNodeRecord(genesis, record, Date.now())) {
        return this.report(peer, 'junk', 'an address that its node has not signed');
      }
      const own = copyOf(record);
      const isNews = this.#book.learn(own, about);
      if (isNews && this.#news.length < NEWS_MAX) this.#news.push(own);
    }
  }

  #passOnNews(): void {
    if (this.#news.length === 0) return;
    const records = this.#news.splice(0, RECORDS_MAX);
    this.broadcast({ kind: 'peers', records }, () => true);
  }

  // ---- log

  #name(peer: string): Readonly<Record<string, string>> {
    const key = base58Encode(Buffer.from(peer, 'hex'));
    return this.#validators.has(peer) ? { validator: key } : { peer: key };
  }

  #note(address: string, reason: string): void {
    if (this.#isStopped || this.#lastReason.get(address) === reason) return;
    if (this.#lastReason.size > REASONS_MAX) this.#lastReason.clear();
    this.#lastReason.set(address, reason);
    this.#options.events.log('warn', 'no connection with a peer', { address, reason });
  }
}

/** Without the frame it came in. */
function copyOf(record: NodeRecord): NodeRecord {
  const { key, signature } = record;
  return { ...record, key: Uint8Array.from(key), signature: Uint8Array.from(signature) };
}

function hostPart(address: string): string {
  return address.replace(/:\d+$/, '');
}
