/** The contracts of the benchmarks, as their authors would publish them. */

import { base58Encode } from '#core/crypto/base58.ts';

type Abi = {
  readonly name: string;
  readonly args: readonly string[];
  readonly amountLimit: readonly { readonly token: string; readonly val: string }[];
};

type BenchContract = { readonly source: string; readonly abi: readonly Abi[] };

/**
 * A token of its own: balances of users in its storage, all of one length, so that a transfer never
 * asks the receiver for RAM. Whoever has none yet begins with the same amount.
 */
const LEDGER: BenchContract = {
  source: `class Ledger {
  init() {}

  transfer(from, to, amount) {
    if (!blockchain.requireAuth(from, 'active')) {
      throw new Error('no permission');
    }
    const mine = storage.mapGet('balance', from);
    const theirs = storage.mapGet('balance', to);
    const left = this._amount(mine) - amount;
    if (left < 1000000000) {
      throw new Error('balance not enough');
    }
    this._put(from, left, mine === null, from);
    this._put(to, this._amount(theirs) + amount, theirs === null, from);
  }

  _amount(stored) {
    return stored === null ? 5000000000 : Number(stored);
  }

  _put(user, balance, isNew, payer) {
    if (isNew) {
      storage.mapPut('balance', user, balance.toString(), payer);
    } else {
      storage.mapPut('balance', user, balance.toString());
    }
  }
}

module.exports = Ledger;
`,
  abi: [{ name: 'transfer', args: ['string', 'string', 'number'], amountLimit: [] }],
};

/** Takes iost from whoever calls. */
const BANK: BenchContract = {
  source: `class Bank {
  init() {}

  deposit(amount) {
    blockchain.deposit(blockchain.publisher(), amount, '');
  }
}

module.exports = Bank;
`,
  abi: [
    {
      name: 'deposit',
      args: ['string'],
      amountLimit: [{ token: 'iost', val: 'unlimited' }],
    },
  ],
};

/** Counts for another contract; whoever is counted first pays for the entry, which keeps its length. */
const COUNTER: BenchContract = {
  source: `class Counter {
  init() {}

  count(key, payer) {
    const before = storage.get(key);
    if (before === null) {
      storage.put(key, '1000000', payer);
    } else {
      storage.put(key, (Number(before) + 1).toString());
    }
  }
}

module.exports = Counter;
`,
  abi: [{ name: 'count', args: ['string', 'string'], amountLimit: [] }],
};

/** Calls a counter that may live anywhere. */
const RELAY: BenchContract = {
  source: `class Relay {
  init() {}

  count(counter, key) {
    blockchain.call(counter, 'count', [key, blockchain.publisher()]);
  }
}

module.exports = Relay;
`,
  abi: [{ name: 'count', args: ['string', 'string'], amountLimit: [] }],
};

const BENCH_CONTRACTS = { ledger: LEDGER, bank: BANK, counter: COUNTER, relay: RELAY } as const;

export type BenchContractName = keyof typeof BENCH_CONTRACTS;

/** Data of the action `system.iost setCode`. */
export function publication(name: BenchContractName): string {
  const { source, abi } = BENCH_CONTRACTS[name];
  const info = { lang: 'javascript', version: '1.0.0', abi };
  return JSON.stringify([JSON.stringify({ ID: '', info, code: source })]);
}

/** Id of a contract by the transaction that publishes it. */
export function contractId(transactionId: Uint8Array): string {
  return `Contract${base58Encode(transactionId)}`;
}
