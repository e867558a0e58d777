/**
 * Prices of the RAM market (spec go-iost §6.7). They are computed in doubles because the reference
 * contract is JavaScript and clients compare its prices to the cent. Only operations that IEEE 754
 * and ECMAScript define to the last bit are used (+ − × ÷, floor, round, shortest decimal text), so
 * every node gets the same bits; never `Math.pow` or a logarithm here.
 */

export const RAM_TRADE_BYTES_MIN = 10;
const FEE_SHARE = 0.02;
const FEE_MIN_IOST = 0.01;
const INITIAL_IOST_PER_BYTE = 0.005;
const NANOSECONDS = 1e9;

/** What the price depends on: free bytes and the IOST (not its smallest units) that backs them. */
export type RamPool = { readonly leftSpace: number; readonly balance: number };

/** How the supply grows: `increaseAmount` bytes whenever the clock passes a multiple of the interval. */
export type RamGrowth = {
  readonly increaseIntervalSeconds: number;
  readonly increaseAmount: number;
};

export function initialRamPool(totalBytes: number): RamPool {
  return { leftSpace: totalBytes, balance: totalBytes * INITIAL_IOST_PER_BYTE };
}

/** IOST for `bytes`, unrounded. The caller has checked `bytes < leftSpace`. */
export function buyPrice(pool: RamPool, bytes: number): number {
  return pool.balance * (pool.leftSpace / (pool.leftSpace - bytes) - 1);
}

/** IOST paid back for `bytes`, unrounded. */
export function sellPrice(pool: RamPool, bytes: number): number {
  return -buyPrice(pool, -bytes);
}

/** What a purchase costs in cents of IOST precision: `raw` backs the RAM, `fee` is burnt. */
export function purchaseCost(
  pool: RamPool,
  bytes: number,
): { readonly raw: number; readonly fee: number; readonly total: number } {
  const raw = roundToCents(buyPrice(pool, bytes));
  const share = roundToCents(FEE_SHARE * raw);
  const fee = Math.max(share, FEE_MIN_IOST);
  return { raw, fee, total: raw + fee };
}

export function saleRefund(pool: RamPool, bytes: number): number {
  return roundToCents(sellPrice(pool, bytes));
}

/** Bytes that came into being between two block times (ns). Times are doubles, as in the contract. */
export function grownBytes(growth: RamGrowth, lastTimeNs: number, timeNs: number): number {
  const interval = growth.increaseIntervalSeconds;
  const intervals =
    Math.floor(timeNs / NANOSECONDS / interval) - Math.floor(lastTimeNs / NANOSECONDS / interval);
  return intervals > 0 ? intervals * growth.increaseAmount : 0;
}

/** IOST per byte at the margin, as getRAMInfo reports it (spec §4.5). */
export function marginalPrices(pool: RamPool): { readonly buy: number; readonly sell: number } {
  const sell = pool.balance / pool.leftSpace;
  return { buy: (1 + FEE_SHARE) * sell, sell };
}

/** Two decimals, the form in which the market pays. */
export function centsText(iost: number): string {
  return iost.toFixed(2);
}

function roundToCents(iost: number): number {
  return Math.round(iost * 100) / 100;
}
