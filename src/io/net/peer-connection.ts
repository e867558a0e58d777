/**
 * One WebSocket over one TLS session with one peer: the exchange of hellos, then frames both ways.
 *
 * BOUNDS: an unknown peer has `HELLO_MS_MAX` and `HELLO_BYTES_MAX`; a known one has a size per frame,
 * a rate per kind of frame (`peer-rates.ts`) and a rate of bytes, above which reading pauses. Of a
 * frame under way no more is buffered than the peer may send. What a peer does not take is dropped
 * above a queue of its own, least important first: consensus repeats itself, sync asks again. A peer
 * that answers no ping, or takes nothing for a while, is gone.
 */

import type { TLSSocket } from 'node:tls';
import type { WebSocket } from 'ws';
import { hexOf } from '#core/crypto/hex.ts';
import type { Signer } from '#core/crypto/key-pair.ts';
import {
  helloProblem,
  makeHello,
  type PeerRole,
  type PeerTerms,
  sessionSecret,
} from './peer-identity.ts';
import { PeerRates } from './peer-rates.ts';
import type { Offence } from './peer-scores.ts';
import {
  decodeWire,
  encodeWire,
  HELLO_BYTES_MAX,
  type Hello,
  type PeerMessage,
  type PeerMessageKind,
  type WireMessage,
} from './wire-message.ts';

const HELLO_MS_MAX = 10_000;
const PING_MS = 5000;
/** Pings after which a peer whose queue has not become shorter is given up. */
const STALLED_PINGS_MAX = 3;
/** How long an answer may come that is larger than what a peer sends of its own accord. */
const LARGE_ANSWER_MS = 30_000;
const MEBIBYTE = 2 ** 20;
/** What may come on top of a frame before it is looked at: chunks of the socket, WebSocket headers. */
const UNFINISHED_SLACK_BYTES = 128 * 1024;
const REFUSED = 4000;
const NORMAL = 1000;

/** BOUND: bytes that wait for the peer, above which frames of the kind are dropped. */
const UNSENT_BYTES_MAX: Readonly<Record<PeerMessageKind, number>> = {
  bft: 16 * MEBIBYTE,
  headers: 8 * MEBIBYTE,
  bodies: 8 * MEBIBYTE,
  wantHeaders: 8 * MEBIBYTE,
  wantBodies: 8 * MEBIBYTE,
  transactions: 2 * MEBIBYTE,
  checkpointVote: 2 * MEBIBYTE,
  wantCheckpoint: MEBIBYTE,
  checkpoint: 8 * MEBIBYTE,
  heads: MEBIBYTE,
  wantPeers: MEBIBYTE,
  peers: MEBIBYTE,
};

const HAS_LARGE_ANSWER: ReadonlySet<PeerMessageKind> = new Set([
  'wantHeaders',
  'wantBodies',
  'wantCheckpoint',
]);

export type PeerEvents = {
  /** The peer has proven its key. */
  onReady(connection: PeerConnection): void;
  onMessage(connection: PeerConnection, message: PeerMessage): void;
  /** A frame above the rate of its kind, which was dropped. */
  onExcess(connection: PeerConnection, kind: PeerMessageKind): void;
  /** Once. */
  onClosed(connection: PeerConnection, reason: string, offence: Offence | undefined): void;
};

export type ConnectionOptions = {
  readonly terms: PeerTerms;
  readonly signer: Signer;
  /** Largest frame of a validator, and of whoever was asked for blocks. */
  readonly messageBytesMax: number;
  /** Largest frame that others send of their own accord. */
  readonly smallMessageBytesMax: number;
  readonly isValidator: (peer: string) => boolean;
  readonly events: PeerEvents;
};

