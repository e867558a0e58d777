/**
 * What a block may hold beside what its execution decides. The proposer keeps to it and every voter
 * holds it against the block: how much fits in, which facts may be asked for, whose transactions are
 * taken, and which root height may be claimed.
 */

import type { BlockBody, BlockHeader } from '../chain/block.ts';
import type { DecodedTransaction } from '../chain/transaction.ts';
import type { ChainPlacement } from '../eds/chain-placement.ts';
import { checkTransaction } from '../ledger/admission.ts';
import { factOwnerKey, isFact } from '../ledger/facts.ts';
import type { BlockContext } from '../ledger/ports.ts';
import { NS_PER_MS } from './chain-block.ts';
import type { BlockLimits } from './chain-settings.ts';

/** BOUND: facts that one block asks for. */
export const ASKS_MAX = 1024;

/** How full a block is that is being executed. */
export type Filling = { readonly gasUsed: bigint; readonly outboxBytes: number };

/** Whether the block takes another batch or transaction; what is taken last may go beyond the bound. */
export function takesMore({ gasUsed, outboxBytes }: Filling, limits: BlockLimits): boolean {
  return gasUsed < limits.gasMax && outboxBytes < limits.outboxBytesMax;
}

/** Facts can be asked for once a block, of another chain. */
export function mayAsk({ asks }: BlockBody, placement: ChainPlacement): boolean {
  if (asks.length > ASKS_MAX || new Set(asks).size < asks.length) return false;
  return asks.every(
    (fact) => isFact(fact) && placement.chainOf(factOwnerKey(fact)) !== placement.self,
  );
}

/** Whether a transaction that this chain's own pool has not admitted belongs into its block. */
export function belongsHere(
  transaction: DecodedTransaction,
  block: Pick<BlockContext, 'time' | 'chainId'>,
  placement: ChainPlacement,
): boolean {
  const context = { nowNs: block.time, chainId: block.chainId };
  return (
    placement.chainOfAccount(transaction.publisher) === placement.self &&
    checkTransaction(transaction, context).ok
  );
}

/** What a header claims of the root. */
export type RootClaim = Pick<BlockHeader, 'rootHeight' | 'timestamp'>;

/**
 * Whether the root height of a block may follow on that of its parent. It never goes back, and as
 * root blocks are at least a millisecond apart it has not grown by more than the time between the
 * two. What root blocks a voter knows must not matter: voters are behind at times.
 */
export function mayClaimRootHeight(claim: RootClaim, parent: RootClaim): boolean {
  const grown = BigInt(claim.rootHeight - parent.rootHeight);
  return grown >= 0n && grown <= (claim.timestamp - parent.timestamp) / NS_PER_MS;
}
