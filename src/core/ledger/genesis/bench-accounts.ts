/**
 * The accounts of a load test: as many as wanted, each derived from its index, so that the genesis
 * file names only their number and the load generator needs no key file.
 */

import { base58Encode } from '../../crypto/base58.ts';
import { sha256 } from '../../crypto/hash.ts';
import { ed25519KeyPair, type KeyPair } from '../../crypto/key-pair.ts';
import type { BenchAccounts, GenesisAccount } from './genesis-config.ts';

/** Six digits are what fits into an account id behind the prefix. */
export const BENCH_ACCOUNTS_MAX = 1_000_000;

export function benchAccountId(index: number): string {
  return `bench${String(index).padStart(6, '0')}`;
}

/** Everybody can derive these secrets: for networks whose tokens are worth nothing. */
export function benchKeyPair(index: number): KeyPair {
  return ed25519KeyPair(sha256(`iost-bench/${index}`));
}

export function benchAccount(index: number, each: BenchAccounts): GenesisAccount {
  const key = base58Encode(benchKeyPair(index).publicKey);
  return {
    id: benchAccountId(index),
    ownerKey: key,
    activeKey: key,
    balance: each.balance,
    gasPledge: each.gasPledge,
    ramBytes: each.ramBytes,
  };
}

export function* benchAccountList(each: BenchAccounts): Generator<GenesisAccount> {
  for (let index = 0; index < each.count; index++) yield benchAccount(index, each);
}
