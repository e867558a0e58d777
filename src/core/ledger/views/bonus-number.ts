/**
 * Decimal numbers of the bonus accounting of vote_producer.iost, whose coefficients are texts with up
 * to 50 decimals (spec go-iost §6.12). Fixed point with 60 decimals, so that nothing is lost.
 */

const SCALE = 60;
const ONE = 10n ** BigInt(SCALE);
const SHOWN_DECIMALS = 8;
const SHOWN_UNIT = 10n ** BigInt(SCALE - SHOWN_DECIMALS);
const PLAIN = /^(-?)([0-9]+)(?:[.]([0-9]+))?$/;

export class BonusNumber {
  static readonly ZERO: BonusNumber = new BonusNumber(0n);
  readonly #units: bigint;

  private constructor(units: bigint) {
    this.#units = units;
  }

  /** Text that is no plain decimal counts as 0: the state of a contract cannot break a view. */
  static of(text: string): BonusNumber {
    const match = PLAIN.exec(text);
    if (match === null) return BonusNumber.ZERO;
    const [, sign, whole = '0', fraction = ''] = match;
    const units = BigInt(whole + fraction.slice(0, SCALE).padEnd(SCALE, '0'));
    return new BonusNumber(sign === '-' ? -units : units);
  }

  plus(other: BonusNumber): BonusNumber {
    return new BonusNumber(this.#units + other.#units);
  }

  minus(other: BonusNumber): BonusNumber {
    return new BonusNumber(this.#units - other.#units);
  }

  times(other: BonusNumber): BonusNumber {
    return new BonusNumber((this.#units * other.#units) / ONE);
  }

  /** Cut to the 8 decimals of IOST. */
  truncated(): BonusNumber {
    return new BonusNumber((this.#units / SHOWN_UNIT) * SHOWN_UNIT);
  }

  isPositive(): boolean {
    return this.#units > 0n;
  }

  isNegative(): boolean {
    return this.#units < 0n;
  }

  toString(): string {
    const absolute = this.#units < 0n ? -this.#units : this.#units;
    const fraction = (absolute % ONE).toString().padStart(SCALE, '0').replace(/0+$/, '');
    const text = `${absolute / ONE}${fraction === '' ? '' : `.${fraction}`}`;
    return this.#units < 0n ? `-${text}` : text;
  }
}
