/**
 * The state keys that nearly every transaction of an account uses, built once. A key that is put
 * together anew has to be made flat and hashed before it can be looked up, so the same string is used
 * again. PERF: 30 ns instead of 130 ns a key, eight keys in a transfer, and nothing left to collect.
 */

import { BoundedCache } from '../bounded-cache.ts';

/** BOUND: two generations of 16,384 accounts, some 450 bytes each: 15 MB a thread. */
const CACHED_ACCOUNTS = 16_384;

class AccountKeys {
  readonly id: string;
  readonly account: string;
  readonly gas: string;
  readonly reserved: string;
  /** Balance and frozen amounts of `iost`. */
  readonly balance: string;
  readonly freeze: string;

  #tokens: string | undefined;
  #usedRam: string | undefined;
  #ramBalance: string | undefined;
  #ramFreeze: string | undefined;
  #slice: string | undefined;

  constructor(id: string) {
    this.id = id;
    this.account = `m-auth.iost-auth-${id}`;
    this.gas = `x-gas-${id}`;
    this.reserved = `x-reserved-${id}`;
    this.balance = `m-token.iost-TB${id}-iost`;
    this.freeze = `m-token.iost-TF${id}-iost`;
  }

  // Of accounts that call contracts of other shards.

  /** Index of the account's tokens. */
  get tokens(): string {
    this.#tokens ??= `m-token.iost-TB${this.id}`;
    return this.#tokens;
  }

  get usedRam(): string {
    this.#usedRam ??= `b-ram.iost-UR${this.id}`;
    return this.#usedRam;
  }

  get ramBalance(): string {
    this.#ramBalance ??= `m-token.iost-TB${this.id}-ram`;
    return this.#ramBalance;
  }

  get ramFreeze(): string {
    this.#ramFreeze ??= `m-token.iost-TF${this.id}-ram`;
    return this.#ramFreeze;
  }

  get slice(): string {
    this.#slice ??= `x-slice-${this.id}`;
    return this.#slice;
  }
}

const known = new BoundedCache<string, AccountKeys>(CACHED_ACCOUNTS);

// A transfer asks by turns for its sender and its receiver, and the map is far away in memory.
let latest = new AccountKeys('');
let before = latest;

export function accountKeys(id: string): AccountKeys {
  if (latest.id === id) return latest;
  const keys = before.id === id ? before : keysOf(id);
  before = latest;
  latest = keys;
  return keys;
}

function keysOf(id: string): AccountKeys {
  let keys = known.get(id);
  if (keys === undefined) {
    keys = new AccountKeys(id);
    known.set(id, keys);
  }
  return keys;
}
