/**
 * What contracts say to the world outside while they run: events, and what they write to `console`.
 * It is passed on once the block is final, is part of neither block nor state, and decides nothing:
 * nodes may differ in whether they keep it.
 */

export type ConsoleLevel = 'debug' | 'info' | 'warn' | 'error';

export type Emission =
  /** `blockchain.event`; `source` is `<contract>/<abi>`. */
  | {
      readonly kind: 'event';
      readonly contract: string;
      readonly source: string;
      readonly data: string;
    }
  | {
      readonly kind: 'console';
      readonly contract: string;
      readonly level: ConsoleLevel;
      readonly text: string;
    };

export const NO_EMISSIONS: readonly Emission[] = [];

/** BOUND: lines of one transaction; the rest is left out and said to be. */
const CONSOLE_LINES_MAX = 100;

/** Of one transaction, in order. */
export class Emissions {
  readonly #all: Emission[] = [];
  #lines = 0;

  get all(): readonly Emission[] {
    return this.#all;
  }

  /** What is left of a transaction that failed: nothing happened, but it may have said why. */
  get console(): readonly Emission[] {
    return this.#all.filter(({ kind }) => kind === 'console');
  }

  event(contract: string, source: string, data: string): void {
    this.#all.push({ kind: 'event', contract, source, data });
  }

  line(contract: string, level: ConsoleLevel, text: string): void {
    this.#lines += 1;
    if (this.#lines <= CONSOLE_LINES_MAX) {
      this.#all.push({ kind: 'console', contract, level, text });
    } else if (this.#lines === CONSOLE_LINES_MAX + 1) {
      const rest = `only the first ${CONSOLE_LINES_MAX} lines of a transaction are shown`;
      this.#all.push({ kind: 'console', contract, level: 'warn', text: rest });
    }
  }
}
