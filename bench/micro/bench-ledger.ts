/** The bench genesis at any size, for benchmarks that run a ledger in their own process. */

import { fileURLToPath } from 'node:url';
import { base58Encode } from '#core/crypto/base58.ts';
import type { Genesis } from '#core/ledger/genesis/genesis-config.ts';
import { readGenesis } from '#node/read-genesis.ts';

const FILE = fileURLToPath(new URL('../../config/genesis/bench.json', import.meta.url));

/** With `accounts` bench accounts and the given key as the only producer. */
export function benchGenesis(accounts: number, producer?: Uint8Array): Genesis {
  const { genesis } = readGenesis(FILE);
  const { benchAccounts, witnesses } = genesis;
  if (benchAccounts === undefined) throw new Error('the bench genesis has bench accounts');
  const signing = producer === undefined ? {} : { signatureKey: base58Encode(producer) };
  return {
    ...genesis,
    benchAccounts: { ...benchAccounts, count: accounts },
    witnesses: witnesses.map((witness) => ({ ...witness, ...signing })),
  };
}
