/**
 * Thrown inside a running transaction when it touches a key that is locked for a transaction of
 * another chain. Like `MissingState` it is control flow: whoever began the transaction catches it,
 * undoes everything and lets the transaction wait for the key.
 */

export class LockedState {
  readonly key: string;

  constructor(key: string) {
    this.key = key;
  }
}
