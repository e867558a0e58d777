/**
 * Fixed-point amounts as the reference reads and prints them (spec go-iost §0): digits beyond the
 * scale are cut off, not rounded, and not even looked at; the value fits an int64.
 */

import { ok, type Rejection, type Result, reject } from '../result.ts';

export const INT64_MAX = 2n ** 63n - 1n;

const POWERS = Array.from({ length: 19 }, (_, exponent) => 10n ** BigInt(exponent));
/** Digits for which a double holds every integer. */
const SAFE_DIGITS = 15;
const ZERO = 0x30;
const NINE = 0x39;
const DOT = 0x2e;
const MINUS = 0x2d;

export function powerOfTen(exponent: number): bigint {
  return POWERS[exponent] ?? 10n ** BigInt(exponent);
}

export type ScaledDecimal = { readonly value: bigint; readonly scale: number };

/** `text` as an integer of 10^-scale units. */
export function parseDecimal(text: string, scale: number): Result<bigint, Rejection> {
  const parsed = scan(text, 0, scale);
  if (!parsed.ok) return parsed;
  const scaled = parsed.value.value * powerOfTen(scale - parsed.value.scale);
  return fits(scaled) ? ok(scaled) : OVERFLOW;
}

/** `text` with as many decimals as it has. */
export function parseDecimalAuto(text: string): Result<ScaledDecimal, Rejection> {
  return scan(text, 0, -1);
}

/** Without trailing zeros and without a trailing dot. */
export function formatDecimal(value: bigint, scale: number): string {
  if (value < 0n) return `-${formatDecimal(-value, scale)}`;
  const digits = value.toString();
  if (scale === 0) return digits;
  const padded = digits.length > scale ? digits : digits.padStart(scale + 1, '0');
  let end = padded.length;
  const point = padded.length - scale;
  while (end > point && padded.charCodeAt(end - 1) === ZERO) end -= 1;
  if (end === point) return padded.slice(0, point);
  return `${padded.slice(0, point)}.${padded.slice(point, end)}`;
}

/** What the reference writes in a receipt for an amount of `scale` decimals (token.iost ≥ 1.0.2). */
export function refineAmount(text: string, scale: number): Result<string, Rejection> {
  if (!isPlainAmount(text)) {
    return reject('invalid_amount', 'amount should only contain numbers and dot');
  }
  if (isRefined(text, scale)) return ok(text);
  const parsed = parseDecimal(text, scale);
  return parsed.ok ? ok(formatDecimal(parsed.value, scale)) : parsed;
}

/** `^([0-9]+[.])?[0-9]+$` */
export function isPlainAmount(text: string): boolean {
  let dots = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === DOT && dots === 0 && index > 0) dots = 1;
    else if (code < ZERO || code > NINE) return false;
  }
  return text.length > 0 && text.charCodeAt(text.length - 1) !== DOT;
}

/** Whether the text is already what `formatDecimal` would print. Decided without parsing. */
function isRefined(text: string, scale: number): boolean {
  if (text.length > SAFE_DIGITS) return false;
  const dot = text.indexOf('.');
  if (text.charCodeAt(0) === ZERO && dot !== 1 && text.length > 1) return false;
  if (dot < 0) return text.length + scale <= SAFE_DIGITS + 3;
  return text.length - dot - 1 <= scale && text.charCodeAt(text.length - 1) !== ZERO;
}

const OVERFLOW = reject('invalid_amount', 'overflow error');
const FORMAT = reject('invalid_amount', 'amount format error');
const CHARACTER = reject('invalid_amount', 'abnormal char in amount');
const POINTS = reject('invalid_amount', 'multi decimal point error');

/** Reads at most `limit` decimals; a negative limit reads all. */
function scan(text: string, from: number, limit: number): Result<ScaledDecimal, Rejection> {
  const first = text.charCodeAt(from);
  if (from >= text.length || first === DOT) return FORMAT;
  if (first === MINUS) {
    const positive = scan(text, from + 1, limit);
    return positive.ok
      ? ok({ value: -positive.value.value, scale: positive.value.scale })
      : positive;
  }
  let small = 0;
  let large: bigint | undefined;
  let scale = 0;
  let point = false;
  for (let index = from; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === DOT) {
      if (point) return POINTS;
      point = true;
    } else if (code < ZERO || code > NINE) {
      return CHARACTER;
    } else {
      if (large === undefined && index - from < SAFE_DIGITS) small = small * 10 + (code - ZERO);
      else large = (large ?? BigInt(small)) * 10n + BigInt(code - ZERO);
      if (large !== undefined && large > INT64_MAX) return OVERFLOW;
      if (point) scale += 1;
      if (point && scale === limit) break;
      // The reference cuts off after the first decimal even where none are wanted.
      if (point && limit === 0) return ok({ value: (large ?? BigInt(small)) / 10n, scale: 0 });
    }
  }
  return ok({ value: large ?? BigInt(small), scale });
}

function fits(value: bigint): boolean {
  return value <= INT64_MAX && value >= -INT64_MAX - 1n;
}
