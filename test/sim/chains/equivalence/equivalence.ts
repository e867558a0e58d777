/**
 * The same transactions on one ledger that holds everything and on networks of several sizes: each
 * must come to the same status, gas, RAM, returns and receipts, and all balances, pledges, records
 * and supplies must be the same in the end.
 */

import type { Receipt } from '#core/chain/receipt.ts';
import type { SimCore } from '../sim-network.ts';
import { type NetworkOutcome, runOnShards } from './network-run.ts';
import { comparableReceipt, type RunOutcome } from './outcomes.ts';
import { type Plan, type PlanOptions, planRounds } from './rounds.ts';
import { runWhole } from './whole-run.ts';

const SHOWN_MAX = 10;
/** Hundredths: what refills in two seconds, for one who pays later; no transaction is as cheap. */
const GAS_TOLERANCE = 700_000n;

/** Hundredths: digits of the counters that all registrations of a round change. */
const COUNTER_GAS = 1000n;

export type EquivalenceOptions = PlanOptions & { readonly shardCounts: readonly number[] };

export type EquivalenceOutcome = {
  readonly transactions: number;
  /** How many of each kind succeeded, failed and were not taken, on the ledger that holds everything. */
  readonly kinds: ReadonlyMap<string, KindCount>;
  readonly digests: readonly string[];
};

export type KindCount = { succeeded: number; failed: number; dropped: number };

/** `core`: one with a seeded bug. Throws when some network differs from the ledger that holds everything. */
export function checkEquivalence(options: EquivalenceOptions, core?: SimCore): EquivalenceOutcome {
  const plan = planRounds(options);
  const isOfVotes = options.isOfGovernance === true || options.isOfContracts === true;
  const gasTolerance = options.isOfGovernance === true ? COUNTER_GAS : 0n;
  let whole = runWhole(plan);
  const digests: string[] = [];
  for (const shards of options.shardCounts) {
    const network = runOnShards(plan, { shards, seed: options.seed, core });
    digests.push(network.digest);
    if (isOfVotes) whole = runWhole(plan, network.heights);
    const differences = [
      ...receiptDifferences(plan, whole, network, gasTolerance),
      ...stateDifferences(whole, network),
    ];
    if (differences.length > 0) throw new Error(describe(shards, differences));
  }
  return {
    transactions: plan.rounds.flat().length,
    kinds: countKinds(plan, whole),
    digests,
  };
}

function describe(shards: number, differences: readonly string[]): string {
  const shown = differences.slice(0, SHOWN_MAX).join('\n');
  return `${shards} shards: ${differences.length} differences\n${shown}`;
}

function receiptDifferences(
  plan: Plan,
  whole: RunOutcome,
  network: NetworkOutcome,
  gasTolerance: bigint,
): string[] {
  const differences: string[] = [];
  for (const [index, { kind, transaction }] of plan.rounds.flat().entries()) {
    const expected = comparableReceipt(whole.receipts[index]);
    const found = comparableReceipt(withGasOf(whole, network, index, gasTolerance));
    if (expected === found) continue;
    const what = `${transaction.publisher}: ${JSON.stringify(transaction.actions)}`;
    differences.push(`#${index} ${kind} by ${what}\n  whole:  ${expected}\n  shards: ${found}`);
  }
  return differences;
}

/** The receipt of the network, with the other's gas where they are as good as the same. */
function withGasOf(
  whole: RunOutcome,
  { receipts }: NetworkOutcome,
  index: number,
  tolerance: bigint,
): Receipt | undefined {
  const [expected, found] = [whole.receipts[index], receipts[index]];
  if (expected === undefined || found === undefined) return found;
  const apart = expected.gasUsage - found.gasUsage;
  const isAlike = apart <= tolerance && apart >= -tolerance;
  return isAlike ? { ...found, gasUsage: expected.gasUsage } : found;
}

function stateDifferences(whole: RunOutcome, network: NetworkOutcome): string[] {
  const differences: string[] = [];
  for (const key of new Set([...whole.state.keys(), ...network.state.keys()])) {
    const expected = whole.state.get(key);
    const found = network.state.get(key);
    if (expected !== found) differences.push(`${key}\n  whole:  ${expected}\n  shards: ${found}`);
  }
  for (const [account, expected] of whole.gas) {
    const found = network.gas.get(account) ?? 0n;
    const apart = expected > found ? expected - found : found - expected;
    if (apart <= GAS_TOLERANCE) continue;
    differences.push(`gas of ${account}\n  whole:  ${expected}\n  shards: ${found}`);
  }
  return differences;
}

function countKinds(plan: Plan, whole: RunOutcome): ReadonlyMap<string, KindCount> {
  const kinds = new Map<string, KindCount>();
  for (const [index, { kind }] of plan.rounds.flat().entries()) {
    const count = kinds.get(kind) ?? { succeeded: 0, failed: 0, dropped: 0 };
    kinds.set(kind, count);
    const receipt = whole.receipts[index];
    if (receipt === undefined) count.dropped += 1;
    else if (receipt.statusCode === 0) count.succeeded += 1;
    else count.failed += 1;
  }
  return kinds;
}
