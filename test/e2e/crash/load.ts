/**
 * A client that keeps a node busy over the WebSocket and remembers every promise the node made: which
 * transactions were in which final block, which root blocks were final. The connection may break at
 * any moment; after a reconnect it sends again whatever it has not seen final, as a careful client
 * would, so the node also has to refuse what it has already executed.
 */

import { strict as assert } from 'node:assert';
import WebSocket from 'ws';
import { encodeBinary } from '#io/rpc/push.ts';
import { decodeFrame } from '#ipc/frame.ts';
import type { Work, WorkFactory } from './work.ts';

/** Sent in one message. */
const FRAME_TRANSACTIONS = 256;
const ID_BYTES = 32;
const STALL_MS_MAX = 30_000;

type BlockMessage = {
  readonly kind: 'block';
  readonly chain: number;
  readonly height: number;
  readonly count: number;
  readonly ids: Uint8Array;
};

type ServerMessage =
  | BlockMessage
  | {
      readonly kind: 'rootBlock';
      readonly height: number;
      readonly crosslinks: readonly { readonly chain: number; readonly toHeight: number }[];
    }
  | {
      readonly kind: 'submitted';
      readonly id: number;
      readonly ids: Uint8Array;
      readonly rejected: readonly { readonly index: number; readonly message: string }[];
    }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'subscribed' };

export class Load {
  /** Ids of the block, 32 bytes each, by `chain/height`: what the node reported final. */
  readonly finalBlocks = new Map<string, Uint8Array>();
  /** Highest block of each chain that a final root block included. */
  readonly crosslinked = new Map<number, number>();
  /** Refusals by text, without those that say that the node has the transaction already. */
  readonly refusals = new Map<string, number>();
  readonly #factory: Pick<WorkFactory, 'next'>;
  readonly #window: number;
  readonly #frame: number;
  /** Sent and neither final nor refused, by id. */
  readonly #open = new Map<string, Work>();
  #socket: WebSocket | undefined;
  #request = 0;
  #submitted = new Map<number, readonly Work[]>();
  #final = 0;
  #known = 0;
  #isPaused = false;

  /** `window` bounds what is sent and not final, `frame` what is sent in one message. */
  constructor(factory: Pick<WorkFactory, 'next'>, window: number, frame = FRAME_TRANSACTIONS) {
    this.#frame = frame;
    this.#factory = factory;
    this.#window = window;
  }

  /** Transactions that were reported final. */
  get final(): number {
    return this.#final;
  }

  /** Transactions of which the node said that it had executed them before. */
  get known(): number {
    return this.#known;
  }

  get open(): number {
    return this.#open.size;
  }

  /** Connects and goes on where the last connection broke off. */
  async connect(url: string): Promise<void> {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => this.#onMessage(data));
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
    });
    this.#socket = socket;
    this.#submitted = new Map();
    this.#isPaused = false;
    this.#send({ kind: 'subscribe', id: this.#request++, topic: 'blocks', ids: true });
    const again = [...this.#open.values()];
    for (let at = 0; at < again.length; at += this.#frame) {
      this.#submit(again.slice(at, at + this.#frame));
    }
    this.#fill();
  }

  /** Sends nothing new and resolves when nothing is open. */
  async drain(): Promise<void> {
    this.#isPaused = true;
    let last = this.#open.size;
    let deadline = Date.now() + STALL_MS_MAX;
    while (this.#open.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      if (this.#open.size !== last) deadline = Date.now() + STALL_MS_MAX;
      last = this.#open.size;
      assert.ok(Date.now() < deadline, `${last} transactions have no end`);
    }
  }

  /** Sends nothing new until the next `connect`. */
  pause(): void {
    this.#isPaused = true;
  }

  close(): void {
    this.#socket?.terminate();
    this.#socket = undefined;
  }

  #fill(): void {
    while (!this.#isPaused && this.#open.size + this.#frame <= this.#window) {
      const works = Array.from({ length: this.#frame }, () => this.#factory.next());
      for (const work of works) this.#open.set(keyOf(work.id), work);
      this.#submit(works);
    }
  }

  #submit(works: readonly Work[]): void {
    const id = this.#request++;
    this.#submitted.set(id, works);
    this.#send({ kind: 'submit', id, transactions: works.map(({ bytes }) => bytes) });
  }

  #onMessage(data: Buffer): void {
    const message = decodeFrame(data, 0, data.length) as unknown as ServerMessage;
    switch (message.kind) {
      case 'block':
        this.#onBlock(message);
        break;
      case 'rootBlock':
        for (const { chain, toHeight } of message.crosslinks) {
          this.crosslinked.set(chain, Math.max(toHeight, this.crosslinked.get(chain) ?? 0));
        }
        break;
      case 'submitted':
        this.#onSubmitted(message);
        break;
      case 'error':
        assert.fail(message.message);
        break;
      default:
        break;
    }
    this.#fill();
  }

  #onBlock({ chain, height, ids }: BlockMessage): void {
    const place = `${chain}/${height}`;
    assert.ok(!this.finalBlocks.has(place), `block ${place} was reported before`);
    this.finalBlocks.set(place, Uint8Array.from(ids));
    for (let at = 0; at < ids.length; at += ID_BYTES) {
      // On the second chain that a transaction comes to it is not open any more.
      if (this.#open.delete(keyOf(ids.subarray(at, at + ID_BYTES)))) this.#final += 1;
    }
  }

  #onSubmitted(message: ServerMessage & { readonly kind: 'submitted' }): void {
    const works = this.#submitted.get(message.id) ?? [];
    this.#submitted.delete(message.id);
    for (const { index, message: text } of message.rejected) {
      const work = works[index];
      assert.ok(work !== undefined, 'refusals name a transaction');
      if (text === 'tx exists in pending') continue;
      const wasOpen = this.#open.delete(keyOf(work.id));
      if (text === 'tx exists in chain') {
        if (wasOpen) this.#known += 1;
        continue;
      }
      const kind = text.replace(/\(.*|\d+/g, '');
      this.refusals.set(kind, (this.refusals.get(kind) ?? 0) + 1);
    }
  }

  #send(message: unknown): void {
    this.#socket?.send(encodeBinary(message));
  }
}

function keyOf(id: Uint8Array): string {
  return Buffer.from(id.buffer, id.byteOffset, ID_BYTES).toString('latin1');
}
