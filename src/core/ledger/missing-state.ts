/**
 * Thrown inside a running transaction when it needs state of another chain that was not brought
 * along. Only `applyTransaction` and `applyCredit` catch it, undo everything and answer `missing`,
 * so that contracts read as if all state were at hand. It is control flow, hence no stack trace.
 */

export class MissingState {
  readonly facts: readonly string[];
  readonly keys: readonly string[];

  constructor(facts: readonly string[], keys: readonly string[]) {
    this.facts = facts;
    this.keys = keys;
  }

  static fact(fact: string): MissingState {
    return new MissingState([fact], []);
  }

  static key(key: string): MissingState {
    return new MissingState([], [key]);
  }
}
