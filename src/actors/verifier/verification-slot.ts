/**
 * One batch of transactions in shared memory: the actor writes them, a pool thread verifies them in
 * place and writes ids and verdicts beside them, the actor reads those. Nothing is cloned.
 *
 * Exactly one side uses a slot at a time; handing it over through the pool orders the accesses.
 */

import { assert } from '#core/assert.ts';
import { VERIFY_BATCH_BYTES_MAX, VERIFY_BATCH_TRANSACTIONS_MAX } from './protocol.ts';

export const ID_BYTES = 32;
const ENDS_AT = 4;
const VERDICTS_AT = ENDS_AT + VERIFY_BATCH_TRANSACTIONS_MAX * 4;
const SHARDS_AT = VERDICTS_AT + VERIFY_BATCH_TRANSACTIONS_MAX;
const SOUND_AT = SHARDS_AT + VERIFY_BATCH_TRANSACTIONS_MAX;
const IDS_AT = SOUND_AT + VERIFY_BATCH_TRANSACTIONS_MAX;
const CONTENT_AT = IDS_AT + VERIFY_BATCH_TRANSACTIONS_MAX * ID_BYTES;
export const SLOT_BYTES: number = CONTENT_AT + VERIFY_BATCH_BYTES_MAX;

export class VerificationSlot {
  readonly buffer: SharedArrayBuffer;
  readonly #count: Uint32Array;
  /** Where each transaction ends in the content. */
  readonly #ends: Uint32Array;
  readonly #verdicts: Uint8Array;
  readonly #shards: Uint8Array;
  readonly #sound: Uint8Array;
  readonly #ids: Uint8Array;
  readonly #content: Uint8Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(SLOT_BYTES)) {
    assert(buffer.byteLength === SLOT_BYTES, 'a slot has its fixed size');
    this.buffer = buffer;
    this.#count = new Uint32Array(buffer, 0, 1);
    this.#ends = new Uint32Array(buffer, ENDS_AT, VERIFY_BATCH_TRANSACTIONS_MAX);
    this.#verdicts = new Uint8Array(buffer, VERDICTS_AT, VERIFY_BATCH_TRANSACTIONS_MAX);
    this.#shards = new Uint8Array(buffer, SHARDS_AT, VERIFY_BATCH_TRANSACTIONS_MAX);
    this.#sound = new Uint8Array(buffer, SOUND_AT, VERIFY_BATCH_TRANSACTIONS_MAX);
    this.#ids = new Uint8Array(buffer, IDS_AT, VERIFY_BATCH_TRANSACTIONS_MAX * ID_BYTES);
    this.#content = new Uint8Array(buffer, CONTENT_AT, VERIFY_BATCH_BYTES_MAX);
  }

  get count(): number {
    return this.#count[0] as number;
  }

  /** Bytes of all transactions. */
  get bytes(): number {
    return this.count === 0 ? 0 : (this.#ends[this.count - 1] as number);
  }

  clear(): void {
    this.#count[0] = 0;
  }

  /** `false`, and nothing added, where the transaction does not fit any more. */
  add(transaction: Uint8Array): boolean {
    const { count, bytes } = this;
    if (count === VERIFY_BATCH_TRANSACTIONS_MAX) return false;
    if (bytes + transaction.length > VERIFY_BATCH_BYTES_MAX) return false;
    this.#content.set(transaction, bytes);
    this.#ends[count] = bytes + transaction.length;
    this.#count[0] = count + 1;
    return true;
  }

  /** The transactions, copied out of shared memory: what is verified cannot change underneath. */
  transactions(): readonly Uint8Array[] {
    const copy = this.#content.slice(0, this.bytes);
    let start = 0;
    return Array.from(this.#ends.subarray(0, this.count), (end) => {
      const transaction = copy.subarray(start, end);
      start = end;
      return transaction;
    });
  }

  setResult(index: number, verdict: number, id: Uint8Array): void {
    this.#verdicts[index] = verdict;
    this.#ids.set(id, index * ID_BYTES);
  }

  /** See `VERDICT`. */
  verdictAt(index: number): number {
    return this.#verdicts[index] as number;
  }

  /** Shard of the publisher, where the verdict is good. */
  shardAt(index: number): number {
    return this.#shards[index] as number;
  }

  /** For a transaction whose verdict is good: shard of its publisher, and whether it is sound. */
  setDestination(index: number, shard: number, sound: boolean): void {
    this.#shards[index] = shard;
    this.#sound[index] = sound ? 1 : 0;
  }

  /** See `isSound` in core/ledger/admission.ts; where the verdict is good. */
  isSoundAt(index: number): boolean {
    return this.#sound[index] === 1;
  }

  copyIdTo(out: Uint8Array, at: number, index: number): void {
    out.set(this.#ids.subarray(index * ID_BYTES, (index + 1) * ID_BYTES), at);
  }
}
