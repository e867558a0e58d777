/**
 * Frozen amounts of an account (spec go-iost §6.2, `TF<account>` field token): a JSON list of
 * {Amount, Ftime} in order of (Ftime, Amount). They become spendable when their time has come and
 * token code next looks at the balance. `Ram` is ours: bytes that the account itself has paid for the
 * item and gets back then.
 */

import { assert } from '../assert.ts';
import type { StateReader } from './ports.ts';
import { freezeKey } from './state-key.ts';
import type { StateOverlay } from './state-overlay.ts';
import type { StateValue } from './state-value.ts';

export type FrozenItem = {
  readonly amount: bigint;
  /** Nanoseconds. */
  readonly unfreezeTime: bigint;
  /** Bytes to give back to the account; 0 where somebody else paid. */
  readonly ram: number;
};

/**
 * RAM that freezing an amount for somebody costs the publisher. Flat, so that it does not depend on
 * a list that may lie on another chain; and not nothing, so that nobody can grow a stranger's list
 * for free.
 */
export const FROZEN_ITEM_BYTES = 64;

const PAYER = 'token.iost';

/** Parsed once per stored value: values are immutable, so identity stands for content. */
const parsed = new WeakMap<StateValue, readonly FrozenItem[]>();

export function frozenItems(
  state: StateReader,
  account: string,
  token: string,
): readonly FrozenItem[] {
  return itemsOf(state.get(freezeKey(account, token)));
}

export function itemsOf(value: StateValue | undefined): readonly FrozenItem[] {
  if (value?.kind !== 'json') return [];
  let items = parsed.get(value);
  if (items === undefined) {
    items = parseItems(value.value);
    parsed.set(value, items);
  }
  return items;
}

export function addFrozen(
  state: StateOverlay,
  account: string,
  token: string,
  item: FrozenItem,
): void {
  const items = [...frozenItems(state, account, token)];
  insertItem(items, item);
  writeItems(state, account, token, items);
}

function insertItem(items: FrozenItem[], item: FrozenItem): void {
  const at = items.findIndex((other) => isBefore(item, other));
  items.splice(at < 0 ? items.length : at, 0, item);
}

/** Takes the items out whose time has come. `undefined` where there are none. */
export function takeMatured(
  state: StateOverlay,
  account: string,
  token: string,
  value: StateValue,
  timeNs: bigint,
): { readonly amount: bigint; readonly ram: number } | undefined {
  const items = itemsOf(value);
  const count = maturedCount(items, timeNs);
  if (count === 0) return undefined;
  let amount = 0n;
  let ram = 0;
  for (const item of items.slice(0, count)) {
    amount += item.amount;
    ram += item.ram;
  }
  if (count === items.length) state.delete(freezeKey(account, token));
  else writeItems(state, account, token, items.slice(count));
  return { amount, ram };
}

/** What of the items is spendable at `timeNs`. */
export function maturedAmount(items: readonly FrozenItem[], timeNs: bigint): bigint {
  let amount = 0n;
  for (const item of items.slice(0, maturedCount(items, timeNs))) amount += item.amount;
  return amount;
}

/**
 * What has changed between two stored lists, as a list of its own: an item that is gone has its
 * amount negated. Unlike a list it can be booked into one that has grown meanwhile.
 */
export function frozenChange(
  before: StateValue | undefined,
  after: StateValue | undefined,
): StateValue {
  const gone = [...itemsOf(before)];
  const added = itemsOf(after).filter((item) => {
    const at = gone.findIndex((other) => isSame(item, other));
    if (at >= 0) gone.splice(at, 1);
    return at < 0;
  });
  return listValue([...gone.map((item) => ({ ...item, amount: -item.amount })), ...added]);
}

/** Books a change as `frozenChange` makes it; what is gone was there when the change was made. */
export function bookFrozenChange(state: StateOverlay, key: string, change: StateValue): void {
  const items = [...itemsOf(state.get(key))];
  for (const item of itemsOf(change)) {
    if (item.amount >= 0n) insertItem(items, item);
    else {
      const gone = { ...item, amount: -item.amount };
      const at = items.findIndex((other) => isSame(gone, other));
      assert(at >= 0, 'only what was there can be gone');
      items.splice(at, 1);
    }
  }
  if (items.length === 0) state.delete(key);
  else state.put(key, listValue(items));
}

function maturedCount(items: readonly FrozenItem[], timeNs: bigint): number {
  const pending = items.findIndex((item) => item.unfreezeTime > timeNs);
  return pending < 0 ? items.length : pending;
}

function isSame(left: FrozenItem, right: FrozenItem): boolean {
  return (
    left.amount === right.amount &&
    left.unfreezeTime === right.unfreezeTime &&
    left.ram === right.ram
  );
}

function isBefore(left: FrozenItem, right: FrozenItem): boolean {
  return (
    left.unfreezeTime < right.unfreezeTime ||
    (left.unfreezeTime === right.unfreezeTime && left.amount < right.amount)
  );
}

function writeItems(
  state: StateOverlay,
  account: string,
  token: string,
  items: readonly FrozenItem[],
): void {
  state.put(freezeKey(account, token), listValue(items));
}

function listValue(items: readonly FrozenItem[]): StateValue {
  const texts = items.map(({ amount, unfreezeTime, ram }) => {
    const paid = ram === 0 ? '' : `,"Ram":${ram}`;
    return `{"Amount":${amount},"Ftime":${unfreezeTime}${paid}}`;
  });
  const value: StateValue = { kind: 'json', value: `[${texts.join(',')}]`, payer: PAYER };
  parsed.set(value, items);
  return value;
}

/** The text is our own, but its integers exceed what JSON.parse keeps. */
function parseItems(text: string): readonly FrozenItem[] {
  const items: FrozenItem[] = [];
  for (const match of text.matchAll(/"Amount":(-?\d+),"Ftime":(-?\d+)(?:,"Ram":(\d+))?/g)) {
    items.push({
      amount: BigInt(match[1] ?? 0),
      unfreezeTime: BigInt(match[2] ?? 0),
      ram: Number(match[3] ?? 0),
    });
  }
  return items;
}
