/** What getContract says about the contracts that are part of the node (spec go-iost §4.5). */

import type { AmountLimit } from '../../chain/transaction.ts';
import type { ContractRegistry } from '../contract-registry.ts';

export type AbiView = {
  readonly name: string;
  readonly args: readonly string[];
  readonly amountLimit: readonly AmountLimit[];
};

export type ContractView = {
  readonly id: string;
  readonly code: string;
  readonly originalCode: string;
  readonly language: string;
  readonly version: string;
  readonly abis: readonly AbiView[];
};

/** The reference shows this in place of code that is part of the node. */
const BUILT_IN_CODE = 'codes';
const UNLIMITED: readonly AmountLimit[] = [{ token: '*', value: 'unlimited' }];

/** `undefined` where the id is no system contract. */
export function systemContractView(
  registry: ContractRegistry,
  id: string,
): ContractView | undefined {
  const contract = registry.get(id);
  if (contract === undefined) return undefined;
  return {
    id,
    code: BUILT_IN_CODE,
    originalCode: '',
    language: contract.language,
    version: contract.version,
    abis: [...contract.abis.values()]
      .filter(({ isInternal }) => isInternal !== true)
      .map((abi) => ({
        name: abi.name,
        args: abi.args,
        amountLimit: abi.amountLimit ?? UNLIMITED,
      })),
  };
}
