/** Calls of contracts in the ledger: what the engine and its crossings cost beside a transfer. */

import { type DecodedTransaction, decodeTransaction } from '#core/chain/transaction.ts';
import { applyTransaction } from '#core/ledger/apply-transaction.ts';
import { wholeState } from '#core/ledger/genesis/build-genesis.ts';
import { builtinContracts } from '#core/ledger/native/builtin-contracts.ts';
import { StateOverlay } from '#core/ledger/state-overlay.ts';
import type { StateValue } from '#core/ledger/state-value.ts';
import { IosvmEngine } from '#io/iosvm/iosvm-engine.ts';
import { type BenchContractName, contractId } from '../contracts/bench-contracts.ts';
import type { MicroGroup, Operation } from '../harness.ts';
import { workloadActions } from '../macro/load-actions.ts';
import { type SignedTransactions, TransactionFactory } from '../macro/transactions.ts';
import { benchGenesis } from './bench-ledger.ts';

const NS_PER_MS = 1_000_000n;

type Call = { readonly decoded: DecodedTransaction; readonly id: Uint8Array };

export const contractBench: MicroGroup = {
  name: 'contract',
  open: ({ accounts, blockTransactions }) => {
    const bench = new ContractBench(accounts);
    return {
      operations: [
        bench.operation('transfer', 'contractTransfer', 'ledger', blockTransactions),
        bench.operation('deposit', 'contractDeposit', 'bank', blockTransactions),
      ],
    };
  },
};

class ContractBench {
  readonly #nowMs = Date.now();
  readonly #contracts = builtinContracts();
  readonly #engine = new IosvmEngine();
  readonly #factory: TransactionFactory;
  readonly #state: Map<string, StateValue>;

  constructor(accounts: number) {
    this.#factory = new TransactionFactory({ accounts, shards: 1, crossShardShare: 0 });
    this.#state = new Map(wholeState(benchGenesis(accounts), this.#contracts));
  }

  operation(
    name: string,
    workload: 'contractTransfer' | 'contractDeposit',
    contract: BenchContractName,
    units: number,
  ): Operation {
    const published = this.#factory.publish(contract, 0, this.#nowMs);
    this.#keep(this.#run(callsOf(published)));
    const id = contractId(published.ids[0] as Uint8Array);
    this.#factory.use(workloadActions(workload, new Map([[contract, [id]]])));
    const calls = callsOf(this.#factory.sign(units, this.#nowMs));
    // Entries that exist are the usual case.
    this.#keep(this.#run(calls));
    const run = () => {
      this.#run(calls);
      return undefined;
    };
    return { name: `contract/${name}`, unit: 'transaction', units, run };
  }

  #run(calls: readonly Call[]): StateOverlay {
    const overlay = new StateOverlay(this.#state, { self: 0, chainOf: () => 0 });
    const block = {
      number: 1,
      parentHash: new Uint8Array(32),
      witness: '',
      time: BigInt(this.#nowMs) * NS_PER_MS,
      chainId: 1020,
    };
    const environment = { overlay, block, contracts: this.#contracts, engine: this.#engine };
    for (const { decoded, id } of calls) {
      const outcome = applyTransaction(environment, decoded, id);
      if (outcome.kind !== 'executed') throw new Error(`a call was not executed: ${outcome.kind}`);
      const { statusCode, message } = outcome.receipt;
      if (statusCode !== 0) throw new Error(`a call failed: ${message}`);
    }
    return overlay;
  }

  #keep(overlay: StateOverlay): void {
    for (const [key, value] of overlay.changes()) {
      if (value === undefined) this.#state.delete(key);
      else this.#state.set(key, value);
    }
  }
}

function callsOf({ transactions, ids }: SignedTransactions): readonly Call[] {
  return transactions.map((bytes, index) => {
    const decoded = decodeTransaction(bytes);
    if (decoded === undefined) throw new Error('a signed transaction is canonical');
    return { decoded, id: ids[index] as Uint8Array };
  });
}
