/** The accounts of the equivalence runs: enough of them that a round holds many strangers. */

import { base58Encode } from '#core/crypto/base58.ts';
import { sha256 } from '#core/crypto/hash.ts';
import type { Genesis, GenesisAccount } from '#core/ledger/genesis/genesis-config.ts';
import { readGenesis } from '#test/support/genesis.ts';

const RICH_COUNT = 150;
const POOR_COUNT = 12;
const PERIOD_BLOCKS = 1_000_000;

/** Everybody's only key; nobody signs with it, for the simulator stands after the verifier. */
export function keyOf(account: string): string {
  return base58Encode(sha256(`key of ${account}`));
}

/** The administrator is the development network's. */
export const ADMIN_KEY: string = readGenesis('dev').admin.activeKey;

export const RICH: readonly string[] = names('rich_', RICH_COUNT);
/** No tokens, but gas. */
export const PENNILESS: readonly string[] = names('none_', POOR_COUNT);
/** Tokens, but no gas. */
export const GASLESS: readonly string[] = names('still_', POOR_COUNT);
/** No RAM. */
export const NARROW: readonly string[] = names('thin_', POOR_COUNT);

export function mixedGenesis(): Genesis {
  const grants = { balance: '1000000', gasPledge: '3000', ramBytes: 100_000 };
  const accounts: GenesisAccount[] = [
    ...RICH.map((id) => account(id, grants)),
    ...PENNILESS.map((id) => account(id, { ...grants, balance: '0' })),
    ...GASLESS.map((id) => account(id, { ...grants, gasPledge: '0' })),
    ...NARROW.map((id) => account(id, { ...grants, ramBytes: 0 })),
  ];
  const genesis = readGenesis('dev');
  // No period ends in the longest run: the ledger that is compared with has no blocks to end it.
  return { ...genesis, accounts, pob: { ...genesis.pob, periodBlocks: PERIOD_BLOCKS } };
}

function account(id: string, grants: Omit<GenesisAccount, 'id' | 'ownerKey' | 'activeKey'>) {
  return { id, ownerKey: keyOf(id), activeKey: keyOf(id), ...grants };
}

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(3, '0')}`);
}
