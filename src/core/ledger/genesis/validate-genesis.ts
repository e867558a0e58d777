/**
 * Finds everything that is wrong with a genesis at once, so that an operator corrects the file in
 * one go. What passes here can be built: `buildGenesis` treats any refusal on its way as a bug.
 */

import { base58Decode, base58Encode } from '../../crypto/base58.ts';
import { algorithmOfPublicKey, keyPairOfSecret } from '../../crypto/key-pair.ts';
import { policyOf } from '../../pob/policy.ts';
import { DEAD_ACCOUNT } from '../native/account-id.ts';
import { buyPrice, initialRamPool, RAM_TRADE_BYTES_MIN } from '../native/ram-curve.ts';
import { BENCH_ACCOUNTS_MAX } from './bench-accounts.ts';
import { BLOCK_BOUNDS_RANGES } from './block-bounds.ts';
import type { BenchAccounts, Genesis, GenesisAccount } from './genesis-config.ts';
import { iostUnits, isIostAmount, UNITS_PER_IOST } from './iost-units.ts';

const ACCOUNT_ID = /^[a-z0-9_]{5,11}$/;
/** What vote_producer.iost can keep about all producers in one value of 65,536 characters. */
const WITNESSES_MAX = 500;
const INT64_MAX = (1n << 63n) - 1n;
/** BOUND: certificates carry a signature of 64 bytes per member. */
const COMMITTEE_MAX = 256;

export type GenesisProblem = { readonly path: string; readonly message: string };

export function validateGenesis(genesis: Genesis): readonly GenesisProblem[] {
  const problems: GenesisProblem[] = [];
  const report = (path: string, message: string): void => {
    problems.push({ path, message });
  };
  checkNetwork(genesis, report);
  for (const [path, account] of namedAccounts(genesis)) checkNamed(path, account, report);
  for (const [index, account] of genesis.accounts.entries()) {
    checkGrants(`accounts[${index}]`, account, report);
  }
  if (genesis.benchAccounts !== undefined) checkBench(genesis.benchAccounts, report);
  checkUnique(genesis, report);
  checkTotals(genesis, report);
  return problems;
}

type Report = (path: string, message: string) => void;
type Named = {
  readonly id: string;
  readonly ownerKey: string;
  readonly activeKey: string;
  readonly publishedSecretKey?: string;
};

function namedAccounts(genesis: Genesis): readonly (readonly [path: string, account: Named])[] {
  return [
    ['admin', genesis.admin],
    ['foundation', genesis.foundation],
    ...genesis.witnesses.map((account, index) => [`witnesses[${index}]`, account] as const),
    ...genesis.accounts.map((account, index) => [`accounts[${index}]`, account] as const),
  ];
}

function checkNetwork(genesis: Genesis, report: Report): void {
  if (genesis.initialTimestamp < 0n || genesis.initialTimestamp > INT64_MAX) {
    report('initialTimestamp', 'must be between 1970 and 2262');
  }
  if (genesis.iost.decimals !== 8) {
    report('iost.decimals', 'must be 8: clients of IOST take it for granted');
  }
  const supplyMax = Number(INT64_MAX / UNITS_PER_IOST);
  if (!Number.isSafeInteger(genesis.iost.totalSupply) || genesis.iost.totalSupply < 1) {
    report('iost.totalSupply', 'must be a whole number of IOST above 0');
  } else if (genesis.iost.totalSupply > supplyMax) {
    report('iost.totalSupply', `must be at most ${supplyMax}: amounts are 64-bit integers`);
  }
  if (genesis.witnesses.length === 0) report('witnesses', 'must name at least one');
  if (genesis.witnesses.length > WITNESSES_MAX) {
    report('witnesses', `must name at most ${WITNESSES_MAX}: contracts keep them in one value`);
  }
  for (const [index, witness] of genesis.witnesses.entries()) {
    const path = `witnesses[${index}]`;
    checkAmount(`${path}.balance`, witness.balance, report);
    checkAmount(`${path}.votes`, witness.votes ?? '0', report);
    if (base58Decode(witness.signatureKey)?.length !== 32) {
      report(`${path}.signatureKey`, 'must be a base58 Ed25519 public key of 32 bytes');
    }
  }
  checkAmount('admin.balance', genesis.admin.balance, report);
  checkPledge('systemGasPledge', genesis.systemGasPledge, report);
  checkRamBytes('systemRamBytes', genesis.systemRamBytes, report);
  checkRamMarket(genesis, report);
  checkPolicy(genesis, report);
  checkBlockBounds(genesis, report);
}

