/**
 * One verified transaction in the pool of a shard, and the order in which entries are proposed.
 *
 * Order (spec go-iost §2.9), first to last: simple transfers before everything else; among them
 * shorter data first; higher gas ratio; earlier time; smaller hash bytes. The first three make the
 * integer `rank`, of which few values exist at a time, so the pool keeps one queue per rank; the
 * last two order the entries inside one queue.
 */

import { assert } from '#core/assert.ts';
import { type DecodedTransaction, decodeTransaction } from '#core/chain/transaction.ts';
import type { TransactionHead } from '#core/chain/transaction-head.ts';

/** Data of a simple transfer is at most this long, in bytes of UTF-8. */
export const SIMPLE_DATA_BYTES_MAX = 70;

const SIMPLE_CONTRACT = 'token.iost';
// Above every ratio a valid transaction has (10,000 hundredths), so that ranks never overlap.
const GAS_RATIO_SPAN = 2 ** 20;

/** `Tag` is whatever the owner wants back with the transaction, such as whom to answer. */
export type PoolEntry<Tag> = {
  /** The transaction hash, 32 bytes. */
  readonly id: Uint8Array;
  /** The full encoding. */
  readonly bytes: Uint8Array;
  /** Decoded anew each time it is asked for. */
  readonly transaction: DecodedTransaction;
  readonly tag: Tag;
};

/**
 * `ready` may be proposed; `taken` is in a proposal that is not final yet; `parked` waits for a
 * fact or for the release of a reservation; `gone` has left the pool but may still lie in a queue.
 */
type EntryState = 'ready' | 'taken' | 'parked' | 'gone';

/**
 * The pool's own view of an entry, with its bookkeeping. PERF: it keeps the bytes and not the decoded
 * transaction. What waits in a pool outlives many collections, and each of them copies or marks it:
 * for the thirty objects of a decoded transaction that takes longer than decoding it again.
 */
export class PoolRecord<Tag> implements PoolEntry<Tag> {
  readonly id: Uint8Array;
  readonly bytes: Uint8Array;
  readonly tag: Tag;
  readonly time: bigint;
  readonly expiration: bigint;
  readonly rank: number;
  /** Rounded nanoseconds: orders nearly always; ties are decided by the exact time. */
  readonly roundedTime: number;
  state: EntryState = 'ready';
  /** Whether it lies in a queue, in any state: it must not be queued twice. */
  queued = false;
  /** What a parked one waits for. */
  parkedFor: string | undefined = undefined;
  /** Next record whose id has the same fingerprint. */
  next: PoolRecord<Tag> | undefined = undefined;

  constructor(id: Uint8Array, head: TransactionHead, tag: Tag) {
    this.id = id;
    this.bytes = head.bytes;
    this.tag = tag;
    this.time = head.time;
    this.expiration = head.expiration;
    this.rank = rankOf(head);
    this.roundedTime = Number(head.time);
  }

  get transaction(): DecodedTransaction {
    const transaction = decodeTransaction(this.bytes);
    assert(transaction !== undefined, 'what the verifier decoded decodes again');
    return transaction;
  }

  get isSimple(): boolean {
    return this.rank < FIRST_COMPLEX_RANK;
  }
}

const FIRST_COMPLEX_RANK = (SIMPLE_DATA_BYTES_MAX + 1) * GAS_RATIO_SPAN;

/** Lower is proposed earlier. */
function rankOf(head: TransactionHead): number {
  const ratio = Number(head.gasRatio);
  assert(ratio >= 0 && ratio < GAS_RATIO_SPAN, 'the pool takes only checked gas ratios');
  const position = GAS_RATIO_SPAN - 1 - ratio;
  const isSimple =
    head.soleContract === SIMPLE_CONTRACT && head.soleDataBytes <= SIMPLE_DATA_BYTES_MAX;
  return isSimple ? head.soleDataBytes * GAS_RATIO_SPAN + position : FIRST_COMPLEX_RANK + position;
}

/** Order of two records of one rank: negative when `left` goes first. */
export function compareAge(left: PoolEntryAge, right: PoolEntryAge): number {
  if (left.roundedTime !== right.roundedTime) return left.roundedTime - right.roundedTime;
  if (left.time !== right.time) return left.time < right.time ? -1 : 1;
  return compareBytes(left.id, right.id);
}

type PoolEntryAge = Pick<PoolRecord<unknown>, 'id' | 'time' | 'roundedTime'>;

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  for (let index = 0; index < left.length; index++) {
    const difference = (left[index] as number) - (right[index] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}
