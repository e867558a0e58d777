/** Every scenario of the simulator under one roof: a name, and a run that throws when something is wrong. */

import { BFT_SCENARIOS, runBftScenario } from './bft/run-bft.ts';
import { checkEquivalence } from './chains/equivalence/equivalence.ts';
import { runLending } from './chains/lending.ts';
import { CHAINS_SCENARIOS, runChainsScenario } from './chains/scenarios.ts';
import { explainHistory } from './chains/serial-order.ts';
import { COMMITTEE_SCENARIOS } from './committees/scenarios.ts';

export type Scenario = {
  readonly name: string;
  readonly about: string;
  /** Takes minutes, so it runs only when it is asked for by name. */
  readonly isLong?: boolean;
  /** Runs it with a seed, twice where both runs are cheap, and says what was done in a few words. */
  readonly run: (seed: number) => string;
};

const EQUIVALENCE_TRANSACTIONS = 10_000;
const CONTRACT_TRANSACTIONS = 4000;
const GOVERNANCE_TRANSACTIONS = 1000;
const SHARD_COUNTS = [1, 2, 4, 8];

export const SCENARIOS: readonly Scenario[] = [
  ...CHAINS_SCENARIOS.map(({ name, about }) => ({
    name,
    about,
    run: (seed: number) => runTwice(name, seed),
  })),
  {
    name: 'chains/equivalence',
    about: `${EQUIVALENCE_TRANSACTIONS} mixed transactions come to the same at 1, 2, 4 and 8 shards`,
    isLong: true,
    run: (seed) => {
      const options = { seed, transactions: EQUIVALENCE_TRANSACTIONS, shardCounts: SHARD_COUNTS };
      const { transactions, kinds } = checkEquivalence(options);
      return `${transactions} transactions of ${kinds.size} kinds`;
    },
  },
  {
    name: 'chains/contract-equivalence',
    about: `${CONTRACT_TRANSACTIONS} transactions with user contracts, likewise`,
    isLong: true,
    run: (seed) => {
      const options = { seed, transactions: CONTRACT_TRANSACTIONS, shardCounts: SHARD_COUNTS };
      const { transactions, kinds } = checkEquivalence({ ...options, isOfContracts: true });
      return `${transactions} transactions of ${kinds.size} kinds`;
    },
  },
  {
    name: 'chains/governance-equivalence',
    about: `${GOVERNANCE_TRANSACTIONS} registrations, votes and withdrawals, likewise`,
    isLong: true,
    run: (seed) => {
      const options = { seed, transactions: GOVERNANCE_TRANSACTIONS, shardCounts: SHARD_COUNTS };
      const { transactions, kinds } = checkEquivalence({ ...options, isOfGovernance: true });
      return `${transactions} transactions of ${kinds.size} kinds`;
    },
  },
  ...COMMITTEE_SCENARIOS.map(({ name, about, run }) => ({
    name,
    about,
    run: (seed: number) => {
      run(seed);
      return 'held';
    },
  })),
  {
    name: 'chains/serial-order',
    about: 'some order explains what two users and two contracts on three shards did at once',
    run: (seed) => `explained by the order ${explainHistory(seed).join(' ')}`,
  },
  {
    name: 'chains/leases',
    about: 'users and the owner of a contract elsewhere use the same RAM, with crashes',
    run: (seed) => `history ${runLending({ seed, crashesPerSecond: 3 })}`,
  },
  ...BFT_SCENARIOS.map(({ name, about }) => ({
    name,
    about,
    run: (seed: number) => {
      const { events, finalHeight } = runBftScenario(name, seed);
      return `${events} events, ${finalHeight} final blocks`;
    },
  })),
];

function runTwice(name: string, seed: number): string {
  const first = runChainsScenario(name, seed);
  const second = runChainsScenario(name, seed);
  if (first.digest !== second.digest) {
    throw new Error(`the second run has another history: ${first.digest}, ${second.digest}`);
  }
  const { events, crashes, transactions, ran } = first;
  return `${events} events, ${crashes} crashes, ${ran} of ${transactions} transactions ran`;
}

/** Those whose name is or begins with `name`; without one, all but the long ones. */
export function scenariosNamed(name: string | undefined): readonly Scenario[] {
  if (name === undefined) return SCENARIOS.filter(({ isLong }) => isLong !== true);
  const exact = SCENARIOS.filter((scenario) => scenario.name === name);
  if (exact.length > 0) return exact;
  const prefix = name.endsWith('/') ? name : `${name}/`;
  return SCENARIOS.filter((each) => each.name.startsWith(prefix) && each.isLong !== true);
}
