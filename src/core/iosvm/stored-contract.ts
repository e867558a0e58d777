/** Contracts as they lie in the state: `c-<id>`, decoded once per stored value. */

import { assert } from '../assert.ts';
import type { StateReader } from '../ledger/ports.ts';
import { codeKey } from '../ledger/state-key.ts';
import type { StateValue } from '../ledger/state-value.ts';
import type { ContractObject } from './contract-object.ts';
import { decodeContract, encodeContract } from './contract-protobuf.ts';

/** Values are immutable and shared by the read cache. */
const decoded = new WeakMap<StateValue, ContractObject>();

export function storedContract(state: StateReader, id: string): ContractObject | undefined {
  const value = state.get(codeKey(id));
  if (value === undefined) return undefined;
  let contract = decoded.get(value);
  if (contract === undefined) {
    assert(value.kind === 'bytes', 'code is stored as bytes');
    contract = decodeContract(value.value);
    assert(contract !== undefined, 'what is stored was encoded here');
    decoded.set(value, contract);
  }
  return contract;
}

export function contractValue(contract: ContractObject): StateValue {
  return { kind: 'bytes', value: encodeContract(contract) };
}
