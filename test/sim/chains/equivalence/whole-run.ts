/**
 * Runs a plan on one ledger that holds everything, one transaction after the other: what all the
 * networks must agree with.
 */

import type { Receipt } from '#core/chain/receipt.ts';
import { decodeTransaction } from '#core/chain/transaction.ts';
import { checkGas, checkTransaction } from '#core/ledger/admission.ts';
import { applyTransaction } from '#core/ledger/apply-transaction.ts';
import { wholeState } from '#core/ledger/genesis/build-genesis.ts';
import { builtinContracts } from '#core/ledger/native/builtin-contracts.ts';
import type { BlockContext, Placement } from '#core/ledger/ports.ts';
import { StateOverlay } from '#core/ledger/state-overlay.ts';
import type { StateValue } from '#core/ledger/state-value.ts';
import { IosvmEngine } from '#io/iosvm/iosvm-engine.ts';
import { START_MS, withProducer } from '../sim-network.ts';
import { mixedGenesis } from './mixed-accounts.ts';
import { comparableState, type RunOutcome } from './outcomes.ts';
import { type Plan, ROUND_MS } from './rounds.ts';

const CHAIN_ID = 1020;
const NS_PER_MS = 1_000_000n;
/** About when blocks of a round are made. */
const BLOCK_DELAY_MS = 100;
const at = (block: BlockContext, number = block.number): BlockContext => ({ ...block, number });
const WHOLE: Placement = { self: 0, chainOf: () => 0 };

/**
 * `heights`: of the blocks in which the transactions ran. Votes are stored with the number of their
 * block, which costs a byte for every digit.
 */
export function runWhole(plan: Plan, heights: readonly (number | undefined)[] = []): RunOutcome {
  const contracts = builtinContracts();
  const engine = new IosvmEngine({ console: false });
  const base = wholeState(withProducer(mixedGenesis()), contracts);
  const overlay = new StateOverlay(base, WHOLE);
  const receipts: (Receipt | undefined)[] = [];
  const rules = { contracts, engine };
  for (const [index, round] of plan.rounds.entries()) {
    const nowMs = START_MS + index * ROUND_MS;
    const block = {
      number: index + 1,
      parentHash: new Uint8Array(32),
      witness: '',
      time: BigInt(nowMs + BLOCK_DELAY_MS) * NS_PER_MS,
      chainId: CHAIN_ID,
    };
    for (const { id, bytes } of round) {
      const decoded = decodeTransaction(bytes);
      if (decoded === undefined) throw new Error('the client makes canonical transactions');
      const context = { nowNs: block.time, chainId: CHAIN_ID };
      const isAdmitted =
        checkTransaction(decoded, context).ok && checkGas(overlay, decoded, block.time).ok;
      const outcome = isAdmitted
        ? applyTransaction(
            { overlay, block: at(block, heights[receipts.length]), ...rules },
            decoded,
            id,
          )
        : undefined;
      receipts.push(outcome?.kind === 'executed' ? outcome.receipt : undefined);
    }
  }
  const state = new Map<string, StateValue>(base);
  for (const [key, value] of overlay.changes()) {
    if (value === undefined) state.delete(key);
    else state.set(key, value);
  }
  // Histories run many of them, and isolates are not the collector's.
  void engine.close();
  const endMs = START_MS + plan.rounds.length * ROUND_MS;
  return { receipts, ...comparableState([state], BigInt(endMs) * NS_PER_MS) };
}
