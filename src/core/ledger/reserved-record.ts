/**
 * What an account has set aside for transactions that run on other chains (cross-shard.md, mechanism
 * 2), under `x-reserved-<account>`. It is still the account's: views and the conservation check count
 * it with the balance, which the reservation has lowered.
 */

import { assert } from '../assert.ts';
import { type BinaryReader, decodeWith } from '../chain/binary-reader.ts';
import { BinaryWriter } from '../chain/binary-writer.ts';
import { accountKeys } from './account-keys.ts';
import type { StateReader } from './ports.ts';
import type { StateOverlay } from './state-overlay.ts';
import type { StateValue } from './state-value.ts';

const ENTRY_BYTES_MIN = 25;
const TOKEN_BYTES_MIN = 12;
const NONE: readonly ReservedEntry[] = [];
const scratch = new BinaryWriter();

export type ReservedEntry = {
  /** Id of the transaction. */
  readonly id: string;
  /** Time of the transaction in ns. */
  readonly since: bigint;
  /** Hundredths of gas. */
  readonly gas: bigint;
  /** Smallest units by token symbol. */
  readonly tokens: ReadonlyMap<string, bigint>;
  /** How much of the account the transaction has to itself. */
  readonly share: ShareSize;
};

/**
 * `slice`: of RAM a slice, of tokens what it names; others may run beside it. `larger`: a second try
 * with the RAM that the first was short of. `whole`: all there is, and nobody else meanwhile.
 */
export type ShareSize = (typeof SHARE_SIZES)[number];
export const SHARE_SIZES = ['slice', 'larger', 'whole'] as const;

/** A record as a value of the state: its bytes are wanted only when the block is stored. */
class ReservedValue {
  readonly kind = 'bytes';
  readonly entries: readonly ReservedEntry[];

  constructor(entries: readonly ReservedEntry[]) {
    this.entries = entries;
  }

  get value(): Uint8Array {
    return encodeReserved(this.entries);
  }
}

export const reservedKey = (account: string): string => accountKeys(account).reserved;

/** Whether an account of this chain has reservations open: a record of none is not kept. */
export function isReservedFor(state: StateOverlay, account: string): boolean {
  return state.getOwned(reservedKey(account)) !== undefined;
}

export function readReserved(state: StateReader, account: string): readonly ReservedEntry[] {
  return reservedOf(state.get(reservedKey(account)));
}

export function reservedOf(value: StateValue | undefined): readonly ReservedEntry[] {
  if (value === undefined) return NONE;
  if (value instanceof ReservedValue) return value.entries;
  assert(value.kind === 'bytes', 'a record of reservations is bytes');
  const entries = decodeWith(value.value, readEntries);
  assert(entries !== undefined, 'what is stored was encoded here');
  return entries;
}

export const reservedValue = (entries: readonly ReservedEntry[]): StateValue =>
  new ReservedValue(entries);

/** Stores the entries; none leave no record behind. */
export function writeReserved(
  state: StateOverlay,
  account: string,
  entries: readonly ReservedEntry[],
): void {
  const key = reservedKey(account);
  if (entries.length === 0) state.delete(key);
  else state.put(key, reservedValue(entries));
}

function encodeReserved(entries: readonly ReservedEntry[]): Uint8Array {
  const writer = scratch.reset();
  writer.list(entries, (target, { id, since, gas, tokens, share }) => {
    target.string(id).i64(since).i64(gas).u8(SHARE_SIZES.indexOf(share));
    target.list([...tokens], (each, [token, units]) => each.string(token).i64(units));
  });
  return writer.finish();
}

function readEntries(reader: BinaryReader): readonly ReservedEntry[] {
  return reader.list(ENTRY_BYTES_MIN, () => ({
    id: reader.string(),
    since: reader.i64(),
    gas: reader.i64(),
    share: SHARE_SIZES[reader.u8()] ?? reader.malformed('unknown share'),
    tokens: new Map(reader.list(TOKEN_BYTES_MIN, () => [reader.string(), reader.i64()] as const)),
  }));
}

export function reservedToken(entries: readonly ReservedEntry[], token: string): bigint {
  let sum = 0n;
  for (const entry of entries) sum += entry.tokens.get(token) ?? 0n;
  return sum;
}

export function reservedGas(entries: readonly ReservedEntry[]): bigint {
  return entries.reduce((sum, entry) => sum + entry.gas, 0n);
}
