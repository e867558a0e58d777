/** What the transactions of each workload do. */

import type { BenchContractName } from '../contracts/bench-contracts.ts';
import type { Workload } from '../report/result.ts';

export type LoadAction = {
  readonly contract: string;
  readonly actionName: string;
  readonly data: string;
  /** Hundredths of gas. */
  readonly gasLimit: bigint;
};

/** Two accounts, of which the first publishes; the mix decides where they live. */
export type LoadPair = {
  readonly from: string;
  readonly to: string;
  readonly fromShard: number;
  readonly toShard: number;
};

export type ActionSource = (pair: LoadPair) => LoadAction;

/** Ids by name; the position is the shard. */
export type PublishedContracts = Map<BenchContractName, readonly string[]>;

const NATIVE_GAS = 1_000_000n;
const CONTRACT_GAS = 6_000_000n;
const NESTED_GAS = 12_000_000n;

const CONTRACTS: Readonly<Record<Workload, readonly BenchContractName[]>> = {
  transfer: [],
  httpSendTx: [],
  network: [],
  contractTransfer: ['ledger'],
  contractDeposit: ['bank'],
  contractCall: ['relay', 'counter'],
  contractCallHot: ['relay', 'counter'],
};

/** Contracts that have to be published on every shard beforehand. */
export function contractsOf(workload: Workload): readonly BenchContractName[] {
  return CONTRACTS[workload];
}

export const nativeTransfer: ActionSource = ({ from, to }) => ({
  contract: 'token.iost',
  actionName: 'transfer',
  data: `["iost","${from}","${to}","0.01",""]`,
  gasLimit: NATIVE_GAS,
});

export function workloadActions(workload: Workload, published: PublishedContracts): ActionSource {
  const on = (name: BenchContractName, shard: number) => published.get(name)?.[shard] ?? '';
  switch (workload) {
    case 'contractTransfer':
      return ({ from, to, toShard }) => ({
        contract: on('ledger', toShard),
        actionName: 'transfer',
        data: `["${from}","${to}",1]`,
        gasLimit: CONTRACT_GAS,
      });
    case 'contractDeposit':
      return ({ toShard }) => ({
        contract: on('bank', toShard),
        actionName: 'deposit',
        data: '["0.01"]',
        gasLimit: CONTRACT_GAS,
      });
    case 'contractCall':
      return ({ from, fromShard, toShard }) => ({
        contract: on('relay', fromShard),
        actionName: 'count',
        data: `["${on('counter', toShard)}","${from}"]`,
        gasLimit: NESTED_GAS,
      });
    case 'contractCallHot':
      return ({ fromShard, toShard }) => ({
        contract: on('relay', fromShard),
        actionName: 'count',
        data: `["${on('counter', toShard)}","hot"]`,
        gasLimit: NESTED_GAS,
      });
    default:
      return nativeTransfer;
  }
}
