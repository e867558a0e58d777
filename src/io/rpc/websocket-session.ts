/**
 * One WebSocket client: submits transactions and listens to pushes.
 *
 * Backpressure, both ways. A client that submits faster than the node answers is not read any more
 * (its socket is paused) while it has `inFlightTransactionsMax` unanswered transactions or the node
 * takes none; what it had sent before stands in the kernel's buffers and slows it down. A client that
 * reads too slowly is closed with 1013 once `sendBufferBytesMax` bytes wait for it.
 */

import type { WebSocket } from 'ws';
import { TRANSACTION_BYTES_MAX } from '#core/chain/transaction.ts';
import { binaryStringOf } from '#core/crypto/hash.ts';
import type { Rejection } from '#core/result.ts';
import { consolePush, encodeBinary, eventPush, type Form, type Push } from './push.ts';
import type { RpcOptions } from './rpc-options.ts';
import type { RpcPorts } from './rpc-ports.ts';
import type { RejectedTransaction, SubmissionOutcome } from './submission-book.ts';
import type { TransactionWatches, Watcher } from './transaction-watches.ts';
import {
  type ClientMessage,
  readBinaryMessage,
  readTextMessage,
  type SubscribeMessage,
  type Topic,
} from './websocket-messages.ts';

const CLOSE_POLICY = 1008;
const CLOSE_TRY_LATER = 1013;
/** BOUND: filters of one topic and watched transactions of one connection. */
const EVENT_FILTERS_MAX = 64;
const WATCHES_MAX = 16_384;
const ID_BYTES = 32;
const TOO_LARGE = {
  code: 'transaction-too-large',
  message: `a transaction has at most ${TRANSACTION_BYTES_MAX} bytes`,
};
const CONSOLE_OFF = {
  code: 'console-off',
  message: 'this node does not show what contracts write to console: contracts.console is false',
};
const NOT_READABLE: ReadonlySet<string> = new Set(['bad-frame', 'frame-too-large']);

type Submit = Extract<ClientMessage, { readonly kind: 'submit' }>;

export class WebSocketSession implements Watcher {
  readonly #socket: WebSocket;
  readonly #ports: RpcPorts;
  readonly #options: RpcOptions;
  readonly #watches: TransactionWatches;
  readonly #watched = new Set<string>();
  readonly #eventStops = new Map<string, () => void>();
  readonly #consoleStops = new Map<string, () => void>();
  /** Submits that were in the same chunk as the one that filled the node: in order, soon none. */
  #held: Submit[] = [];
  #inFlight = 0;
  #paused = false;
  #nodePaused = false;
  #closed = false;
  #blocks: { readonly form: Form; readonly ids: boolean } | undefined;
  #watchForm: Form = 'binary';
  isAlive = true;

