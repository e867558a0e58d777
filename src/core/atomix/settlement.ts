/**
 * How a reservation ends. The home chain says what its run changed of the carried state, in terms
 * that commute with whatever else happened to the account meanwhile: balances and counters by their
 * difference, gas by what is left of it, freezes by what was added. The entry shard books it
 * and forgets the reservation. A run that did not happen changed nothing, so everything comes back.
 */

import { assert } from '../assert.ts';
import { hexOf } from '../crypto/hex.ts';
import { amountOf, credit, debitStored, FREE_PAYER } from '../ledger/balances.ts';
import { addFrozen, itemsOf } from '../ledger/freezes.ts';
import { gasOf, giveGas, readGas, writeGas } from '../ledger/gas.ts';
import type { CarriedState } from '../ledger/outcome.ts';
import type { BlockContext } from '../ledger/ports.ts';
import { sliceKey } from '../ledger/ram-slice.ts';
import { type ReservedEntry, readReserved, writeReserved } from '../ledger/reserved-record.ts';
import { accountKey, balanceKey, freezeKey, gasKey, usedRamKey } from '../ledger/state-key.ts';
import type { StateOverlay } from '../ledger/state-overlay.ts';
import type { StateValue } from '../ledger/state-value.ts';
import type { ChannelMessage } from './message.ts';
import { type Share, WHOLE } from './reservation.ts';

/** Pays for the counter of used RAM, that is nobody does. Differences name it for form's sake. */
const RAM_PAYER = 'ram.iost';
const NOTHING: CarriedState = new Map();

export type SettleMessage = ChannelMessage & { readonly kind: 'settle' };
export type YieldMessage = ChannelMessage & { readonly kind: 'yield' };
export type ShortMessage = ChannelMessage & { readonly kind: 'short' };

/** What of the carried state has to go back: changed values, balances and counters as differences. */
export function settlementOf(
  publisher: string,
  carried: CarriedState,
  written: CarriedState,
): CarriedState {
  const counter = usedRamKey(publisher);
  const slice = sliceKey(publisher);
  const balances = balanceKey(publisher, '');
  const sent = new Map<string, StateValue | undefined>();
  for (const [key, value] of written) {
    const isSum = key === counter || key === slice || key.startsWith(balances);
    sent.set(key, isSum ? difference(value, carried.get(key)) : value);
  }
  return sent;
}

/** Whether there is what the message is about. */
export function isReserved(
  state: StateOverlay,
  { publisher, id }: SettleMessage | ShortMessage | YieldMessage,
): boolean {
  const hexId = hexOf(id);
  return readReserved(state, publisher).some((entry) => entry.id === hexId);
}

/** Releases a reservation that was too small; answers what the next try has to reserve. */
export function releaseShort(
  state: StateOverlay,
  block: BlockContext,
  { id, publisher, ram }: ShortMessage,
): Share {
  const { share } = release(state, block, { kind: 'settle', id, publisher, written: NOTHING });
  // What it needs may change from try to try; that there is no more than everything will not.
  return ram > 0 && share === 'slice' ? { size: 'larger', ram } : WHOLE;
}

/** Releases the reservation of a transaction that gives way; answers what it is to get the next time. */
export function releaseYielded(
  state: StateOverlay,
  block: BlockContext,
  { id, publisher }: YieldMessage,
): Share | undefined {
  const { share } = release(state, block, { kind: 'settle', id, publisher, written: NOTHING });
  return share === 'slice' ? undefined : WHOLE;
}

/** Books a settlement and releases the reservation, which it answers. */
export function release(
  state: StateOverlay,
  block: BlockContext,
  message: SettleMessage,
): ReservedEntry {
  const { publisher, written } = message;
  state.begin();
  const entries = readReserved(state, publisher);
  const id = hexOf(message.id);
  const entry = entries.find((each) => each.id === id);
  assert(entry !== undefined, 'every settlement answers a reservation');
  writeReserved(
    state,
    publisher,
    entries.filter((each) => each !== entry),
  );
  const tokens = new Map(entry.tokens);
  for (const [token, change] of changesIn(publisher, written)) {
    tokens.set(token, (tokens.get(token) ?? 0n) + change);
  }
  for (const [token, amount] of tokens) {
    if (amount > 0n) credit(state, publisher, token, amount, FREE_PAYER);
    // Who has seen all of a locked balance may also have spent what came after the reservation.
    const isThere = amount >= 0n || debitStored(state, publisher, token, -amount);
    assert(isThere, 'no more is spent than was reserved or locked');
  }
  const gasWritten = written.get(gasKey(publisher));
  const gasLeft = gasWritten === undefined ? entry.gas : gasOf(gasWritten).stock;
  // All comes back and then it is paid, for the limit counts before the payment as on one ledger.
  const back = giveGas(readGas(state, publisher), entry.gas, block.time);
  const spent = entry.gas - gasLeft;
  writeGas(state, publisher, { ...back, stock: back.stock > spent ? back.stock - spent : 0n });
  bookRecords(state, publisher, written);
  state.commit();
  return entry;
}

/** By how much the run has changed balances. */
function* changesIn(
  publisher: string,
  written: CarriedState,
): Iterable<[token: string, change: bigint]> {
  const prefix = balanceKey(publisher, '');
  const slice = sliceKey(publisher);
  for (const [key, value] of written) {
    const isSlice = key === slice;
    if (!isSlice && !key.startsWith(prefix)) continue;
    yield [isSlice ? 'ram' : key.slice(prefix.length), amountOf(value)];
  }
}

function bookRecords(state: StateOverlay, publisher: string, written: CarriedState): void {
  const freezePrefix = freezeKey(publisher, '');
  const counter = usedRamKey(publisher);
  for (const [key, value] of written) {
    if (value === undefined) continue;
    if (key.startsWith(freezePrefix)) {
      const token = key.slice(freezePrefix.length);
      for (const item of itemsOf(value)) addFrozen(state, publisher, token, item);
    } else if (key === counter) {
      const sum = amountOf(state.get(key)) + amountOf(value);
      state.put(key, { kind: 'int', value: sum, payer: RAM_PAYER });
    } else if (key === accountKey(publisher)) state.put(key, value);
  }
}

function difference(
  value: StateValue | undefined,
  before: StateValue | undefined,
): StateValue | undefined {
  if (value === undefined) return undefined;
  return { kind: 'int', value: amountOf(value) - amountOf(before), payer: RAM_PAYER };
}
