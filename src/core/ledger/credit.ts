/**
 * Effects of a transaction on state of another chain that commute and cannot fail, so that they need
 * neither lock nor answer (cross-shard.md, mechanism 2). They leave as channel messages in the block
 * that commits the transaction; `applyCredit` of this room books them where they arrive, and the
 * same function books them at once where sender and receiver share a chain.
 */

import { assertNever } from '../assert.ts';
import { accountKey, balanceKey, freezeKey, gasKey } from './state-key.ts';

export type Credit =
  /**
   * Adds to a balance entry. `payer` has paid the RAM of a new one and gets it back where the entry
   * turns out to exist; it is empty where the entry is known to exist or costs nobody.
   */
  | {
      readonly kind: 'token';
      readonly to: string;
      readonly token: string;
      readonly amount: bigint;
      readonly payer: string;
    }
  /** Adds a frozen amount that becomes spendable at `unfreezeTime` (ns). */
  | {
      readonly kind: 'freeze';
      readonly to: string;
      readonly token: string;
      readonly amount: bigint;
      readonly unfreezeTime: bigint;
      readonly payer: string;
    }
  /** A new account whose name the root has registered; `record` is the auth.iost JSON. */
  | { readonly kind: 'account'; readonly id: string; readonly record: string }
  /**
   * A gas pledge: the tokens move into the pool of gas.iost on the user's chain. A negative amount
   * takes a pledge back that was seen to be there, and whose records are locked until it is booked.
   */
  | {
      readonly kind: 'pledge';
      readonly pledger: string;
      readonly user: string;
      readonly amount: bigint;
    }
  /** RAM that was charged ahead and not needed goes back to the account. */
  | { readonly kind: 'ramRefund'; readonly account: string; readonly bytes: bigint }
  /** RAM of the account that the chain had on lease (ram-lease.ts) and has used. */
  | {
      readonly kind: 'ramUse';
      readonly account: string;
      readonly chain: number;
      readonly bytes: bigint;
    };

/** The key whose chain a credit has to reach. */
export function creditTargetKey(credit: Credit): string {
  switch (credit.kind) {
    case 'token':
      return balanceKey(credit.to, credit.token);
    case 'freeze':
      return freezeKey(credit.to, credit.token);
    case 'account':
      return accountKey(credit.id);
    case 'pledge':
      return gasKey(credit.user);
    case 'ramRefund':
    case 'ramUse':
      return balanceKey(credit.account, 'ram');
    default:
      return assertNever(credit);
  }
}
