/**
 * Gas of an account (spec go-iost §6.4): pledged tokens refill a stock up to a limit. All four numbers
 * are one record under one key, because every transaction reads and writes them together; the views
 * answer the keys under which the reference keeps them.
 *
 * Gas is counted in hundredths, tokens in 1e-8 IOST, time in nanoseconds.
 */

import { assert } from '../assert.ts';
import { formatDecimal } from './decimal.ts';
import type { StateReader } from './ports.ts';
import { gasKey } from './state-key.ts';
import type { StateOverlay } from './state-overlay.ts';
import type { StateValue } from './state-value.ts';

export type GasRecord = {
  /** IOST pledged for the account by anybody. */
  readonly total: bigint;
  readonly limit: bigint;
  /** Gas at `updatedAt`. */
  readonly stock: bigint;
  /** 0: never pledged for, so nothing refills. */
  readonly updatedAt: bigint;
};

/** Hundredths of gas per IOST. */
export const GAS_REWARD_PER_IOST = 100_000n * 100n;
export const GAS_LIMIT_PER_IOST = 300_000n * 100n;
/** Hundredths of gas per IOST and second. */
const REFILL_RATE = 115n;
const REFILL_SECONDS_MAX = 3 * 24 * 3600;
const IOST_SCALE = 8;

export const IOST_UNIT = 100_000_000n;

const RECORD_BYTES = 32;
const scratch = new Uint8Array(RECORD_BYTES);
const scratchView = new DataView(scratch.buffer);
const EMPTY: GasRecord = { total: 0n, limit: 0n, stock: 0n, updatedAt: 0n };

/**
 * A record as a value of the state. It is read and replaced by every transaction of its account, and
 * its bytes are wanted only when the block is stored.
 */
class GasValue {
  readonly kind = 'bytes';
  readonly record: GasRecord;

  constructor(record: GasRecord) {
    this.record = record;
  }

  get value(): Uint8Array {
    return encodeGas(this.record);
  }
}

export function readGas(state: StateReader, account: string): GasRecord {
  return gasOf(state.get(gasKey(account)));
}

export function gasOf(value: StateValue | undefined): GasRecord {
  if (value === undefined) return EMPTY;
  return value instanceof GasValue ? value.record : decodeGas(value);
}

export function writeGas(state: StateOverlay, account: string, record: GasRecord): void {
  state.put(gasKey(account), gasValue(record));
}

export function gasValue(record: GasRecord): StateValue {
  return new GasValue(record);
}

/** Gas at `timeNs`: the stock and what has refilled since, up to the limit. */
export function currentGas(record: GasRecord, timeNs: bigint): bigint {
  if (record.updatedAt === 0n) return least(record.stock, record.limit);
  const seconds = Math.min(Number(timeNs - record.updatedAt) / 1e9, REFILL_SECONDS_MAX);
  if (seconds <= 0) return least(record.stock, record.limit);
  const rate = refillRate(record.total);
  // The reference rounds in floating point at the scale of the rate and then cuts off.
  const refilled = BigInt(Math.round(rate.perSecond * seconds)) / rate.cut;
  return least(record.stock + refilled, record.limit);
}

/** The record with its stock brought to `timeNs`. */
export function refreshGas(record: GasRecord, timeNs: bigint): GasRecord {
  return { ...record, stock: currentGas(record, timeNs), updatedAt: timeNs };
}

/** Takes `amount` out; `undefined` where there is less. `now` is what `currentGas` has answered. */
export function takeGas(
  record: GasRecord,
  amount: bigint,
  timeNs: bigint,
  now: bigint = currentGas(record, timeNs),
): GasRecord | undefined {
  if (now < amount) return undefined;
  return {
    total: record.total,
    limit: record.limit,
    stock: now - amount,
    updatedAt: timeNs,
  };
}

/** Puts gas back that was taken before, as a released reservation; the limit stays the bound. */
export function giveGas(record: GasRecord, amount: bigint, timeNs: bigint): GasRecord {
  const now = refreshGas(record, timeNs);
  return { ...now, stock: least(now.stock + amount, now.limit) };
}

