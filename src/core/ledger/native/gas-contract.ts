/** gas.iost 1.0.0: pledging IOST for gas (spec go-iost §6.4). */

import { credit, debitStored, FREE_PAYER } from '../balances.ts';
import { FAILURE } from '../contract-failure.ts';
import { COST } from '../costs.ts';
import { formatDecimal, parseDecimal } from '../decimal.ts';
import { IOST_UNIT, readGas } from '../gas.ts';
import { goJson } from '../go-json.ts';
import type { Host } from '../host.ts';
import { pledgeOf } from '../pledges.ts';
import { accountAnchor } from '../state-key.ts';
import { canUpdate } from './can-update.ts';
import { type Argument, defineContract, type NativeAbi } from './native-contract.ts';

const POOL = 'gas.iost';
const PLEDGE_MIN = IOST_UNIT;
const TOTAL_MIN = 10n * IOST_UNIT;
const UNPLEDGE_FREEZE_NS = 259_200n * 1_000_000_000n;
/** The reference prints its decimal as a structure here. */
const PLEDGE_MIN_SHOWN = '&{100000000 8 <nil>}';

/** Update time, then five numbers written. */
const FIRST_PLEDGE = COST.get + 5 * COST.put;
/** Update time, refreshed stock and time; total, limit and stock read and written. */
const LATER_PLEDGE = COST.get + 2 * COST.put + 3 * (COST.get + COST.put);

const pledge: NativeAbi = {
  name: 'pledge',
  args: ['string', 'string', 'string'],
  run(host, args) {
    const [pledger, user, text] = readParties(host, args);
    const amount = readAmount(host, text);
    if (amount < PLEDGE_MIN) host.fail(`min pledge num is ${PLEDGE_MIN_SHOWN}`);
    chargePledge(host, pledger, user);
    host.charge(COST.context);
    // The tokens go to the pool on the user's chain: they leave the pledger here and travel with
    // the pledge, so the pool of this chain only passes them on.
    host.call('token.iost', 'transfer', ['iost', pledger, POOL, text, '']);
    debitStored(host.state, POOL, 'iost', amount);
    host.credit({ kind: 'pledge', pledger, user, amount });
    host.receipt(goJson([pledger, user, text]));
    return [];
  },
};

const unpledge: NativeAbi = {
  name: 'unpledge',
  args: ['string', 'string', 'string'],
  home: ([, user]) => accountAnchor(String(user)),
  run(host, args) {
    const [pledger, user, text] = readParties(host, args);
    const amount = readAmount(host, text);
    if (amount < PLEDGE_MIN) host.fail(`min unpledge num is ${PLEDGE_MIN_SHOWN}`);
    const pledged = readPledge(host, pledger, user);
    if (pledged === 0n) host.fail(`${pledger} did not pledge for ${user}`);
    checkRelease(host, user, amount, pledged);
    // As in pledging: the tokens are in the pool of the user's chain, which may be another one.
    credit(host.state, POOL, 'iost', amount, FREE_PAYER);
    host.credit({ kind: 'pledge', pledger, user, amount: -amount });
    host.charge(COST.context);
    const unfreezeTime = host.block.time + UNPLEDGE_FREEZE_NS;
    const shown = formatDecimal(amount, 8);
    const transfer = ['iost', POOL, pledger, shown, unfreezeTime, ''];
    host.call('token.iost', 'transferFreeze', transfer, true);
    host.receipt(goJson([pledger, user, text]));
    return [];
  },
};

function checkRelease(host: Host, user: string, amount: bigint, pledged: bigint): void {
  const record = readGas(host.state, user);
  host.charge(COST.get);
  if (record.total - amount < TOTAL_MIN) {
    const difference = `${formatDecimal(record.total, 8)} - ${formatDecimal(amount, 8)}`;
    host.fail(`unpledge too much (${difference}) less than ${formatDecimal(TOTAL_MIN, 8)}`);
  }
  host.charge(2 * COST.get);
  if (pledged < amount) {
    const wanted = `${formatDecimal(amount, 8)} > ${formatDecimal(pledged, 8)}`;
    host.fail(`you cannot unpledge more than your pledge ${wanted}`);
  }
  host.charge(LATER_PLEDGE + 2 * COST.get + COST.put);
}

/** Pledging for oneself costs what it does in the reference; for another, what a first one does. */
function chargePledge(host: Host, pledger: string, user: string): void {
  if (pledger !== user || readGas(host.state, user).updatedAt === 0n) {
    host.charge(FIRST_PLEDGE);
    return;
  }
  host.charge(LATER_PLEDGE);
  readPledge(host, pledger, user);
  host.charge(COST.put);
}

function readPledge(host: Host, pledger: string, user: string): bigint {
  const pledged = pledgeOf(host.state, pledger, user);
  host.charge(pledged === 0n ? COST.get : 2 * COST.get);
  return pledged;
}

function readParties(
  host: Host,
  args: readonly Argument[],
): readonly [pledger: string, user: string, amount: string] {
  const [pledger, user, text] = args as [string, string, string];
  host.chargeOp(1);
  if (!host.hasAccount(pledger)) host.fail(`invalid user name ${pledger}`);
  host.chargeOp(1);
  if (!host.hasAccount(user)) host.fail(`invalid user name ${user}`);
  if (!host.requireAuth(pledger, 'transfer')) host.fail(FAILURE.permission);
  return [pledger, user, text];
}

function readAmount(host: Host, text: string): bigint {
  const amount = parseDecimal(text, 8);
  host.chargeOp(1);
  if (!amount.ok || amount.value <= 0n) host.fail(`invalid amount ${text}`);
  return amount.value;
}

/** Does nothing; it is there because the reference lists it. */
const constructorAbi: NativeAbi = {
  name: 'constructor',
  args: [],
  run(host) {
    host.chargeOp(1);
    return [];
  },
};

export const gasContract = defineContract('gas.iost', '1.0.0', 'native', [
  constructorAbi,
  pledge,
  unpledge,
  canUpdate,
]);
