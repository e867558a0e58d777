/** A core with seeded bugs, in the form in which simulated networks take one. */

import { type Edit, importMutant } from '../mutant-loader.ts';
import type { ValidatorCore } from '../validators/validator-network.ts';
import type { SimCore } from './sim-network.ts';

export async function mutantCore(name: string, edits: readonly Edit[]): Promise<SimCore> {
  const load = (file: string) => importMutant(name, edits, file);
  const { Chain } = (await load('shard/chain.ts')) as Pick<SimCore, 'Chain'>;
  const contracts = await load('ledger/native/builtin-contracts.ts');
  const { builtinContracts } = contracts as Pick<SimCore, 'builtinContracts'>;
  const engine = await load('../io/iosvm/iosvm-engine.ts');
  const { IosvmEngine } = engine as Pick<SimCore, 'IosvmEngine'>;
  return { Chain, builtinContracts, IosvmEngine };
}

/** The same for a network of validators. */
export async function mutantValidator(
  name: string,
  edits: readonly Edit[],
): Promise<ValidatorCore> {
  const { Chain, builtinContracts } = await mutantCore(name, edits);
  const table = await importMutant(name, edits, 'pob/vote-table.ts');
  const { voteTable } = table as Pick<ValidatorCore, 'voteTable'>;
  const sync = await importMutant(name, edits, 'sync/chain-sync.ts');
  const { ChainSync } = sync as Pick<ValidatorCore, 'ChainSync'>;
  return { Chain, ChainSync, builtinContracts, voteTable };
}
