/**
 * What an account has set aside for transactions that run on other chains (cross-shard.md, mechanism
 * 2), under `x-reserved-<account>`. It is still the account's: views and the conservation check count
 * it with the balance, which the reservation has lowered.
 */

import { accountKeys } from './account-keys.ts';
import type { StateReader } from './ports.ts';
import type { StateOverlay } from './state-overlay.ts';

/** Records of the node cost nobody. */
const PAYER = 'system.iost';

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

export const reservedKey = (account: string): string => accountKeys(account).reserved;

/** Whether an account of this chain has reservations open: a record of none is not kept. */
export function isReservedFor(state: StateOverlay, account: string): boolean {
  return state.getOwned(reservedKey(account)) !== undefined;
}

export function readReserved(state: StateReader, account: string): readonly ReservedEntry[] {
  const stored = state.get(reservedKey(account));
  return stored?.kind === 'json' ? parseReserved(stored.value) : [];
}

/** The text is our own: `{"entries":[{"id","since","gas","tokens":{symbol:amount},"share"}]}`. */
export function parseReserved(text: string): readonly ReservedEntry[] {
  const record = JSON.parse(text) as { readonly entries: readonly StoredEntry[] };
  return record.entries.map((entry) => ({
    id: entry.id,
    since: BigInt(entry.since),
    gas: BigInt(entry.gas),
    tokens: new Map(Object.entries(entry.tokens).map(([token, amount]) => [token, BigInt(amount)])),
    share: entry.share,
  }));
}

/** Stores the entries; none leave no record behind. */
export function writeReserved(
  state: StateOverlay,
  account: string,
  entries: readonly ReservedEntry[],
): void {
  const key = reservedKey(account);
  if (entries.length === 0) state.delete(key);
  else state.put(key, { kind: 'json', value: reservedText(entries), payer: PAYER });
}

function reservedText(entries: readonly ReservedEntry[]): string {
  const stored: readonly StoredEntry[] = entries.map((entry) => ({
    id: entry.id,
    since: String(entry.since),
    gas: String(entry.gas),
    tokens: Object.fromEntries([...entry.tokens].map(([token, units]) => [token, String(units)])),
    share: entry.share,
  }));
  return JSON.stringify({ entries: stored });
}

/** Amounts are decimal text: they exceed what a JSON number keeps. */
type StoredEntry = {
  readonly id: string;
  readonly since: string;
  readonly gas: string;
  readonly tokens: Readonly<Record<string, string>>;
  readonly share: ShareSize;
};

export function reservedToken(entries: readonly ReservedEntry[], token: string): bigint {
  let sum = 0n;
  for (const entry of entries) sum += entry.tokens.get(token) ?? 0n;
  return sum;
}

export function reservedGas(entries: readonly ReservedEntry[]): bigint {
  return entries.reduce((sum, entry) => sum + entry.gas, 0n);
}
