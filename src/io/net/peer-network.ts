/**
 * The connections of a node to the other validators: it listens and dials every configured address,
 * keeps one connection per validator, dials again with growing pauses, and keeps out for a while who
 * misbehaved.
 *
 * When both sides dial at once there are two connections; the one that was dialled by the validator
 * with the smaller index stays. Both ends know this rule, so they keep the same one.
 */

import { createServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { WebSocket, WebSocketServer } from 'ws';
import type { Signer } from '#core/crypto/key-pair.ts';
import { type ConnectionOptions, PeerConnection } from './peer-connection.ts';
import type { PeerTerms } from './peer-identity.ts';
import { selfSignedCertificate } from './self-signed-certificate.ts';
import { encodeWire, type PeerMessage } from './wire-message.ts';

const RETRY_MS_MIN = 200;
const RETRY_MS_MAX = 5000;
const BAN_MS = 60_000;
/** BOUND: connections whose peer is not known yet. */
const STRANGERS_MAX = 64;
const PATH = '/peer';
const TLS_VERSION = 'TLSv1.3';
/** Around the content of a frame. */
const WS_SLACK_BYTES = 1024;

export type PeerNetworkOptions = {
  readonly host: string;
  readonly port: number;
  /** `host:port` of others; an own address among them does no harm. */
  readonly peers: readonly string[];
  readonly terms: PeerTerms;
  readonly signer: Signer;
  readonly messageBytesMax: number;
  readonly onMessage: (member: number, message: PeerMessage) => void;
  readonly onPeersChanged: () => void;
  readonly log: (level: 'info' | 'warn', text: string, fields: Record<string, string>) => void;
};

type Target = { readonly address: string; member: number | undefined; waitMs: number };

export class PeerNetwork {
  readonly #options: PeerNetworkOptions;
  readonly #tls = selfSignedCertificate();
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  readonly #own: number;
  readonly #connections = new Map<number, PeerConnection>();
  readonly #all = new Set<PeerConnection>();
  /** By member: until when (performance.now) it is kept out. */
  readonly #bannedUntil = new Map<number, number>();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Refusals are logged when they change, not at every attempt. */
  readonly #lastReason = new Map<string, string>();
  #isStopped = false;

  constructor(options: PeerNetworkOptions) {
    this.#options = options;
    this.#own = options.terms.validators.findIndex((key) =>
      Buffer.from(key).equals(options.signer.publicKey),
    );
    this.#server = createServer({ ...this.#tls, minVersion: TLS_VERSION });
    this.#server.on('tlsClientError', () => {});
    const maxPayload = options.messageBytesMax + WS_SLACK_BYTES;
    this.#sockets = new WebSocketServer({
      server: this.#server,
      path: PATH,
      maxPayload,
      perMessageDeflate: false,
    });
    this.#sockets.on('connection', (socket, request) => {
      const tls = request.socket as TLSSocket;
      if (this.#all.size - this.#connections.size >= STRANGERS_MAX) return socket.terminate();
      this.#adopt(socket, tls, 'listener', `${tls.remoteAddress}:${tls.remotePort}`);
    });
    this.#sockets.on('error', () => {});
  }

  /** Rejects with the error of the listener. */
  async start(): Promise<number> {
    const { host, port, peers } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port }, () => resolve());
    });
    for (const address of peers) this.#dial({ address, member: undefined, waitMs: RETRY_MS_MIN });
    const bound = this.#server.address();
    return typeof bound === 'object' && bound !== null ? bound.port : port;
  }

  /** Validators that are connected, ascending. */
  get members(): readonly number[] {
    return [...this.#connections.keys()].sort((left, right) => left - right);
  }

  get droppedCount(): number {
    let count = 0;
    for (const connection of this.#all) count += connection.droppedCount;
    return count;
  }

  send(member: number, message: PeerMessage): boolean {
    return this.#connections.get(member)?.send(encodeWire(message)) ?? false;
  }

  broadcast(message: PeerMessage): void {
    if (this.#connections.size === 0) return;
    const frame = encodeWire(message);
    for (const connection of this.#connections.values()) connection.send(frame);
  }

  /** Closes the connection and keeps the validator out for a while. */
  ban(member: number, reason: string): void {
    this.#bannedUntil.set(member, performance.now() + BAN_MS);
    this.#options.log('warn', 'peer banned', {
      validator: String(member),
      reason,
      seconds: String(BAN_MS / 1000),
    });
    this.#connections.get(member)?.close(`banned: ${reason}`);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const connection of [...this.#all]) connection.close('the node stops');
    this.#sockets.close();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
      // Upgraded sockets are not the server's any more; the goodbye had its moment.
      setTimeout(() => {
        for (const socket of this.#sockets.clients) socket.terminate();
        resolve();
      }, 250);
    });
  }

  #dial(target: Target): void {
    if (this.#isStopped) return;
    if (target.member !== undefined && this.#isSettled(target.member)) {
      return this.#dialLater(target, RETRY_MS_MAX);
    }
    const socket = new WebSocket(`wss://${target.address}${PATH}`, {
      rejectUnauthorized: false,
      minVersion: TLS_VERSION,
      handshakeTimeout: RETRY_MS_MAX,
      maxPayload: this.#options.messageBytesMax + WS_SLACK_BYTES,
      perMessageDeflate: false,
      agent: false,
    });
    let tls: TLSSocket | undefined;
    let connection: PeerConnection | undefined;
    socket.once('upgrade', (response) => {
      tls = response.socket as TLSSocket;
    });
    socket.once('open', () => {
      if (tls === undefined || this.#isStopped) return socket.terminate();
      connection = this.#adopt(socket, tls, 'dialer', target.address);
    });
    socket.on('error', (error) => this.#note(target.address, error.message));
    socket.once('close', () => {
      target.member = connection?.member ?? target.member;
      if (connection?.member !== undefined) target.waitMs = RETRY_MS_MIN;
      this.#dialLater(target, target.waitMs);
      target.waitMs = Math.min(RETRY_MS_MAX, target.waitMs * 2);
    });
  }

  /** Ourselves, or connected, or to be kept out: no need to dial now. */
  #isSettled(member: number): boolean {
    return member === this.#own || this.#connections.has(member) || this.#isBanned(member);
  }

  #dialLater(target: Target, waitMs: number): void {
    if (this.#isStopped) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#dial(target);
    }, waitMs);
    this.#timers.add(timer);
  }

  #adopt(
    socket: WebSocket,
    tls: TLSSocket,
    role: 'dialer' | 'listener',
    address: string,
  ): PeerConnection {
    const { terms, signer, messageBytesMax } = this.#options;
    const options: ConnectionOptions = { terms, signer, messageBytesMax, events: this.#events };
    const connection = new PeerConnection(socket, tls, role, address, options);
    this.#all.add(connection);
    return connection;
  }

  readonly #events = {
    onReady: (connection: PeerConnection, member: number): void => {
      if (member === this.#own) return connection.close('this is the same node');
      if (this.#isBanned(member)) return connection.close('banned for misbehaviour');
      const known = this.#connections.get(member);
      if (known !== undefined && this.#isPreferred(known, connection, member)) {
        return connection.close('connected already');
      }
      this.#connections.set(member, connection);
      known?.close('connected anew');
      this.#lastReason.delete(connection.address);
      const { address } = connection;
      this.#options.log('info', 'peer connected', { validator: String(member), address });
      this.#options.onPeersChanged();
    },
    onMessage: (connection: PeerConnection, message: PeerMessage): void => {
      const { member } = connection;
      if (member === undefined || this.#connections.get(member) !== connection) return;
      this.#options.onMessage(member, message);
    },
    onClosed: (connection: PeerConnection, reason: string, offence: boolean): void => {
      this.#all.delete(connection);
      const { member, address } = connection;
      if (member === undefined) {
        if (offence) this.#options.log('warn', 'stranger refused', { address, reason });
        // Whoever comes in has another port each time.
        else this.#note(address, reason, connection.role === 'dialer' ? address : host(address));
        return;
      }
      if (this.#connections.get(member) === connection) {
        this.#connections.delete(member);
        this.#options.log('info', 'peer gone', { validator: String(member), address, reason });
        this.#options.onPeersChanged();
      }
      if (offence) this.ban(member, reason);
    },
  };

  /** Whether the connection that is there stays rather than the new one with the same validator. */
  #isPreferred(known: PeerConnection, fresh: PeerConnection, member: number): boolean {
    // Of two in the same direction the older one is a leftover.
    if (known.role === fresh.role) return false;
    return (known.role === 'dialer') === this.#own < member;
  }

  #isBanned(member: number): boolean {
    return (this.#bannedUntil.get(member) ?? 0) > performance.now();
  }

  #note(address: string, reason: string, key = address): void {
    if (this.#lastReason.get(key) === reason || this.#isStopped) return;
    if (this.#lastReason.size > 1024) this.#lastReason.clear();
    this.#lastReason.set(key, reason);
    this.#options.log('warn', 'no connection with a peer', { address, reason });
  }
}

function host(address: string): string {
  return address.replace(/:\d+$/, '');
}
