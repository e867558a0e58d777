/**
 * One WebSocket over one TLS session with one peer: the exchange of hellos, then frames both ways.
 *
 * BOUNDS: an unknown peer has `HELLO_MS_MAX` and `HELLO_BYTES_MAX`; a known one may send
 * `BYTES_PER_SECOND` (reading pauses above) and makes us keep `UNSENT_BYTES_MAX` (what is more is
 * dropped: consensus repeats itself, and whoever is far behind asks for blocks). A peer that answers
 * no ping is gone.
 */

import type { TLSSocket } from 'node:tls';
import type { WebSocket } from 'ws';
import type { Signer } from '#core/crypto/key-pair.ts';
import {
  checkHello,
  makeHello,
  type PeerRole,
  type PeerTerms,
  sessionSecret,
} from './peer-identity.ts';
import {
  decodeWire,
  encodeWire,
  HELLO_BYTES_MAX,
  type PeerMessage,
  type WireMessage,
} from './wire-message.ts';

const HELLO_MS_MAX = 5000;
const PING_MS = 5000;
const BYTES_PER_SECOND = 64 * 2 ** 20;
const UNSENT_BYTES_MAX = 64 * 2 ** 20;
const REFUSED = 4000;
const NORMAL = 1000;

export type PeerEvents = {
  /** The peer has proven to be this validator. */
  onReady(connection: PeerConnection, member: number): void;
  onMessage(connection: PeerConnection, message: PeerMessage): void;
  /** Once. `offence`: what no honest peer does. */
  onClosed(connection: PeerConnection, reason: string, offence: boolean): void;
};

export type ConnectionOptions = {
  readonly terms: PeerTerms;
  readonly signer: Signer;
  readonly messageBytesMax: number;
  readonly events: PeerEvents;
};

export class PeerConnection {
  /** Host and port as dialled, or where the peer came from. */
  readonly address: string;
  /** Ours. */
  readonly role: PeerRole;
  readonly #socket: WebSocket;
  readonly #options: ConnectionOptions;
  readonly #secret: Uint8Array;
  readonly #helloTimer: NodeJS.Timeout;
  readonly #pingTimer: NodeJS.Timeout;
  #member: number | undefined;
  #isClosed = false;
  #heard = true;
  #allowance = BYTES_PER_SECOND;
  #allowanceAtMs = performance.now();
  #droppedCount = 0;

  constructor(
    socket: WebSocket,
    tls: TLSSocket,
    role: PeerRole,
    address: string,
    options: ConnectionOptions,
  ) {
    this.address = address;
    this.role = role;
    this.#socket = socket;
    this.#options = options;
    this.#secret = sessionSecret(tls);
    socket.on('message', (data) => this.#onData(data as Buffer));
    socket.on('pong', () => {
      this.#heard = true;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const isOffence = error.code?.startsWith('WS_ERR_') === true;
      this.#end(error.message, isOffence);
    });
    socket.on('close', () => this.#end('the peer closed the connection', false));
    this.#helloTimer = setTimeout(() => this.close('no hello in time'), HELLO_MS_MAX);
    this.#pingTimer = setInterval(() => this.#ping(), PING_MS);
    this.#write(makeHello(options.terms, options.signer, role, this.#secret));
  }

  /** Index of the peer among the validators, once it is known. */
  get member(): number | undefined {
    return this.#member;
  }

  get droppedCount(): number {
    return this.#droppedCount;
  }

  /** A frame made by `encodeWire`. False when it was dropped. */
  send(frame: Uint8Array): boolean {
    if (this.#isClosed || this.#socket.bufferedAmount > UNSENT_BYTES_MAX) {
      this.#droppedCount += 1;
      return false;
    }
    this.#socket.send(frame);
    return true;
  }

  /** Tells the peer why and closes. */
  close(reason: string, offence = false): void {
    if (this.#isClosed) return;
    this.#write({ kind: 'refused', reason });
    this.#socket.close(offence ? REFUSED : NORMAL);
    this.#end(reason, offence);
  }

  #onData(data: Buffer): void {
    if (this.#isClosed) return;
    this.#heard = true;
    const isKnown = this.#member !== undefined;
    const message = decodeWire(data, isKnown ? this.#options.messageBytesMax : HELLO_BYTES_MAX);
    if (typeof message === 'string') return this.close(message, true);
    if (message.kind === 'refused') return this.#end(`refused: ${message.reason}`, false);
    if (message.kind === 'hello') {
      if (isKnown) return this.close('a second hello', true);
      return this.#onHello(message);
    }
    if (!isKnown) return this.close('a message before the hello', true);
    this.#spend(data.length);
    this.#options.events.onMessage(this, message);
  }

  #onHello(hello: WireMessage & { kind: 'hello' }): void {
    const { terms, events } = this.#options;
    const role = this.role === 'dialer' ? 'listener' : 'dialer';
    const verdict = checkHello(terms, hello, role, this.#secret);
    if (!verdict.accepted) return this.close(verdict.reason);
    clearTimeout(this.#helloTimer);
    this.#member = verdict.member;
    events.onReady(this, verdict.member);
  }

  /** Reading pauses for as long as it takes until the bytes are within the rate again. */
  #spend(bytes: number): void {
    const nowMs = performance.now();
    const earned = ((nowMs - this.#allowanceAtMs) * BYTES_PER_SECOND) / 1000;
    this.#allowance = Math.min(BYTES_PER_SECOND, this.#allowance + earned) - bytes;
    this.#allowanceAtMs = nowMs;
    if (this.#allowance >= 0 || this.#socket.isPaused) return;
    this.#socket.pause();
    const waitMs = (-this.#allowance / BYTES_PER_SECOND) * 1000;
    setTimeout(() => this.#socket.resume(), waitMs).unref();
  }

  #ping(): void {
    if (!this.#heard && !this.#socket.isPaused) return this.#end('it answers no ping', false);
    this.#heard = false;
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
  }

  #write(message: WireMessage): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(encodeWire(message));
  }

  #end(reason: string, offence: boolean): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#helloTimer);
    clearInterval(this.#pingTimer);
    // The goodbye, if any, has a moment to leave.
    setTimeout(() => this.#socket.terminate(), 200).unref();
    this.#options.events.onClosed(this, reason, offence);
  }
}
