/**
 * bonus.iost 1.0.2: who makes blocks earns the token `contribute` and exchanges it for IOST (spec
 * go-iost §6.10).
 *
 * A block is too small an occasion to send a token to another chain: what a maker of blocks has earned
 * is noted here and issued when votes are counted, or when the maker exchanges (ADR 17).
 *
 * What a call costs is explained in javascript-cost.ts.
 */

import { ExactDecimal } from '../exact-decimal.ts';
import type { Host } from '../host.ts';
import type { StateReader } from '../ports.ts';
import { mapKey } from '../state-key.ts';
import { requirePermission } from './contract-authority.ts';
import { IOST_DECIMALS, payIost } from './iost-amount.ts';
import { METHOD_GAS } from './javascript-cost.ts';
import { getJson, mapGetJson, mapPutJson, putJson } from './json-storage.ts';
import { defineContract, type NativeAbi, type ReturnValues } from './native-contract.ts';
import { adminAbis } from './system-admin.ts';
import { KEY_OWNERS } from './vote-producer/producer-table.ts';

const CONTRACT = 'bonus.iost';
export const CONTRIBUTE_TOKEN = 'contribute';
const CONTRIBUTE_SUPPLY = 90_000_000_000n;
const RATE = 'blockContrib';
const RATE_AT_START = '3.28513441';
const RATE_SHARE = ExactDecimal.of('0.0000000001564349722223');
const RATE_TIME = 'lastTime';
const WEEK_NS = 604_800_000_000_000;
/** Ours: earned and not yet issued, by account. */
const EARNED = 'earned';
const NOTHING: ReturnValues = [''];

/**
 * What base.iost says about the block before: the key of its maker, the number of blocks that are to
 * be paid with it, and whether what is earned is issued now.
 */
export type ContributionNews = {
  readonly parent: readonly [witness: string, ...rest: unknown[]];
  readonly blocks?: number;
  readonly issue?: boolean;
};

const issueContribute: NativeAbi = {
  name: 'issueContribute',
  args: ['json'],
  home: 'root',
  amountLimit: [],
  run(host, [json]) {
    host.charge(METHOD_GAS);
    requirePermission(host, 'base.iost', 'active');
    updateRate(host);
    const { parent, blocks = 1, issue } = JSON.parse(String(json)) as ContributionNews;
    const [witness] = parent;
    if (witness !== '') earn(host, accountOf(host, witness), blocks);
    if (issue === true) for (const account of host.mapKeys(EARNED)) issueEarned(host, account);
    return NOTHING;
  },
};

/** Whose key it is; a key that is nobody's earns by itself, as in the reference. */
function accountOf(host: Host, witness: string): string {
  const owner = host.globalMapGet('vote_producer.iost', KEY_OWNERS, witness);
  return owner?.kind === 'string' ? (JSON.parse(owner.value) as string) : witness;
}

function earn(host: Host, account: string, blocks: number): void {
  const rate = ExactDecimal.of(getJson<string>(host, RATE) ?? '0');
  const before = ExactDecimal.of(mapGetJson<string>(host, EARNED, account) ?? '0');
  const earned = before.plus(rate.times(ExactDecimal.of(String(blocks))));
  mapPutJson(host, EARNED, account, earned.toString());
}

function issueEarned(host: Host, account: string): void {
  const earned = mapGetJson<string>(host, EARNED, account);
  if (earned === undefined) return;
  host.mapDel(EARNED, account);
  host.call('token.iost', 'issue', [CONTRIBUTE_TOKEN, account, earned], true);
}

/** Once a week the rate follows the supply of IOST. Times are doubles, as contracts see them. */
function updateRate(host: Host): void {
  const now = Number(host.block.time);
  const last = getJson<number>(host, RATE_TIME) ?? 0;
  if (now < last + WEEK_NS) return;
  const [supply] = host.call('token.iost', 'supply', ['iost'], true) ?? [];
  const rate = ExactDecimal.of(String(supply)).times(RATE_SHARE).toFixed(IOST_DECIMALS);
  putJson(host, RATE, rate);
  putJson(host, RATE_TIME, now);
}

const exchangeIOST: NativeAbi = {
  name: 'exchangeIOST',
  args: ['string', 'string'],
  home: 'root',
  amountLimit: [{ token: '*', value: 'unlimited' }],
  run(host, args) {
    const [account, text] = args as [string, string];
    host.charge(METHOD_GAS);
    requirePermission(host, account, 'active');
    issueEarned(host, account);
    const contribute = balanceOf(host, CONTRIBUTE_TOKEN, account);
    const wanted = ExactDecimal.parse(text) ?? host.fail(`invalid amount ${text}`);
    const amount = wanted.isZero() ? contribute : wanted;
    if (!amount.isPositive() || contribute.isLess(amount)) {
      host.fail('invalid amount: negative or greater than contribute');
    }
    if (balanceOf(host, 'iost', CONTRACT).isLess(amount)) {
      host.fail('left bonus not enough, please wait');
    }
    host.call('token.iost', 'destroy', [CONTRIBUTE_TOKEN, account, amount.toString()], true);
    payIost(host, CONTRACT, account, amount.toString());
    return NOTHING;
  },
};

function balanceOf(host: Host, token: string, account: string): ExactDecimal {
  const [balance] = host.call('token.iost', 'balanceOf', [token, account], true) ?? [];
  return ExactDecimal.of(String(balance));
}

export const bonusContract = defineContract(
  CONTRACT,
  '1.0.2',
  'javascript',
  [...adminAbis({ keptAs: 'json' }), issueContribute, exchangeIOST],
  (host) => {
    // The reference misspells the name of the setting, so the token can be transferred.
    const config = JSON.stringify({ can_transfer: false, decimal: IOST_DECIMALS });
    const create = [CONTRIBUTE_TOKEN, CONTRACT, CONTRIBUTE_SUPPLY, config];
    host.call('token.iost', 'create', create, true);
    putJson(host, RATE, RATE_AT_START);
    putJson(host, RATE_TIME, Number(host.block.time));
  },
);

/** What the account has earned that is not issued yet, in 10^-8 `contribute`. */
export function earnedContribution(state: StateReader, account: string): bigint {
  const value = state.get(mapKey(CONTRACT, EARNED, account));
  if (value?.kind !== 'string') return 0n;
  return ExactDecimal.of(JSON.parse(value.value) as string).units(IOST_DECIMALS);
}
