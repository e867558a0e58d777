/** The contracts that are part of the node, by id. */

import type { NativeContract } from './native/native-contract.ts';

export class ContractRegistry {
  readonly #contracts: ReadonlyMap<string, NativeContract>;

  constructor(contracts: readonly NativeContract[]) {
    this.#contracts = new Map(contracts.map((contract) => [contract.id, contract]));
  }

  get(id: string): NativeContract | undefined {
    return this.#contracts.get(id);
  }

  ids(): readonly string[] {
    return [...this.#contracts.keys()];
  }
}