  constructor(
    socket: WebSocket,
    ports: RpcPorts,
    options: RpcOptions,
    watches: TransactionWatches,
  ) {
    this.#socket = socket;
    this.#ports = ports;
    this.#options = options;
    this.#watches = watches;
    socket.on('message', (data, isBinary) => this.#onFrame(data as Buffer, isBinary));
    socket.on('pong', () => {
      this.isAlive = true;
    });
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Whether and how this client wants to hear of final blocks. */
  get blocks(): { readonly form: Form; readonly ids: boolean } | undefined {
    return this.#blocks;
  }

  /** The node takes nothing in (`true`), or takes again. */
  setNodePaused(paused: boolean): void {
    this.#nodePaused = paused;
    this.#resumeIfPossible();
  }

  /** There is room for more transactions in the node. */
  onRoom(): void {
    this.#resumeIfPossible();
  }

  push(push: Push, form: Form): void {
    this.#send(push.in(form));
  }

  onStatus(push: Push, ended: boolean, key: string): void {
    if (ended) this.#watched.delete(key);
    this.push(push, this.#watchForm);
  }

  /** The connection is gone; answers that still come are dropped. */
  end(): void {
    this.#closed = true;
    this.#held = [];
    stopAll(this.#eventStops);
    stopAll(this.#consoleStops);
    for (const key of this.#watched) this.#watches.unwatch(key, this);
    this.#watched.clear();
  }

  #onFrame(frame: Buffer, isBinary: boolean): void {
    if (this.#closed) return;
    const message = isBinary
      ? readBinaryMessage(frame, this.#options.websocket.messageBytesMax)
      : readTextMessage(frame);
    const form: Form = isBinary ? 'binary' : 'text';
    if (!message.ok) {
      this.#refuse(form, undefined, message.failure);
      // Bytes of no known form: nothing after them can be trusted either.
      if (NOT_READABLE.has(message.failure.code)) {
        this.#socket.close(CLOSE_POLICY, message.failure.code);
      }
      return;
    }
    this.#onMessage(message.value, form);
  }

  #onMessage(message: ClientMessage, form: Form): void {
    switch (message.kind) {
      case 'submit':
        this.#held.push(message);
        this.#submitHeld();
        return;
      case 'subscribe':
        this.#subscribe(message, form);
        return;
      case 'unsubscribe':
        this.#unsubscribe(message.topic);
        this.#confirm(form, 'unsubscribed', message.id);
    }
  }

  #submitHeld(): void {
    while (this.#held.length > 0) {
      const message = this.#held[0] as Submit;
      const tooMany = this.#inFlight >= this.#options.websocket.inFlightTransactionsMax;
      if (this.#nodePaused || tooMany || !this.#submit(message)) {
        this.#pause();
        return;
      }
      this.#held.shift();
    }
  }

  /** `false` where the node has no room for the whole message now. */
  #submit({ id, transactions }: Submit): boolean {
    const accepted: Uint8Array[] = [];
    const tooLarge: RejectedTransaction[] = [];
    for (let index = 0; index < transactions.length; index++) {
      const transaction = transactions[index] as Uint8Array;
      if (transaction.length <= TRANSACTION_BYTES_MAX) accepted.push(transaction);
      else tooLarge.push({ index, ...TOO_LARGE });
    }
    if (accepted.length === 0) {
      this.#answer(id, { ids: new Uint8Array(transactions.length * ID_BYTES), rejected: tooLarge });
      return true;
    }
    const taken = this.#ports.submit(accepted, (outcome) => {
      this.#inFlight -= accepted.length;
      const whole = tooLarge.length === 0 ? outcome : mergeOutcome(outcome, tooLarge);
      this.#answer(id, whole);
      this.#resumeIfPossible();
    });
    if (taken) this.#inFlight += accepted.length;
    return taken;
  }

  #answer(id: number, { ids, rejected }: SubmissionOutcome): void {
    if (!this.#closed) this.#send(encodeBinary({ kind: 'submitted', id, ids, rejected }));
  }

  #subscribe(message: SubscribeMessage, form: Form): void {
    switch (message.topic) {
      case 'blocks':
        this.#blocks = { form, ids: message.ids };
        this.#confirm(form, 'subscribed', message.id);
        return;
      case 'transactions':
        this.#watch(message.id, message.hashes, form);
        return;
      case 'events': {
        const { events } = this.#ports;
        this.#listen(message, form, this.#eventStops, (contract) =>
          events.listen({ topics: [], contract }, (event) => this.push(eventPush(event), form)),
        );
        return;
      }
      case 'console': {
        const lines = this.#ports.console;
        if (lines === undefined) {
          this.#refuse(form, message.id, CONSOLE_OFF);
          return;
        }
        this.#listen(message, form, this.#consoleStops, (contract) =>
          lines.listen({ topics: [], contract }, (line) => this.push(consolePush(line), form)),
        );
      }
    }
  }

  #watch(id: number, hashes: readonly Uint8Array[], form: Form): void {
    if (this.#watched.size + hashes.length > WATCHES_MAX) {
      this.#refuse(form, id, { code: 'too-many', message: `at most ${WATCHES_MAX} transactions` });
      return;
    }
    this.#watchForm = form;
    this.#confirm(form, 'subscribed', id);
    for (const hash of hashes) {
      const key = binaryStringOf(hash);
      if (this.#watched.has(key)) continue;
      this.#watched.add(key);
      if (this.#watches.watch(hash, this, this.#ports.nowMs())) continue;
      this.#watched.delete(key);
      this.#refuse(form, id, { code: 'too-many', message: 'the node watches enough transactions' });
      return;
    }
  }

  /** `stops` holds the filters of one topic that are open, by contract. */
  #listen(
    { id, contract }: { readonly id: number; readonly contract: string },
    form: Form,
    stops: Map<string, () => void>,
    open: (contract: string) => (() => void) | undefined,
  ): void {
    if (stops.size >= EVENT_FILTERS_MAX) {
      this.#refuse(form, id, { code: 'too-many', message: `at most ${EVENT_FILTERS_MAX} filters` });
      return;
    }
    if (!stops.has(contract)) {
      const stop = open(contract);
      if (stop === undefined) {
        this.#refuse(form, id, { code: 'too-many', message: 'too many subscriptions' });
        return;
      }
      stops.set(contract, stop);
    }
    this.#confirm(form, 'subscribed', id);
  }

  #unsubscribe(topic: Topic): void {
    if (topic === 'blocks') this.#blocks = undefined;
    if (topic === 'events') stopAll(this.#eventStops);
    if (topic === 'console') stopAll(this.#consoleStops);
    if (topic === 'transactions') {
      for (const key of this.#watched) this.#watches.unwatch(key, this);
      this.#watched.clear();
    }
  }

  #confirm(form: Form, kind: 'subscribed' | 'unsubscribed', id: number): void {
    this.#sendMessage(form, { kind, id });
  }

  /** `id` is `null` in the answer where the message could not be read that far. */
  #refuse(form: Form, id: number | undefined, { code, message }: Rejection): void {
    this.#sendMessage(form, { kind: 'error', id: id ?? null, code, message });
  }

  #sendMessage(form: Form, message: Readonly<Record<string, unknown>>): void {
    this.#send(form === 'binary' ? encodeBinary(message) : JSON.stringify(message));
  }

  #send(data: Buffer | string): void {
    if (this.#closed) return;
    if (this.#socket.bufferedAmount > this.#options.websocket.sendBufferBytesMax) {
      this.#socket.close(CLOSE_TRY_LATER, 'reads too slowly');
      // The close frame stands behind the unsent bytes, so waiting for it would be waiting for them.
      this.#socket.terminate();
      return;
    }
    this.#socket.send(data, { binary: typeof data !== 'string' });
  }

  #pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#socket.pause();
  }

  #resumeIfPossible(): void {
    if (this.#closed) return;
    if (this.#nodePaused) {
      this.#pause();
      return;
    }
    const max = this.#options.websocket.inFlightTransactionsMax;
    if (!this.#paused || this.#inFlight > max / 2) return;
    this.#paused = false;
    this.#submitHeld();
    if (!this.#paused) this.#socket.resume();
  }
}

function stopAll(stops: Map<string, () => void>): void {
  for (const stop of stops.values()) stop();
  stops.clear();
}

/** Puts the transactions that were not handed on back to their places. */
function mergeOutcome(
  outcome: SubmissionOutcome,
  tooLarge: readonly RejectedTransaction[],
): SubmissionOutcome {
  const count = outcome.ids.length / ID_BYTES + tooLarge.length;
  const skipped = new Set(tooLarge.map(({ index }) => index));
  const places: number[] = [];
  for (let index = 0; index < count; index++) if (!skipped.has(index)) places.push(index);
  const ids = new Uint8Array(count * ID_BYTES);
  for (const [from, to] of places.entries()) {
    ids.set(outcome.ids.subarray(from * ID_BYTES, (from + 1) * ID_BYTES), to * ID_BYTES);
  }
  const moved = outcome.rejected.map((refusal) => ({
    ...refusal,
    index: places[refusal.index] ?? refusal.index,
  }));
  return { ids, rejected: [...moved, ...tooLarge] };
}
