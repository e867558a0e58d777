/** The named scenarios `chains/*`: what is loaded, bounded and broken while the invariants are held. */

import type { ChannelMessage } from '#core/atomix/message.ts';
import { readGenesis } from '#test/support/genesis.ts';
import { Prng } from '../prng.ts';
import { type HostileRelay, LockForger, Replayer } from './hostile-relay.ts';
import { type ChainsOutcome, type ChainsRun, runChains } from './run-chains.ts';
import type { SimCore } from './sim-network.ts';

export type ChainsScenario = {
  readonly name: string;
  readonly about: string;
  readonly plan: (seed: number) => ChainsRun;
};

/** 1 to 8 shards, as the seed has it. */
function ordinary(seed: number): ChainsRun {
  const shards = new Prng(seed, 2).between(1, 8);
  return { seed, shards, crashesPerSecond: 0, steps: 30 };
}

/** Several shards, and much that needs locks. */
function contended(seed: number): ChainsRun {
  const shards = new Prng(seed, 2).between(3, 5);
  return { ...ordinary(seed), shards, isContended: true, steps: 20 };
}

function attacked(seed: number, relay: HostileRelay): ChainsRun {
  return { ...contended(seed), network: { relay } };
}

function replayer(seed: number, kinds: readonly ChannelMessage['kind'][]): HostileRelay {
  return new Replayer(kinds, new Prng(seed, 8));
}

export const CHAINS_SCENARIOS: readonly ChainsScenario[] = [
  {
    name: 'chains/calm',
    about: 'random load on 1 to 8 shards, nothing breaks',
    plan: ordinary,
  },
  {
    name: 'chains/crashes',
    about: 'chains crash between any two effects, 3 times a second',
    plan: (seed) => ({ ...ordinary(seed), crashesPerSecond: 3 }),
  },
  {
    name: 'chains/crash-storm',
    about: 'chains crash 20 times a second and hardly get anything done',
    plan: (seed) => ({ ...ordinary(seed), crashesPerSecond: 20 }),
  },
  {
    name: 'chains/narrow',
    about: 'blocks, outboxes and channel windows hold next to nothing',
    plan: (seed) => ({
      ...ordinary(seed),
      crashesPerSecond: 1,
      network: {
        limits: { gasMax: 500_000n, outboxBytesMax: 700 },
        window: { messagesMax: 4, bytesMax: 4096 },
      },
    }),
  },
  {
    name: 'chains/contended',
    about: 'four accounts act for each other, so that runs fight for the same locks, with crashes',
    plan: (seed) => ({ ...ordinary(seed), crashesPerSecond: 1, isContended: true }),
  },
  {
    name: 'chains/resubmit',
    about: 'clients send the same transaction again, before and after it ran, with crashes between',
    plan: (seed) => ({ ...ordinary(seed), crashesPerSecond: 3, resubmits: true }),
  },
  {
    name: 'atomix/replayed-votes',
    about: 'answers to lock requests are delivered again, late, renumbered, to the wrong chain',
    plan: (seed) => attacked(seed, replayer(seed, ['grant', 'refuse'])),
  },
  {
    name: 'atomix/replayed-decisions',
    about: 'so are decisions, settlements, credits and whole transactions',
    plan: (seed) => attacked(seed, replayer(seed, ['decide', 'settle', 'credit', 'exec'])),
  },
  {
    name: 'atomix/resubmitted',
    about: 'clients send transactions that failed, ran or were given up again, for new locks',
    plan: (seed) => ({ ...contended(seed), resubmits: true }),
  },
  {
    name: 'atomix/forged-locks',
    about: 'a relay asks for locks itself, in the name of a chain',
    plan: (seed) => {
      const accounts = readGenesis('dev').accounts.map(({ id }) => id);
      const { shards } = contended(seed);
      return attacked(seed, new LockForger(accounts, shards, new Prng(seed, 9)));
    },
  },
  {
    name: 'atomix/vanished-client',
    about: 'transactions expire between lock and decision, and nobody comes back for them',
    plan: (seed) => ({
      ...contended(seed),
      lifetimesMs: [100, 900],
      network: { delayMs: 300 },
    }),
  },
  {
    name: 'chains/expiry',
    about: 'transactions live for less than they need, messages take long',
    plan: (seed) => ({
      ...ordinary(seed),
      crashesPerSecond: 1,
      lifetimesMs: [30, 900],
      network: { delayMs: 400 },
    }),
  },
];

/** Runs one scenario once; throws `SimFailure` when an invariant does not hold. */
export function runChainsScenario(name: string, seed: number, core?: SimCore): ChainsOutcome {
  const scenario = CHAINS_SCENARIOS.find((candidate) => candidate.name === name);
  if (scenario === undefined) throw new Error(`there is no scenario ${name}`);
  return runChains(scenario.plan(seed), core);
}
