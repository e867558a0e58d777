/**
 * Where an action has to run (cross-shard.md, roles): the anchor of the state that it needs, or
 * `undefined` where it runs on the publisher's chain.
 */

import type { Action } from '../chain/transaction.ts';
import { parseArguments } from './action-arguments.ts';
import type { ContractRegistry } from './contract-registry.ts';
import { publishedId } from './published-id.ts';
import { type Anchor, contractAnchor, LOCAL_ANCHOR, ROOT_ANCHOR } from './state-key.ts';

/** `id` is the hash of the transaction. */
export function homeAnchor(
  action: Action,
  contracts: ContractRegistry,
  id: Uint8Array,
): Anchor | undefined {
  const contract = contracts.get(action.contract);
  if (contract === undefined) {
    // A name that is not a contract's may be linked to one; links are kept at the root.
    return action.contract.startsWith('Contract') ? contractAnchor(action.contract) : ROOT_ANCHOR;
  }
  const abi = contract.abis.get(action.actionName);
  // An ABI that does not exist fails anywhere; failing at home saves the way.
  if (abi === undefined || abi.home === undefined || abi.home === 'publisher') return undefined;
  if (abi.home === 'root') return ROOT_ANCHOR;
  if (abi.home === 'new contract') return contractAnchor(publishedId(id));
  const args = parseArguments(abi.name, abi.args, action);
  if (!args.ok) return undefined;
  const home = abi.home(args.value);
  if (home === 'publisher' || home === LOCAL_ANCHOR) return undefined;
  return home === 'root' ? ROOT_ANCHOR : home;
}
