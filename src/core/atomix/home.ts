/**
 * The home of a transaction: the chain on which all its actions run, in one block, all or nothing
 * (cross-shard.md, "Roles"). A pure function of the transaction: the chain of the first action that
 * has to run elsewhere than with the publisher, else the publisher's own.
 */

import type { Transaction } from '../chain/transaction.ts';
import type { ChainPlacement } from '../eds/chain-placement.ts';
import type { ContractRegistry } from '../ledger/contract-registry.ts';
import { homeAnchor } from '../ledger/home-anchor.ts';

export function homeChain(
  transaction: Transaction,
  placement: ChainPlacement,
  contracts: ContractRegistry,
): number {
  const entry = placement.chainOfAccount(transaction.publisher);
  for (const action of transaction.actions) {
    const anchor = homeAnchor(action, contracts);
    if (anchor === undefined) continue;
    const chain = placement.chainOfAnchor(anchor);
    if (chain !== entry) return chain;
  }
  return entry;
}