export class PeerConnection {
  /** Host and port as dialled, or where the peer came from. */
  readonly address: string;
  /** Ours. */
  readonly role: PeerRole;
  /** Bytes of frames, in all. */
  received = 0;
  /** Time from the newest ping to its answer; `undefined` before the first one. */
  pingMs: number | undefined;
  sent = 0;
  dropped = 0;
  readonly #socket: WebSocket;
  readonly #options: ConnectionOptions;
  readonly #secret: Uint8Array;
  readonly #helloTimer: NodeJS.Timeout;
  readonly #pingTimer: NodeJS.Timeout;
  readonly #rates = new PeerRates(performance.now());
  #peer: string | undefined;
  #key: Uint8Array | undefined;
  #isClosed = false;
  #heard = true;
  /** Bytes since the last whole frame. */
  #unfinished = 0;
  #largeUntilMs = 0;
  #stalledPings = 0;
  #pingedAtMs = 0;
  #unsentAtPing = 0;

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
    // The WebSocket keeps parts of a frame until it is whole; this sees them come.
    tls.on('data', (chunk: Buffer) => this.#onBytes(chunk.length));
    socket.on('pong', () => {
      this.#heard = true;
      if (this.#pingedAtMs > 0) this.pingMs = performance.now() - this.#pingedAtMs;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const isViolation = error.code?.startsWith('WS_ERR_') === true;
      this.#end(error.message, isViolation ? 'violation' : undefined);
    });
    socket.on('close', () => this.#end('the peer closed the connection', undefined));
    this.#helloTimer = setTimeout(() => this.close('no hello in time'), HELLO_MS_MAX);
    this.#pingTimer = setInterval(() => this.#ping(), PING_MS);
    this.#write(makeHello(options.terms, options.signer, role, this.#secret));
  }

  /** Hex key of the peer, once it has proven it. */
  get peer(): string | undefined {
    return this.#peer;
  }

  get key(): Uint8Array | undefined {
    return this.#key;
  }

  get isValidator(): boolean {
    return this.#peer !== undefined && this.#options.isValidator(this.#peer);
  }

  get unsentBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** A frame made by `encodeWire`. False when it was dropped. */
  send(kind: PeerMessageKind, frame: Uint8Array): boolean {
    if (this.#isClosed || this.#socket.bufferedAmount > UNSENT_BYTES_MAX[kind]) {
      this.dropped += 1;
      return false;
    }
    if (HAS_LARGE_ANSWER.has(kind)) {
      this.#largeUntilMs = performance.now() + LARGE_ANSWER_MS;
    }
    this.sent += frame.length;
    this.#socket.send(frame);
    return true;
  }

  /** Tells the peer why and closes. */
  close(reason: string, offence?: Offence): void {
    if (this.#isClosed) return;
    this.#write({ kind: 'refused', reason });
    this.#socket.close(offence === undefined ? NORMAL : REFUSED);
    this.#end(reason, offence);
  }

  #onBytes(bytes: number): void {
    this.#unfinished += bytes;
    const isKnown = this.#peer !== undefined;
    const slack = isKnown ? UNFINISHED_SLACK_BYTES : HELLO_BYTES_MAX;
    if (this.#isClosed || this.#unfinished <= this.#bytesMax + slack) return;
    // Nothing is told to whoever is in the middle of a frame: it would not read it.
    this.#end(`message of more than ${this.#bytesMax} bytes`, 'violation');
    this.#socket.terminate();
  }

  #onData(data: Buffer): void {
    this.#unfinished = 0;
    if (this.#isClosed) return;
    this.#heard = true;
    this.received += data.length;
    const message = decodeWire(data, this.#bytesMax);
    if (typeof message === 'string') return this.close(message, 'violation');
    if (message.kind === 'refused') return this.#end(`refused: ${message.reason}`, undefined);
    const isKnown = this.#peer !== undefined;
    if (message.kind === 'hello') {
      if (isKnown) return this.close('a second hello', 'violation');
      return this.#onHello(message);
    }
    if (!isKnown) return this.close('a message before the hello', 'violation');
    const nowMs = performance.now();
    const { isValidator } = this;
    this.#pauseFor(this.#rates.takeBytes(data.length, isValidator, nowMs));
    if (!this.#rates.takeFrame(message.kind, isValidator, nowMs)) {
      return this.#options.events.onExcess(this, message.kind);
    }
    this.#options.events.onMessage(this, message);
  }

  #onHello(hello: Hello): void {
    const { terms, events } = this.#options;
    const role = this.role === 'dialer' ? 'listener' : 'dialer';
    const problem = helloProblem(terms, hello, role, this.#secret);
    if (problem !== undefined) return this.close(problem);
    clearTimeout(this.#helloTimer);
    this.#key = Uint8Array.from(hello.key);
    this.#peer = hexOf(this.#key);
    events.onReady(this);
  }

  /** Largest frame at the moment. */
  get #bytesMax(): number {
    const { messageBytesMax, smallMessageBytesMax } = this.#options;
    if (this.#peer === undefined) return HELLO_BYTES_MAX;
    const isLarge = this.isValidator || performance.now() < this.#largeUntilMs;
    return isLarge ? messageBytesMax : smallMessageBytesMax;
  }

  #pauseFor(ms: number): void {
    if (ms === 0 || this.#socket.isPaused) return;
    this.#socket.pause();
    setTimeout(() => this.#socket.resume(), ms).unref();
  }

  #ping(): void {
    if (!this.#heard && !this.#socket.isPaused) return this.#end('it answers no ping', undefined);
    this.#heard = false;
    const unsent = this.#socket.bufferedAmount;
    const isStalled = unsent > MEBIBYTE && unsent >= this.#unsentAtPing;
    this.#stalledPings = isStalled ? this.#stalledPings + 1 : 0;
    this.#unsentAtPing = unsent;
    if (this.#stalledPings >= STALLED_PINGS_MAX) {
      return this.#end(`it does not take what is sent, ${unsent} bytes wait`, undefined);
    }
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#pingedAtMs = performance.now();
    this.#socket.ping();
  }

  #write(message: WireMessage): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(encodeWire(message));
  }

  #end(reason: string, offence: Offence | undefined): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#helloTimer);
    clearInterval(this.#pingTimer);
    // The goodbye, if any, has a moment to leave.
    setTimeout(() => this.#socket.terminate(), 200).unref();
    this.#options.events.onClosed(this, reason, offence);
  }
}
