/**
 * Seeded bugs of elections and handovers. Each must be caught by a scenario: that is how we know that
 * the scenarios bite. The edits are made to the sources on their way into the engine.
 */

import { mutantValidator } from '../chains/mutant-core.ts';
import type { Edit } from '../mutant-loader.ts';
import { COMMITTEE_SCENARIOS } from './scenarios.ts';

export type CommitteeMutation = {
  readonly name: string;
  readonly edits: readonly Edit[];
  readonly scenario: string;
};

export const COMMITTEE_MUTATIONS: readonly CommitteeMutation[] = [
  {
    name: 'ties-decided-the-other-way',
    scenario: 'servi/ties-and-cap',
    edits: [
      {
        file: 'pob/election.ts',
        find: 'return left.registration - right.registration;',
        replace: 'return right.registration - left.registration;',
      },
    ],
  },
  {
    name: 'servi-without-a-cap',
    scenario: 'servi/ties-and-cap',
    edits: [{ file: 'pob/election.ts', find: 'after < cap ? after : cap', replace: 'after' }],
  },
  {
    name: 'seats-for-nothing',
    scenario: 'servi/elections',
    edits: [
      {
        file: 'pob/election.ts',
        find: 'serviOf(awarded, account) - price',
        replace: 'serviOf(awarded, account)',
      },
    ],
  },
  {
    name: 'committee-in-another-order',
    scenario: 'servi/elections',
    edits: [
      {
        file: 'pob/election.ts',
        find: 'committee: seats.map(({ account }) => account), price',
        replace: 'committee: seats.map(({ account }) => account).sort(), price',
      },
    ],
  },
  {
    name: 'heartbeat-missed-too-late',
    scenario: 'servi/silence',
    edits: [
      {
        file: 'pob/penalties.ts',
        find: 'period - heardIn >= policy.heartbeatPeriods',
        replace: 'period - heardIn > policy.heartbeatPeriods',
      },
    ],
  },
  {
    name: 'the-dead-keep-their-candidacy',
    scenario: 'servi/dead-member',
    edits: [{ file: 'pob/penalties.ts', find: 'blocks === 0', replace: 'turns < 0' }],
  },
  {
    name: 'votes-of-the-dead-stay',
    scenario: 'servi/dead-member',
    edits: [
      {
        file: 'pob/forfeits.ts',
        find: 'table.forfeit(environment, account);',
        replace: '',
      },
    ],
  },
  {
    name: 'committees-of-three',
    scenario: 'servi/too-few',
    edits: [
      {
        file: 'pob/policy.ts',
        find: 'export const COMMITTEE_MIN = 4;',
        replace: 'export const COMMITTEE_MIN = 1;',
      },
    ],
  },
  {
    name: 'old-committee-goes-on',
    scenario: 'handover/losses',
    edits: [
      {
        file: 'shard/running-epoch.ts',
        find: 'return height > this.#closing;',
        replace: 'return height > this.#closing + 1;',
      },
    ],
  },
  {
    name: 'answers-of-the-disk-to-an-old-instance',
    scenario: 'handover/restarts',
    edits: [
      {
        file: 'shard/epoch-consensus.ts',
        find: 'return { ...event, token: event.token - this.#tokensBefore };',
        replace: 'return event;',
      },
    ],
  },
  {
    name: 'votes-of-another-epoch-restored',
    scenario: 'handover/restarts',
    edits: [
      {
        file: 'shard/epoch-consensus.ts',
        find: 'String(group.epoch).padStart',
        replace: 'String(0).padStart',
      },
    ],
  },
  {
    name: 'stake-of-a-liar-stays',
    scenario: 'court/equivocator',
    edits: [
      {
        file: 'pob/forfeits.ts',
        find: 'table.slash(environment, account, reporter)',
        replace: 'table.forfeit(environment, account)',
      },
    ],
  },
  {
    name: 'forged-evidence-is-believed',
    scenario: 'court/equivocator',
    edits: [
      {
        file: 'pob/slashing.ts',
        find: '|| !verifyEvidence(group, evidence, verifyValidatorSignature)',
        replace: '',
      },
    ],
  },
  {
    name: 'evidence-of-shards-does-not-travel',
    scenario: 'court/equivocator',
    edits: [
      {
        file: 'shard/chain.ts',
        find: 'if (this.chain !== ROOT_CHAIN || !this.#parts.evidence.add(evidence)) return;',
        replace: 'return;',
      },
    ],
  },
  {
    name: 'votes-again-without-a-log',
    scenario: 'handover/wiped-disk',
    edits: [
      {
        file: 'shard/vote-right.ts',
        find: 'const isSafe = this.#memberCount === 1',
        replace: 'const isSafe = this.#memberCount > 0',
      },
    ],
  },
  {
    name: 'two-thirds-of-the-votes-are-enough',
    scenario: 'checkpoints/without-a-third',
    edits: [
      {
        file: 'pob/electorate.ts',
        find: '3n * weight > 2n * this.weight',
        replace: '3n * weight >= 2n * this.weight',
      },
    ],
  },
  {
    name: 'checkpoints-final-without-the-next',
    scenario: 'checkpoints/without-a-third',
    edits: [
      {
        file: 'pob/checkpoint-state.ts',
        find: 'target.height - source.height === periodBlocks',
        replace: 'target.height > source.height',
      },
    ],
  },
  {
    name: 'checkpoint-votes-are-counted-by-heads',
    scenario: 'checkpoints/without-a-third',
    edits: [
      {
        file: 'pob/checkpoint-state.ts',
        find: 'weight: BigInt(votes)',
        replace: 'weight: BigInt(votes.length > 0)',
      },
    ],
  },
  {
    name: 'two-votes-for-one-period',
    scenario: 'checkpoints/liar',
    edits: [
      {
        file: 'shard/checkpoint-votes.ts',
        find: 'return encodeCheckpointEvidence({ first, second: vote });',
        replace: 'return undefined;',
      },
    ],
  },
  {
    name: 'forged-evidence-of-checkpoint-votes',
    scenario: 'checkpoints/liar',
    edits: [
      {
        file: 'pob/checkpoint-evidence.ts',
        find: 'verifyValidatorSignature(vote.key, linkDigest(chainId, vote), vote.signature),',
        replace: 'vote.signature.length > 0 && chainId > 0,',
      },
    ],
  },
  {
    name: 'history-against-a-checkpoint',
    scenario: 'checkpoints/another-history',
    edits: [
      {
        file: 'sync/header-chain.ts',
        find: 'anchor !== undefined && !isSame(anchor, hash)',
        replace: 'anchor !== undefined && anchor.length === 0',
      },
    ],
  },
  {
    name: 'blocks-before-the-checkpoint-is-known',
    scenario: 'checkpoints/another-history',
    edits: [
      {
        file: 'sync/chain-sync.ts',
        find: 'if (this.#anchor.isAwaited || this.#isLeading) return false;',
        replace: '',
      },
      { file: 'sync/chain-sync.ts', find: 'if (this.#anchor.isAwaited) return;', replace: '' },
      { file: 'sync/chain-sync.ts', find: 'if (this.#isLeading) return;', replace: '' },
    ],
  },
  {
    name: 'dust-of-rewards-is-lost',
    scenario: 'rewards/blocks-25-votes-50',
    edits: [
      {
        file: 'pob/rewards.ts',
        find: 'released + dustBefore',
        replace: 'released + 0n * dustBefore',
      },
    ],
  },
  {
    name: 'the-other-split-of-rewards',
    scenario: 'rewards/blocks-25-votes-25',
    edits: [
      {
        file: 'pob/rewards.ts',
        find: 'REWARD_SPLITS[policy.split]',
        replace: "REWARD_SPLITS['s1-25-50-25']",
      },
    ],
  },
  {
    name: 'rewards-withdrawn-again-and-again',
    scenario: 'rewards/blocks-25-votes-50',
    edits: [
      {
        file: 'ledger/native/pob-contract.ts',
        find: '    clearReward(host.state, account);\n',
        replace: '',
      },
    ],
  },
];

const SEEDS = 3;

/** The first seed that catches the mutation and how; `undefined` if none does. */
export async function catchCommitteeMutation({
  name,
  edits,
  scenario,
}: CommitteeMutation): Promise<{ readonly seed: number; readonly by: string } | undefined> {
  const core = await mutantValidator(`committee-${name}`, edits);
  const run = COMMITTEE_SCENARIOS.find((each) => each.name === scenario)?.run;
  if (run === undefined) throw new Error(`there is no scenario ${scenario}`);
  for (let seed = 1; seed <= SEEDS; seed++) {
    try {
      run(seed, core);
    } catch (error) {
      const [by = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
      return { seed, by };
    }
  }
  return undefined;
}
