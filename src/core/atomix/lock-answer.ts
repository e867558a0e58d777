/**
 * What an owner answers to a request for locks: the values, or at once why not. Values of balances are
 * exact. While reservations of the account are open there is no exact balance, except for the
 * transaction that the only one is for, which gets it with what was reserved.
 */

import { hexOf } from '../crypto/hex.ts';
import { foldMatured } from '../ledger/balances.ts';
import type { BlockContext } from '../ledger/ports.ts';
import {
  isReservedFor,
  type ReservedEntry,
  readReserved,
  reservedToken,
} from '../ledger/reserved-record.ts';
import type { StateOverlay } from '../ledger/state-overlay.ts';
import { decodeStateValue, encodeStateValue } from '../ledger/state-value.ts';
import { endFences, putFence } from './fences.ts';
import { type Holding, holdingOf } from './lock-request.ts';
import type { LockTable } from './lock-table.ts';
import type { CarriedEntry, ChannelMessage, Refusal } from './message.ts';
import { type Claim, mayWait } from './precedence.ts';

export type LockAnswer =
  | {
      readonly kind: 'granted';
      readonly entries: readonly CarriedEntry[];
      /** Accounts for which reservations can be made again. */
      readonly unfenced: readonly string[];
    }
  | { readonly kind: 'refused'; readonly why: Refusal };

type LockMessage = ChannelMessage & { readonly kind: 'lock' };

export function answerLock(
  state: StateOverlay,
  locks: Pick<LockTable, 'lock'>,
  { id, since, keys, exclusive }: LockMessage,
  block: BlockContext,
): LockAnswer {
  const claim = { id: hexOf(id), since };
  const holdings = keys.map(holdingOf).filter((holding) => holding !== undefined);
  // RAM is taken from it, as a rule; who needs it exactly asks for his keys alone.
  const isExact = ({ token }: Holding): boolean => exclusive || token !== 'ram';
  for (const account of new Set(holdings.filter(isExact).map(({ holder }) => holder))) {
    const others = othersOf(state, account, claim);
    if (others.length > 0) {
      return { kind: 'refused', why: meetReservations(state, account, claim, block) };
    }
  }
  foldOwn(state, claim, holdings, block);
  const entries = locks.lock({ id: claim.id, keys, exclusive });
  if (entries === undefined) return { kind: 'refused', why: 'locked' };
  return {
    kind: 'granted',
    entries: entries.map((entry) => withReserved(state, claim, entry)),
    unfenced: endFences(state, claim.id),
  };
}

/** What a transaction has to do that needs the exact balance of an account with reservations open. */
export function meetReservations(
  state: StateOverlay,
  account: string,
  claim: Claim,
  block: BlockContext,
): Refusal {
  if (!mayWait(claim, othersOf(state, account, claim))) return 'yield';
  putFence(state, account, claim.id, block.number);
  return 'reserved';
}

/** What was reserved was folded then, and its transaction cannot do it later. */
function foldOwn(
  state: StateOverlay,
  claim: Claim,
  holdings: readonly Holding[],
  { time }: BlockContext,
): void {
  for (const { holder, token } of holdings) {
    if (ownReservation(state, holder, claim) === undefined) continue;
    state.begin();
    foldMatured(state, holder, token, time);
    state.commit();
  }
}

/** RAM is not bounded by the limits of a transaction, so it sees no more of that than it may use. */
function withReserved(state: StateOverlay, claim: Claim, entry: CarriedEntry): CarriedEntry {
  const { holder, token, isBalance } = holdingOf(entry.key) ?? {};
  if (holder === undefined || token === undefined || isBalance !== true) return entry;
  const own = ownReservation(state, holder, claim);
  if (own === undefined || token === 'ram' || entry.value === undefined) return entry;
  const value = decodeStateValue(entry.value);
  if (value.kind !== 'int') return entry;
  const whole = { ...value, value: value.value + reservedToken([own], token) };
  return { key: entry.key, value: encodeStateValue(whole) };
}

function ownReservation(
  state: StateOverlay,
  account: string,
  { id }: Claim,
): ReservedEntry | undefined {
  return reservationsOf(state, account).find((entry) => entry.id === id);
}

function othersOf(state: StateOverlay, account: string, { id }: Claim): readonly ReservedEntry[] {
  return reservationsOf(state, account).filter((entry) => entry.id !== id);
}

/** Of contracts there are none. */
function reservationsOf(state: StateOverlay, holder: string): readonly ReservedEntry[] {
  return isReservedFor(state, holder) ? readReserved(state, holder) : [];
}
