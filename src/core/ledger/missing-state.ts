/**
 * Thrown inside a running transaction when it needs state of another chain that was not brought
 * along. Only `applyTransaction` and `applyCredit` catch it, undo everything and answer `missing`,
 * so that contracts read as if all state were at hand. It is control flow, hence no stack trace.
 */

/** Bytes that an account of another chain has to pay. */
export type RamNeed = { readonly account: string; readonly bytes: number };

const NO_RAM: readonly RamNeed[] = [];

export class MissingState {
  readonly facts: readonly string[];
  readonly keys: readonly string[];
  readonly ram: readonly RamNeed[];

  constructor(facts: readonly string[], keys: readonly string[], ram: readonly RamNeed[] = NO_RAM) {
    this.facts = facts;
    this.keys = keys;
    this.ram = ram;
  }

  static fact(fact: string): MissingState {
    return new MissingState([fact], []);
  }

  static key(key: string): MissingState {
    return new MissingState([], [key]);
  }
}
