/** What running one transaction on one chain comes to. */

import type { Receipt } from '../chain/receipt.ts';
import type { Rejection } from '../result.ts';
import type { Credit } from './credit.ts';
import type { Emission } from './emission.ts';
import type { RamNeed } from './missing-state.ts';
import type { StateValue } from './state-value.ts';

/**
 * State that belongs to another chain and was brought along: reserved or locked there, so nobody
 * else changes it meanwhile. `undefined` says that the key has no value.
 */
export type CarriedState = ReadonlyMap<string, StateValue | undefined>;

export type Outcome =
  | {
      readonly kind: 'executed';
      readonly receipt: Receipt;
      /** Effects for other chains. Empty when the transaction failed. */
      readonly credits: readonly Credit[];
      /** New values of carried keys that the transaction changed (gas and RAM paid included). */
      readonly carriedWrites: CarriedState;
      /** For the world outside. Of a failed transaction only what it wrote to the console. */
      readonly emissions: readonly Emission[];
    }
  /** Not included in a block and not charged: authority, gas or limits do not hold. */
  | { readonly kind: 'dropped'; readonly rejection: Rejection }
  /** It failed, and the environment wanted it left alone then. Nothing was changed. */
  | { readonly kind: 'deferred' }
  /** A key of this chain is locked for a transaction of another one. Nothing was changed. */
  | { readonly kind: 'locked'; readonly key: string }
  /** It needs the exact balance of an account of this chain that has reservations open. Nothing was changed. */
  | { readonly kind: 'reserved'; readonly account: string }
  /**
   * State of other chains is needed first. `facts` are stable truths (mechanism 1), `ram` is what
   * accounts of other chains have to pay (mechanism 2), `keys` are values that have to be locked and
   * carried (mechanism 3). Nothing was changed.
   */
  | {
      readonly kind: 'missing';
      readonly facts: readonly string[];
      readonly keys: readonly string[];
      readonly ram: readonly RamNeed[];
    };
