/** What getContract says about user contracts (spec go-iost §4.5). */

import { storedContract } from '../../iosvm/stored-contract.ts';
import type { ContractView } from './contract-view.ts';
import { readKey, type ViewSource } from './view-source.ts';

/** `undefined` where there is no such contract. */
export function userContractView(source: ViewSource, id: string): ContractView | undefined {
  const contract = storedContract({ get: (key) => readKey(source, key) }, id);
  if (contract === undefined) return undefined;
  return {
    id,
    code: contract.code,
    originalCode: contract.originalCode,
    language: contract.language,
    version: contract.version,
    abis: contract.abi,
  };
}
