/**
 * exchange.iost (spec go-iost §6.13): transfers for exchanges, whose withdrawal forms have one
 * address and one memo. An empty address and the memo `create:name:owner:active` make the account
 * first, out of the amount that is sent. What a call costs is explained in javascript-cost.ts.
 */

import { formatDecimal, parseDecimal } from '../decimal.ts';
import type { Host } from '../host.ts';
import { METHOD_GAS } from './javascript-cost.ts';
import { type Argument, defineContract, type NativeAbi } from './native-contract.ts';

const AMOUNT_MIN_IOST = 100;
const IOST_DECIMALS = 8;
const NEW_ACCOUNT_RAM_BYTES = 1000n;
const NEW_ACCOUNT_PLEDGE_IOST = '10';
const CREATE = 'create:';
const PLAIN_AMOUNT = /^([0-9]+[.])?[0-9]+$/;

const transfer: NativeAbi = {
  name: 'transfer',
  args: ['string', 'string', 'string', 'string'],
  home: ([, to]) => (to === '' ? 'root' : 'publisher'),
  run(host, args) {
    const [token, to, amount, memo] = args.map(String) as [string, string, string, string];
    host.charge(METHOD_GAS);
    const units = parseAmount(host, amount);
    if (units < parseAmount(host, String(AMOUNT_MIN_IOST))) {
      host.fail(`transfer amount should be greater or equal to ${AMOUNT_MIN_IOST}`);
    }
    if (to === '') createAndTransfer(host, token, units, memo);
    else host.call('token.iost', 'transfer', [token, host.publisher, to, amount, memo]);
    return [''];
  },
};

export const exchangeContract = defineContract('exchange.iost', '1.0.0', 'javascript', [transfer]);

/** The new account gets what is left after its RAM and its gas pledge. */
function createAndTransfer(host: Host, token: string, units: bigint, memo: string): void {
  if (!memo.startsWith(CREATE)) {
    host.fail(`unsupported command : ${memo}, use create:XX`);
  }
  if (token !== 'iost') {
    host.fail('must transfer iost if you want to create a new account');
  }
  const account: readonly Argument[] = memo.split(':').slice(1);
  if (account.length !== 3) {
    host.fail(
      'memo of transferring to a new account should be of format create:name:ownerKey:activeKey',
    );
  }
  const name = account[0] as string;
  host.call('auth.iost', 'signUp', account);
  const bought = host.call('ram.iost', 'buy', [host.publisher, name, NEW_ACCOUNT_RAM_BYTES]);
  const price = parseAmount(host, String(bought?.[0]));
  const left = units - price - parseAmount(host, NEW_ACCOUNT_PLEDGE_IOST);
  if (left < 0n) {
    host.fail(
      `amount not enough to buy 1kB RAM and pledge 10 IOST Gas. need ${formatDecimal(units, IOST_DECIMALS)}`,
    );
  }
  const rest = formatDecimal(left, IOST_DECIMALS);
  host.call('token.iost', 'transfer', ['iost', host.publisher, name, rest, memo], true);
}

/** 10⁻⁸ units whatever the token: the minimum is a count of tokens, and further digits do not matter. */
function parseAmount(host: Host, text: string): bigint {
  const units = PLAIN_AMOUNT.test(text) ? parseDecimal(text, IOST_DECIMALS) : undefined;
  if (units === undefined || !units.ok) return host.fail('invalid amount');
  return units.value;
}