/** The record after `amount` was pledged: more limit, and an immediate reward. */
export function addPledge(record: GasRecord, amount: bigint, timeNs: bigint): GasRecord {
  const now = refreshGas(record, timeNs);
  const limit = now.limit + (amount * GAS_LIMIT_PER_IOST) / IOST_UNIT;
  const stock = now.stock + (amount * GAS_REWARD_PER_IOST) / IOST_UNIT;
  return { total: now.total + amount, limit, stock: least(stock, limit), updatedAt: timeNs };
}

/** The record after `amount` of the pledge was taken back: what exceeds the new limit is lost. */
export function removePledge(record: GasRecord, amount: bigint, timeNs: bigint): GasRecord {
  const now = refreshGas(record, timeNs);
  const limit = now.limit - (amount * GAS_LIMIT_PER_IOST) / IOST_UNIT;
  return { total: now.total - amount, limit, stock: least(now.stock, limit), updatedAt: timeNs };
}

/** As text with two decimals cut of zeros, e.g. `100000` or `0.5`. */
export function formatGas(hundredths: bigint): string {
  return formatDecimal(hundredths, 2);
}

export type GasView = 'gt' | 'gl' | 'gu' | 'gs';

/** What the reference stores as `<account>gt` (pledged), `gl` (limit), `gu` (time), `gs` (stock). */
export function gasView(
  state: StateReader,
  account: string,
  view: GasView,
): StateValue | undefined {
  const value = state.get(gasKey(account));
  if (value === undefined) return undefined;
  const record = gasOf(value);
  const payer = 'gas.iost';
  switch (view) {
    case 'gt':
      return { kind: 'decimal', value: record.total, scale: IOST_SCALE, payer };
    case 'gl':
      return { kind: 'decimal', value: record.limit, scale: 2, payer };
    case 'gu':
      return { kind: 'int', value: record.updatedAt, payer };
    case 'gs':
      return { kind: 'decimal', value: record.stock, scale: 2, payer };
  }
}

type RefillRate = { readonly perSecond: number; readonly cut: bigint };

/** The few distinct pledge totals are many accounts', so the division by zeros is done once each. */
const rates = new Map<bigint, RefillRate>();
const RATES_MAX = 10_000;

/** Accounts one after the other often have the same pledge. */
let latestTotal = 0n;
let latestRate: RefillRate = { perSecond: 0, cut: 1n };

/** Pledge × rate as the reference's decimals do it: trailing zeros of the pledge dropped first. */
function refillRate(total: bigint): RefillRate {
  if (total !== latestTotal) {
    latestRate = rateOf(total);
    latestTotal = total;
  }
  return latestRate;
}

function rateOf(total: bigint): RefillRate {
  let rate = rates.get(total);
  if (rate === undefined) {
    let value = total;
    let scale = IOST_SCALE;
    while (scale > 0 && value % 10n === 0n) {
      value /= 10n;
      scale -= 1;
    }
    rate = { perSecond: Number(value * REFILL_RATE), cut: 10n ** BigInt(scale) };
    if (rates.size >= RATES_MAX) rates.clear();
    rates.set(total, rate);
  }
  return rate;
}

function encodeGas(record: GasRecord): Uint8Array {
  scratchView.setBigInt64(0, record.total, true);
  scratchView.setBigInt64(8, record.limit, true);
  scratchView.setBigInt64(16, record.stock, true);
  scratchView.setBigInt64(24, record.updatedAt, true);
  return scratch.slice();
}

function decodeGas(value: StateValue): GasRecord {
  assert(value.kind === 'bytes' && value.value.length === RECORD_BYTES, 'a gas record is 32 bytes');
  const bytes = value.value;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    total: view.getBigInt64(0, true),
    limit: view.getBigInt64(8, true),
    stock: view.getBigInt64(16, true),
    updatedAt: view.getBigInt64(24, true),
  };
}

function least(left: bigint, right: bigint): bigint {
  return left < right ? left : right;
}
