/**
 * The home of a transaction: the chain on which all its actions run, in one block, all or nothing
 * (cross-shard.md, "Roles"). A pure function of the transaction: the root where an action has to run
 * there, since its markets and their pools are too busy to be locked and carried; else the chain of
 * the first action that has to run elsewhere than with the publisher; else the publisher's own.
 */

import type { Transaction } from '../chain/transaction.ts';
import type { ChainPlacement } from '../eds/chain-placement.ts';
import type { ContractRegistry } from '../ledger/contract-registry.ts';
import { homeAnchor } from '../ledger/home-anchor.ts';
import { ROOT_CHAIN } from '../ledger/ports.ts';

/** `id` is the hash of the transaction. */
export function homeChain(
  transaction: Transaction,
  placement: ChainPlacement,
  contracts: ContractRegistry,
  id: Uint8Array,
): number {
  const entry = placement.chainOfAccount(transaction.publisher);
  let home = entry;
  for (const action of transaction.actions) {
    const anchor = homeAnchor(action, contracts, id);
    if (anchor === undefined) continue;
    const chain = placement.chainOfAnchor(anchor);
    if (chain === ROOT_CHAIN) return chain;
    if (home === entry) home = chain;
  }
  return home;
}
