/**
 * Thrown inside a running transaction when its outcome depends on how much exactly an account of this
 * chain has, while reservations of the account are open (exact-balance.ts). Like `LockedState` it is
 * control flow: whoever began the transaction catches it and undoes everything.
 */

export class ReservedState {
  readonly account: string;

  constructor(account: string) {
    this.account = account;
  }
}
