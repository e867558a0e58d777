/**
 * ram.iost: the market of storage (spec go-iost §6.7). The market is one for the network, so every
 * ABI runs on the root chain, which also counts what accounts bought and borrowed: it is the market
 * that has to know, one trade after the other, what may be sold. A seller's balance comes along with
 * its transaction.
 *
 * What a call costs is explained in javascript-cost.ts.
 */

import type { Host } from '../host.ts';
import { DEAD_ACCOUNT } from './account-id.ts';
import { METHOD_GAS } from './javascript-cost.ts';
import { defineContract, type NativeAbi } from './native-contract.ts';
import {
  buyPrice,
  centsText,
  grownBytes,
  initialRamPool,
  purchaseCost,
  RAM_TRADE_BYTES_MIN,
  type RamPool,
  saleRefund,
} from './ram-curve.ts';
import { adminAbis } from './system-admin.ts';

const RAM_CONTRACT = 'ram.iost';
const RAM_TOKEN = 'ram';
const RAM_SUPPLY_MAX = 100n * 64n * 1024n ** 3n;

const buy: NativeAbi = {
  name: 'buy',
  args: ['string', 'string', 'number'],
  home: 'root',
  amountLimit: [{ token: 'iost', value: 'unlimited' }],
  run(host, [payer, account, bytes]) {
    const amount = openTrade(host, String(payer), bytes as bigint);
    growSupply(host);
    const pool = readPool(host);
    if (pool.leftSpace <= amount) {
      host.fail(
        `buy amount is too much. left space is not enough ${pool.leftSpace} is less than ${amount}`,
      );
    }
    const cost = purchaseCost(pool, amount);
    pay(host, 'iost', String(payer), RAM_CONTRACT, centsText(cost.total));
    pay(host, 'iost', RAM_CONTRACT, DEAD_ACCOUNT, centsText(cost.fee));
    pay(host, RAM_TOKEN, RAM_CONTRACT, String(account), String(amount));
    book(host, pool, { bytes: amount, iost: cost.raw });
    count(host, 'SR', String(account), amount);
    count(host, 'TR', String(account), amount);
    return [centsText(cost.total)];
  },
};

const sell: NativeAbi = {
  name: 'sell',
  args: ['string', 'string', 'number'],
  home: 'root',
  amountLimit: [{ token: RAM_TOKEN, value: 'unlimited' }],
  run(host, [account, receiver, bytes]) {
    const amount = openTrade(host, String(account), bytes as bigint);
    requireSelfBought(host, String(account), amount, 'sell');
    pay(host, RAM_TOKEN, String(account), RAM_CONTRACT, String(amount));
    const pool = readPool(host);
    const refund = saleRefund(pool, amount);
    pay(host, 'iost', RAM_CONTRACT, String(receiver), centsText(refund));
    book(host, pool, { bytes: -amount, iost: -refund });
    count(host, 'SR', String(account), -amount);
    count(host, 'TR', String(account), -amount);
    return [centsText(refund)];
  },
};

const lend: NativeAbi = {
  name: 'lend',
  args: ['string', 'string', 'number'],
  home: 'root',
  amountLimit: [{ token: RAM_TOKEN, value: 'unlimited' }],
  run(host, [from, to, bytes]) {
    const amount = openTrade(host, String(from), bytes as bigint);
    requireSelfBought(host, String(from), amount, 'lend');
    pay(host, RAM_TOKEN, String(from), String(to), String(amount));
    count(host, 'SR', String(from), -amount);
    count(host, 'TR', String(from), -amount);
    count(host, 'TR', String(to), amount);
    return [''];
  },
};

