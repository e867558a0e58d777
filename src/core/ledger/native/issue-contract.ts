/**
 * issue.iost: where IOST come from (spec go-iost §6.8). Genesis issues the first ones; afterwards
 * 2.96 % of what exists come into being a year, a third each for the makers of blocks, the candidates
 * with their voters, and the foundation.
 *
 * What a call costs is explained in javascript-cost.ts.
 */

import { ExactDecimal } from '../exact-decimal.ts';
import type { Host } from '../host.ts';
import { requirePermission } from './contract-authority.ts';
import { payIost } from './iost-amount.ts';
import { METHOD_GAS } from './javascript-cost.ts';
import { getText, putText } from './json-storage.ts';
import { defineContract, type NativeAbi, type ReturnValues } from './native-contract.ts';
import { ADMIN_KEY, canUpdateByAdmin } from './system-admin.ts';

const CONTRACT = 'issue.iost';
const FOUNDATION = 'FoundationAccount';
const DECIMALS = 'IOSTDecimal';
const LAST_TIME = 'IOSTLastIssueTime';
const YEAR_NS = ExactDecimal.of('31536000000000000');
const RATE = ExactDecimal.of('0.0296').dividedBy(YEAR_NS);
const THIRD = ExactDecimal.of('0.33333333');
const NOTHING: ReturnValues = [''];

type TokenSettings = {
  readonly FoundationAccount: string;
  readonly IOSTTotalSupply: number;
  readonly IOSTDecimal: number;
};

type FirstBalance = { readonly ID: string; readonly Balance: string | number };

const initGenesis: NativeAbi = {
  name: 'initGenesis',
  args: ['string', 'json', 'json'],
  home: 'root',
  amountLimit: [],
  run(host, args) {
    const [admin, settingsText, balancesText] = args as [string, string, string];
    if (!host.isGenesis) host.fail('init out of genesis block');
    const settings = JSON.parse(settingsText) as TokenSettings;
    putText(host, ADMIN_KEY, admin);
    putText(host, FOUNDATION, settings.FoundationAccount);
    const config = JSON.stringify({ can_transfer: true, decimal: settings.IOSTDecimal });
    const supply = BigInt(settings.IOSTTotalSupply);
    host.call('token.iost', 'create', ['iost', CONTRACT, supply, config], true);
    for (const { ID, Balance } of JSON.parse(balancesText) as readonly FirstBalance[]) {
      if (ExactDecimal.of(String(Balance)).isPositive()) issue(host, ID, String(Balance));
    }
    putText(host, DECIMALS, String(settings.IOSTDecimal));
    putText(host, LAST_TIME, timeText(host));
    return NOTHING;
  },
};

const issueIOSTTo: NativeAbi = {
  name: 'issueIOSTTo',
  args: ['string', 'string'],
  home: 'root',
  amountLimit: [],
  run(host, args) {
    const [account, amount] = args as [string, string];
    host.charge(METHOD_GAS);
    if (!host.requireAuth('auth.iost', 'active')) host.fail('issue iost permission denied');
    issue(host, account, amount);
    return NOTHING;
  },
};

/** Issues what has come into being since the last time. */
const issueIOST: NativeAbi = {
  name: 'issueIOST',
  args: [],
  home: 'root',
  amountLimit: [],
  run(host) {
    host.charge(METHOD_GAS);
    if (!host.requireAuth('base.iost', 'active')) {
      requirePermission(host, stored(host, ADMIN_KEY), 'active');
    }
    const now = timeText(host);
    const elapsed = ExactDecimal.of(now).minus(ExactDecimal.of(stored(host, LAST_TIME)));
    if (!elapsed.isPositive()) return NOTHING;
    const foundation = stored(host, FOUNDATION);
    const decimals = Number(stored(host, DECIMALS));
    putText(host, LAST_TIME, now);
    const [supply] = host.call('token.iost', 'supply', ['iost'], true) ?? [];
    const amount = ExactDecimal.of(String(supply)).times(RATE).times(elapsed);
    const share = amount.times(THIRD);
    const shareText = share.toFixed(decimals);
    issue(host, foundation, amount.minus(share).minus(share).toFixed(decimals));
    issue(host, 'bonus.iost', shareText);
    issue(host, CONTRACT, shareText);
    const topUp = [shareText, CONTRACT];
    const [taken] = host.call('vote_producer.iost', 'topupCandidateBonus', topUp, true) ?? [];
    if (taken !== 'true') payIost(host, CONTRACT, foundation, shareText);
    return NOTHING;
  },
};

export const issueContract = defineContract(
  CONTRACT,
  '1.0.0',
  'javascript',
  [canUpdateByAdmin('text'), initGenesis, issueIOSTTo, issueIOST],
  (host) => putText(host, FOUNDATION, ''),
);

function issue(host: Host, account: string, amount: string): void {
  host.call('token.iost', 'issue', ['iost', account, amount], true);
}

function stored(host: Host, key: string): string {
  const text = getText(host, key);
  return text === undefined || text === '' ? host.fail(`${key} not set.`) : text;
}

/** A double, as contracts see the time. */
function timeText(host: Host): string {
  return String(Number(host.block.time));
}