function checkBlockBounds({ block = {} }: Genesis, report: Report): void {
  for (const name of ['bytesMax', 'gasMax'] as const) {
    const [least, most] = BLOCK_BOUNDS_RANGES[name];
    const value = block[name] ?? least;
    if (value < least || value > most) report(`block.${name}`, `must be from ${least} to ${most}`);
  }
}

/** Limits within which committees can follow each other. */
function checkPolicy({ pob, witnesses }: Genesis, report: Report): void {
  const { committeeSize, periodBlocks, shardEpochBlocks, heartbeatPeriods } = policyOf(pob);
  if (committeeSize < 1 || committeeSize > COMMITTEE_MAX) {
    report('pob.committeeSize', `must be from 1 to ${COMMITTEE_MAX}`);
  }
  // Everybody has a turn in a period, or its silence would say nothing.
  const seats = Math.max(committeeSize, witnesses.length);
  if (periodBlocks < 2 || (witnesses.length > 1 && periodBlocks < seats)) {
    report('pob.periodBlocks', `must be at least 2, and a block for each of ${seats} seats`);
  }
  if (pob?.rewards?.periods === 0) report('pob.rewards.periods', 'must be at least 1');
  if (shardEpochBlocks < 2) report('pob.shardEpochBlocks', 'must be at least 2');
  if (heartbeatPeriods < 2) report('pob.heartbeatPeriods', 'must be at least 2');
}

function checkRamMarket(genesis: Genesis, report: Report): void {
  const { initialTotal, increaseIntervalSeconds, increaseAmount, reserved } = genesis.ram;
  // Bytes are doubles in the market, and the token `ram` has a fixed ceiling (spec §6.7).
  const ceiling = 100 * 64 * 1024 ** 3;
  if (!Number.isSafeInteger(initialTotal) || initialTotal < 1 || initialTotal > ceiling) {
    report('ram.initialTotal', `must be between 1 and ${ceiling} bytes`);
  }
  if (!Number.isSafeInteger(increaseIntervalSeconds) || increaseIntervalSeconds < 1) {
    report('ram.increaseIntervalSeconds', 'must be a whole number of seconds above 0');
  }
  if (!Number.isSafeInteger(increaseAmount) || increaseAmount < 0) {
    report('ram.increaseAmount', 'must be a whole number of bytes');
  }
  if (!Number.isSafeInteger(reserved) || reserved < 0 || reserved >= initialTotal) {
    report('ram.reserved', 'must be a whole number of bytes below ram.initialTotal');
  }
}

function checkNamed(path: string, account: Named, report: Report): void {
  if (!ACCOUNT_ID.test(account.id)) {
    report(`${path}.id`, `"${account.id}" must be 5 to 11 characters of a-z, 0-9 and _`);
  }
  checkKey(`${path}.ownerKey`, account.ownerKey, report);
  checkKey(`${path}.activeKey`, account.activeKey, report);
  if (account.publishedSecretKey === undefined) return;
  if (publicKeyOf(account.publishedSecretKey) !== account.activeKey) {
    report(`${path}.publishedSecretKey`, `is not the secret of ${path}.activeKey`);
  }
}

/** Ed25519 secrets have 64 bytes, secp256k1 secrets 32. */
function publicKeyOf(secretText: string): string | undefined {
  const secret = base58Decode(secretText);
  if (secret === undefined) return undefined;
  const pair = keyPairOfSecret(secret.length === 64 ? 'ed25519' : 'secp256k1', secret);
  return pair.ok ? base58Encode(pair.value.publicKey) : undefined;
}

function checkGrants(
  path: string,
  grants: Pick<GenesisAccount, 'balance' | 'gasPledge' | 'ramBytes'>,
  report: Report,
): void {
  checkAmount(`${path}.balance`, grants.balance, report);
  checkPledge(`${path}.gasPledge`, grants.gasPledge, report);
  checkRamBytes(`${path}.ramBytes`, grants.ramBytes, report);
}

function checkBench(bench: BenchAccounts, report: Report): void {
  if (!Number.isSafeInteger(bench.count) || bench.count < 1 || bench.count > BENCH_ACCOUNTS_MAX) {
    report('benchAccounts.count', `must be between 1 and ${BENCH_ACCOUNTS_MAX}`);
  }
  checkGrants('benchAccounts', bench, report);
}

function checkKey(path: string, text: string, report: Report): void {
  const key = base58Decode(text);
  if (key === undefined || algorithmOfPublicKey(key) === undefined) {
    report(path, 'must be a base58 public key: 32 bytes for ed25519, 33 for secp256k1');
  }
}

