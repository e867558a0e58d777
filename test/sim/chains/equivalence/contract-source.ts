/** The contracts of the equivalence runs: between them they use everything that reaches other shards. */

import type { AmountLimit } from '#core/chain/transaction.ts';

type Abi = { readonly args: readonly string[]; readonly amountLimit?: readonly AmountLimit[] };

/** `greeting` tells versions apart. */
export const shopSource = (greeting: string): string => `class Shop {
  init() {
    storage.put('born', blockchain.publisher());
  }
  can_update(data) {
    return blockchain.requireAuth(blockchain.contractOwner(), 'active') && data === 'please';
  }
  hello() {
    return ['${greeting}', storage.get('born')];
  }
  put(key, value) {
    const before = storage.get(key);
    storage.put(key, value);
    return before;
  }
  putFor(key, value, payer) {
    storage.put(key, value, payer);
  }
  del(key) {
    storage.del(key);
  }
  note(field, value) {
    storage.mapPut('notes', field, value);
    return storage.mapKeys('notes');
  }
  forget(field) {
    storage.mapDel('notes', field);
    return storage.mapLen('notes');
  }
  see(contract, key) {
    return [
      storage.globalGet(contract, key),
      storage.globalMapKeys(contract, 'notes'),
      storage.globalMapGet('system.iost', 'contract_owner', contract),
    ];
  }
  copy(contract, key) {
    const there = storage.globalGet(contract, key);
    storage.put(key, there + '+');
    return there;
  }
  info() {
    return [blockchain.contextInfo(), blockchain.txInfo(), blockchain.contractOwner(), tx.gasLimit];
  }
  deposit(from, amount) {
    return blockchain.deposit(from, amount, 'in');
  }
  tip(from, amount) {
    return blockchain.deposit(from, amount, 'no limit allows it');
  }
  payout(to, amount) {
    return blockchain.withdraw(to, amount, 'out');
  }
  move(token, from, to, amount) {
    return blockchain.callWithAuth('token.iost', 'transfer', [token, from, to, amount, '']);
  }
  balance(account) {
    return blockchain.call('token.iost', 'balanceOf', ['iost', account]);
  }
  weigh(one, two) {
    const amounts = this.balance(one)[0] + ' ' + this.balance(two)[0];
    storage.put('weight', amounts);
    return amounts;
  }
  demand(account, permission) {
    if (!blockchain.requireAuth(account, permission)) throw new Error('not allowed');
    return 'allowed';
  }
  ask(account, permission) {
    return blockchain.requireAuth(account, permission);
  }
  relay(contract, abi, args) {
    return blockchain.call(contract, abi, args);
  }
  lend(contract, abi, args) {
    return blockchain.callWithAuth(contract, abi, args);
  }
  mint(symbol, to) {
    const issuer = blockchain.contractName();
    blockchain.callWithAuth('token.iost', 'create', [symbol, issuer, 1000, {}]);
    blockchain.callWithAuth('token.iost', 'issue', [symbol, to, '10']);
  }
  visit(path, key, end) {
    storage.put(key, 'at ' + path.length);
    blockchain.receipt(key + path.length);
    if (path.length > 0) return blockchain.call(path[0], 'visit', [path.slice(1), key, end]);
    if (end === 'throw') throw new Error('the end of the way');
    if (end === 'spin') while (true);
    return end;
  }
  bargain(from, amount, shop, price) {
    blockchain.deposit(from, amount, 'to be passed on');
    blockchain.callWithAuth(shop, 'take', [blockchain.contractName(), price]);
    return blockchain.call('token.iost', 'balanceOf', ['iost', shop]);
  }
  take(from, price) {
    return blockchain.deposit(from, price, 'taken');
  }
  depositAndThrow(from, amount, to) {
    blockchain.deposit(from, amount, 'in');
    blockchain.withdraw(to, '0.5', 'out');
    throw new Error('and nothing of it happened');
  }
}
module.exports = Shop;
`;

const UNLIMITED: Abi['amountLimit'] = [{ token: '*', value: 'unlimited' }];

const ABIS: Readonly<Record<string, Abi>> = {
  can_update: { args: ['string'] },
  hello: { args: [] },
  put: { args: ['string', 'string'] },
  putFor: { args: ['string', 'string', 'string'] },
  del: { args: ['string'] },
  note: { args: ['string', 'string'] },
  forget: { args: ['string'] },
  see: { args: ['string', 'string'] },
  copy: { args: ['string', 'string'] },
  info: { args: [] },
  deposit: { args: ['string', 'string'], amountLimit: [{ token: 'iost', value: '500' }] },
  tip: { args: ['string', 'string'] },
  payout: { args: ['string', 'string'], amountLimit: UNLIMITED },
  move: { args: ['string', 'string', 'string', 'string'], amountLimit: UNLIMITED },
  balance: { args: ['string'] },
  weigh: { args: ['string', 'string'] },
  demand: { args: ['string', 'string'] },
  ask: { args: ['string', 'string'] },
  relay: { args: ['string', 'string', 'json'], amountLimit: UNLIMITED },
  lend: { args: ['string', 'string', 'json'], amountLimit: UNLIMITED },
  mint: { args: ['string', 'string'], amountLimit: UNLIMITED },
  visit: { args: ['json', 'string', 'string'] },
  bargain: { args: ['string', 'string', 'string', 'string'], amountLimit: UNLIMITED },
  take: { args: ['string', 'string'], amountLimit: UNLIMITED },
  depositAndThrow: { args: ['string', 'string', 'string'], amountLimit: UNLIMITED },
};

/** As it is published. */
export function contractText(source: string, abis: Readonly<Record<string, Abi>>, id = ''): string {
  const abi = Object.entries(abis).map(([name, { args, amountLimit = [] }]) => ({
    name,
    args,
    amountLimit: amountLimit.map(({ token, value }) => ({ token, val: value })),
  }));
  const info = { lang: 'javascript', version: '1.0.0', abi };
  return JSON.stringify({ ID: id, info, code: source });
}

export const shopText = (greeting: string, id = ''): string =>
  contractText(shopSource(greeting), ABIS, id);

/** Cannot be updated, and what it does first may fail. */
export const fixedText = (init: string): string =>
  contractText(
    `class Fixed { init() { ${init} } get() { return storage.get('init'); } }
module.exports = Fixed;`,
    { get: { args: [] } },
  );