/** Opens the market at genesis; `reserve` bytes are priced as if they had been bought. */
const issue: NativeAbi = {
  name: 'issue',
  args: ['number', 'number', 'number', 'number'],
  home: 'root',
  amountLimit: [],
  run(host, args) {
    if (!host.isGenesis) host.fail('init out of genesis block');
    const [total, interval, increase, reserve] = args.map(Number) as [
      number,
      number,
      number,
      number,
    ];
    const config = JSON.stringify({
      decimal: 0,
      fullName: 'IOST system ram',
      onlyIssuerCanTransfer: true,
    });
    host.call('token.iost', 'create', [RAM_TOKEN, RAM_CONTRACT, RAM_SUPPLY_MAX, config], true);
    host.call('token.iost', 'issue', [RAM_TOKEN, RAM_CONTRACT, String(total)], true);
    const pool = initialRamPool(total);
    putNumber(host, 'lastUpdateBlockTime', Number(host.block.time));
    putNumber(host, 'increaseInterval', interval);
    putNumber(host, 'increaseAmount', increase);
    putNumber(host, 'leftSpace', total - reserve);
    putNumber(host, 'usedSpace', reserve);
    putNumber(host, 'balance', pool.balance + (reserve === 0 ? 0 : buyPrice(pool, reserve)));
    return [''];
  },
};

export const ramContract = defineContract(RAM_CONTRACT, '1.0.0', 'javascript', [
  ...adminAbis({ keptAs: 'json' }),
  issue,
  buy,
  sell,
  lend,
]);

/** What buying, selling and lending check first. Bytes are doubles from here on, as in the market. */
function openTrade(host: Host, actor: string, bytes: bigint): number {
  host.charge(METHOD_GAS);
  if (bytes < BigInt(RAM_TRADE_BYTES_MIN)) {
    host.fail('minimum ram amount for trading is 10 byte');
  }
  if (!host.requireAuth(actor, 'transfer')) host.fail('require auth failed. ret = false');
  if (bytes > RAM_SUPPLY_MAX) {
    host.fail(`ram amount ${bytes} is more than can ever exist`);
  }
  return Number(bytes);
}

/** RAM comes into being with time, lazily at the next purchase. */
function growSupply(host: Host): void {
  const growth = {
    increaseIntervalSeconds: getNumber(host, 'increaseInterval'),
    increaseAmount: getNumber(host, 'increaseAmount'),
  };
  const now = Number(host.block.time);
  const bytes = grownBytes(growth, getNumber(host, 'lastUpdateBlockTime'), now);
  if (bytes === 0) return;
  host.call('token.iost', 'issue', [RAM_TOKEN, RAM_CONTRACT, String(bytes)], true);
  putNumber(host, 'lastUpdateBlockTime', now);
  putNumber(host, 'leftSpace', getNumber(host, 'leftSpace') + bytes);
}

/** Lent and borrowed bytes cannot be sold: only what the account itself holds from the market. */
function requireSelfBought(host: Host, account: string, bytes: number, purpose: string): void {
  const held = counter(host, 'SR', account);
  if (held < bytes) host.fail(`self ram amount ${held}, not enough for ${purpose}`);
}

function readPool(host: Host): RamPool {
  return { leftSpace: getNumber(host, 'leftSpace'), balance: getNumber(host, 'balance') };
}

/** Bytes taken out of the market and the IOST that came in for them. */
function book(host: Host, pool: RamPool, trade: { bytes: number; iost: number }): void {
  putNumber(host, 'leftSpace', pool.leftSpace - trade.bytes);
  putNumber(host, 'balance', pool.balance + trade.iost);
  putNumber(host, 'usedSpace', getNumber(host, 'usedSpace') + trade.bytes);
}

/** `SR`: bytes the account bought itself and has not sold or lent; `TR`: bytes it holds in all. */
function count(host: Host, which: 'SR' | 'TR', account: string, change: number): void {
  putNumber(host, which + account, counter(host, which, account) + change);
}

function counter(host: Host, which: 'SR' | 'TR', account: string): number {
  const stored = host.get(which + account);
  return stored?.kind === 'string' ? Number(stored.value) : 0;
}

function pay(host: Host, token: string, from: string, to: string, amount: string): void {
  host.call('token.iost', 'transfer', [token, from, to, amount, ''], true);
}

/** Market numbers are JSON text, as the reference stores them. */
function getNumber(host: Host, key: string): number {
  const stored = host.get(key);
  if (stored?.kind !== 'string') return host.fail(`no ${key} key`);
  return Number(stored.value);
}

function putNumber(host: Host, key: string, value: number): void {
  host.put(key, JSON.stringify(value));
}
