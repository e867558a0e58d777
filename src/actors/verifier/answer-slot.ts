/**
 * Turns the verdicts of a slot into messages: one for each shard and origin with good transactions,
 * sound ones apart from others, and one for each origin with bad ones.
 */

import type { SlotLoad } from './intake-queue.ts';
import type { RejectedTag, TransactionsVerified } from './protocol.ts';
import { ID_BYTES, type VerificationSlot } from './verification-slot.ts';
import { rejectionOf, VERDICT } from './verify-batch.ts';

type SlotAnswers = {
  readonly verified: readonly { readonly shard: number; readonly message: TransactionsVerified }[];
  readonly rejected: readonly {
    readonly origin: string;
    readonly rejected: readonly RejectedTag[];
  }[];
};

export function answersOf(slot: VerificationSlot, load: SlotLoad): SlotAnswers {
  const good = new Map<string, number[]>();
  const bad = new Map<string, RejectedTag[]>();
  for (let index = 0; index < load.tags.length; index++) {
    const origin = load.origins[index] as string;
    const verdict = slot.verdictAt(index);
    if (verdict === VERDICT.good) {
      const kind = slot.isSoundAt(index) ? 'sound' : 'unsound';
      listAt(good, `${slot.shardAt(index)} ${kind} ${origin}`).push(index);
      continue;
    }
    const { length } = load.transactions[index] as Uint8Array;
    const tag = load.tags[index] as number;
    listAt(bad, origin).push({ tag, ...rejectionOf(verdict, length) });
  }
  return {
    verified: [...good.values()].map((indexes) => verifiedAnswer(slot, load, indexes)),
    rejected: [...bad].map(([origin, rejected]) => ({ origin, rejected })),
  };
}

/** All `indexes` have the same shard, origin and soundness; there is at least one. */
function verifiedAnswer(
  slot: VerificationSlot,
  load: SlotLoad,
  indexes: readonly number[],
): SlotAnswers['verified'][number] {
  const first = indexes[0] as number;
  const ids = new Uint8Array(indexes.length * ID_BYTES);
  for (const [position, index] of indexes.entries()) {
    slot.copyIdTo(ids, position * ID_BYTES, index);
  }
  const message: TransactionsVerified = {
    kind: 'transactionsVerified',
    origin: load.origins[first] as string,
    tags: indexes.map((index) => load.tags[index] as number),
    transactions: indexes.map((index) => load.transactions[index] as Uint8Array),
    ids,
    sound: slot.isSoundAt(first),
  };
  return { shard: slot.shardAt(first), message };
}

function listAt<Item>(lists: Map<string, Item[]>, key: string): Item[] {
  const known = lists.get(key);
  if (known !== undefined) return known;
  const created: Item[] = [];
  lists.set(key, created);
  return created;
}
