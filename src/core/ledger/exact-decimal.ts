/**
 * Decimal numbers of the governance contracts, which the reference keeps in text of any length
 * (spec go-iost §6.12): sums and products are exact, quotients have 50 decimals, and whatever is cut
 * is cut towards zero.
 */

/** Decimals of a quotient. */
const QUOTIENT_SCALE = 50;
/** BOUND: characters and power of ten of a text that is taken for a number. */
const TEXT_CHARS_MAX = 256;
const EXPONENT_MAX = 64;
const NUMBER = /^([+-]?)([0-9]+)(?:[.]([0-9]*))?(?:[eE]([+-]?[0-9]{1,3}))?$/;

export class ExactDecimal {
  static readonly ZERO: ExactDecimal = new ExactDecimal(0n, 0);
  /** value = units / 10^scale; scale is not negative. */
  readonly #units: bigint;
  readonly #scale: number;

  private constructor(units: bigint, scale: number) {
    this.#units = units;
    this.#scale = scale;
  }

  /** `undefined` where the text is no number. */
  static parse(text: string): ExactDecimal | undefined {
    const match = text.length > TEXT_CHARS_MAX ? null : NUMBER.exec(text);
    if (match === null) return undefined;
    const [, sign, whole = '0', fraction = '', exponentText = '0'] = match;
    const exponent = Number(exponentText);
    if (Math.abs(exponent) > EXPONENT_MAX) return undefined;
    const digits = BigInt(whole + fraction);
    const scale = fraction.length - exponent;
    const units = scale < 0 ? digits * power(-scale) : digits;
    return new ExactDecimal(sign === '-' ? -units : units, Math.max(scale, 0));
  }

  /** As `parse`; what is no number counts as 0, so that no stored text can break a reader. */
  static of(text: string): ExactDecimal {
    return ExactDecimal.parse(text) ?? ExactDecimal.ZERO;
  }

  /** `units` of 10^-scale. */
  static ofUnits(units: bigint, scale: number): ExactDecimal {
    return new ExactDecimal(units, scale);
  }

  plus(other: ExactDecimal): ExactDecimal {
    const scale = Math.max(this.#scale, other.#scale);
    return new ExactDecimal(this.#at(scale) + other.#at(scale), scale);
  }

  minus(other: ExactDecimal): ExactDecimal {
    return this.plus(other.negated());
  }

  times(other: ExactDecimal): ExactDecimal {
    return new ExactDecimal(this.#units * other.#units, this.#scale + other.#scale);
  }

  /** The caller has made sure that `other` is not 0. */
  dividedBy(other: ExactDecimal): ExactDecimal {
    const shift = QUOTIENT_SCALE + other.#scale - this.#scale;
    const units =
      shift >= 0
        ? (this.#units * power(shift)) / other.#units
        : this.#units / (other.#units * power(-shift));
    return new ExactDecimal(units, QUOTIENT_SCALE);
  }

  negated(): ExactDecimal {
    return new ExactDecimal(-this.#units, this.#scale);
  }

  isLess(other: ExactDecimal): boolean {
    const scale = Math.max(this.#scale, other.#scale);
    return this.#at(scale) < other.#at(scale);
  }

  isZero(): boolean {
    return this.#units === 0n;
  }

  isPositive(): boolean {
    return this.#units > 0n;
  }

  isNegative(): boolean {
    return this.#units < 0n;
  }

  /** Cut to so many decimals, as a whole number of them. */
  units(scale: number): bigint {
    return this.#scale <= scale ? this.#at(scale) : this.#units / power(this.#scale - scale);
  }

  /** Cut to so many decimals. */
  cut(scale: number): ExactDecimal {
    return new ExactDecimal(this.units(scale), scale);
  }

  /** Exactly so many decimals, the rest cut off. */
  toFixed(decimals: number): string {
    const units = this.units(decimals);
    const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, '0');
    const sign = this.#units < 0n ? '-' : '';
    if (decimals === 0) return sign + digits;
    return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
  }

  /** All decimals, no zeros at the end. */
  toString(): string {
    const text = this.toFixed(this.#scale);
    return this.#scale === 0 ? text : text.replace(/[.]?0+$/, '');
  }

  #at(scale: number): bigint {
    return this.#units * power(scale - this.#scale);
  }
}

function power(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}