function checkAmount(path: string, amount: string, report: Report): void {
  if (!isIostAmount(amount)) {
    report(path, `"${amount}" must be a decimal amount with at most 8 decimals, such as "100.5"`);
  }
}

/** The least total pledge of a user is 10 IOST (spec §6.4). */
function checkPledge(path: string, amount: string, report: Report): void {
  checkAmount(path, amount, report);
  const units = iostUnits(amount);
  if (units > 0n && units < 10n * UNITS_PER_IOST) report(path, 'must be "0" or at least "10"');
}

function checkRamBytes(path: string, bytes: number, report: Report): void {
  if (!Number.isSafeInteger(bytes) || bytes < 0 || (bytes > 0 && bytes < RAM_TRADE_BYTES_MIN)) {
    report(path, `must be 0 or at least ${RAM_TRADE_BYTES_MIN} bytes`);
  }
}

function checkUnique(genesis: Genesis, report: Report): void {
  const seen = new Map<string, string>([[DEAD_ACCOUNT, 'the account that burnt tokens go to']]);
  for (const [path, account] of namedAccounts(genesis)) {
    const first = seen.get(account.id);
    if (first === undefined) seen.set(account.id, path);
    else report(`${path}.id`, `"${account.id}" is already the id of ${first}`);
    if (genesis.benchAccounts !== undefined && /^bench[0-9]{6}$/.test(account.id)) {
      report(`${path}.id`, `"${account.id}" is reserved for benchAccounts`);
    }
  }
  const keys = new Map<string, string>();
  for (const [index, { signatureKey }] of genesis.witnesses.entries()) {
    const path = `witnesses[${index}]`;
    const first = keys.get(signatureKey);
    if (first === undefined) keys.set(signatureKey, path);
    else report(`${path}.signatureKey`, `is already that of ${first}: each signs with its own`);
  }
}

function checkTotals(genesis: Genesis, report: Report): void {
  const bench = genesis.benchAccounts;
  const benchCount = bench === undefined ? 0n : wholeNumber(bench.count);
  const issued =
    iostUnits(genesis.admin.balance) +
    sum(genesis.witnesses, ({ balance, votes }) => iostUnits(balance) + iostUnits(votes ?? '0')) +
    sum(genesis.accounts, grantUnits) +
    wholeNumber(genesis.pob?.rewards?.pool ?? 0) * UNITS_PER_IOST +
    (bench === undefined ? 0n : benchCount * grantUnits(bench));
  if (issued > wholeNumber(genesis.iost.totalSupply) * UNITS_PER_IOST) {
    report('iost.totalSupply', `is less than the ${issued / UNITS_PER_IOST} IOST given out`);
  }
  const bytes =
    BigInt(genesis.witnesses.length + 1) * wholeNumber(genesis.systemRamBytes) +
    sum(genesis.accounts, (account) => wholeNumber(account.ramBytes)) +
    (bench === undefined ? 0n : benchCount * wholeNumber(bench.ramBytes));
  const purchases = Number(benchCount) + genesis.accounts.length + genesis.witnesses.length + 1;
  checkAdminSpending(genesis, Number(bytes), purchases, report);
}

/** The admin pays the system's gas and everybody's RAM. */
function checkAdminSpending(
  genesis: Genesis,
  bytes: number,
  purchases: number,
  report: Report,
): void {
  const { initialTotal, reserved } = genesis.ram;
  const atStart = initialRamPool(initialTotal);
  const pool = {
    leftSpace: initialTotal - reserved,
    balance: atStart.balance + buyPrice(atStart, reserved),
  };
  if (!(bytes < pool.leftSpace)) {
    report('ram.initialTotal', `leaves too little for the ${bytes} bytes given out`);
    return;
  }
  // Fee, and for each purchase at most two cents of rounding and one of the least fee.
  const ramIost = buyPrice(pool, bytes) * 1.02 + purchases * 0.03;
  const pledges = BigInt(genesis.witnesses.length + 2) * iostUnits(genesis.systemGasPledge);
  const needed = BigInt(Math.ceil(ramIost)) * UNITS_PER_IOST + pledges;
  if (iostUnits(genesis.admin.balance) < needed) {
    const iost = needed / UNITS_PER_IOST + 1n;
    report('admin.balance', `must be at least ${iost}: the admin pledges gas and buys RAM`);
  }
}

function grantUnits(grants: { readonly balance: string; readonly gasPledge: string }): bigint {
  return iostUnits(grants.balance) + iostUnits(grants.gasPledge);
}

function wholeNumber(value: number): bigint {
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
}

function sum<Item>(items: readonly Item[], amountOf: (item: Item) => bigint): bigint {
  return items.reduce((total, item) => total + amountOf(item), 0n);
}
