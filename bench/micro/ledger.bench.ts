/** A native transfer in the ledger: authority, gas, RAM, both balances, the receipt. */

import { applyTransaction } from '#core/ledger/apply-transaction.ts';
import { wholeState } from '#core/ledger/genesis/build-genesis.ts';
import { builtinContracts } from '#core/ledger/native/builtin-contracts.ts';
import { StateOverlay } from '#core/ledger/state-overlay.ts';
import type { MicroGroup } from '../harness.ts';
import { benchGenesis } from './bench-ledger.ts';
import { TransferSource } from './signed-transfers.ts';

const NS_PER_MS = 1_000_000n;

export const ledgerBench: MicroGroup = {
  name: 'ledger',
  open: ({ accounts, blockTransactions }) => {
    const contracts = builtinContracts();
    const base = wholeState(benchGenesis(accounts), contracts);
    const nowMs = Date.now();
    const transfers = new TransferSource(accounts).take(blockTransactions, nowMs);
    const block = {
      number: 1,
      parentHash: new Uint8Array(32),
      witness: '',
      time: BigInt(nowMs) * NS_PER_MS,
      chainId: 1020,
    };
    const run = () => {
      const overlay = new StateOverlay(base, { self: 0, chainOf: () => 0 });
      for (const { decoded, id } of transfers) {
        const outcome = applyTransaction({ overlay, block, contracts }, decoded, id);
        if (outcome.kind !== 'executed' || outcome.receipt.statusCode !== 0) {
          throw new Error(`a transfer was not executed: ${outcome.kind}`);
        }
      }
      return undefined;
    };
    const units = blockTransactions;
    return { operations: [{ name: 'ledger/transfer', unit: 'transaction', units, run }] };
  },
};
