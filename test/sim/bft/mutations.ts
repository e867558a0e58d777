/**
 * Seeded bugs of the BFT module. Each must be caught by the scenarios: that is how we know that the
 * invariants bite (protocol.md §14.0).
 */

import type { Simplex } from '#core/bft/simplex.ts';
import { type Edit, importMutant } from '../mutant-loader.ts';
import { runBftScenario } from './run-bft.ts';

export type Mutation = {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** Where it shows. */
  readonly scenario: string;
};

export const BFT_MUTATIONS: readonly Mutation[] = [
  {
    name: 'quorum-too-small',
    scenario: 'bft/equivocating-leader',
    edits: [
      {
        file: 'chain/validator-group.ts',
        find: 'return memberCount - Math.floor((memberCount - 1) / 3);',
        replace: 'return memberCount - Math.floor((memberCount - 1) / 3) - 1;',
      },
    ],
  },
  {
    name: 'quorum-of-2f-and-1',
    scenario: 'bft/silent-5-of-17',
    edits: [
      {
        file: 'chain/validator-group.ts',
        find: 'return memberCount - Math.floor((memberCount - 1) / 3);',
        replace: 'return 2 * Math.floor((memberCount - 1) / 3) + 1;',
      },
    ],
  },
  {
    name: 'votes-leave-before-they-are-durable',
    scenario: 'bft/wal-crash',
    edits: [
      {
        file: 'bft/simplex.ts',
        find: 'this.#log.addVotes(view, Object.values(own), vote);',
        replace: 'this.#log.addVotes(view, Object.values(own), vote); this.#broadcast(vote);',
      },
    ],
  },
  {
    name: 'votes-forgotten-at-restart',
    scenario: 'bft/wal-crash',
    edits: [
      {
        file: 'bft/simplex.ts',
        find: 'for (const vote of logged.votes) state.own[vote.kind] = vote;',
        replace: '',
      },
    ],
  },
  {
    name: 'records-dropped-too-early',
    scenario: 'bft/wal-crash',
    edits: [
      {
        file: 'bft/finality.ts',
        find: 'belowKey: keyOfView(final.view) });',
        replace: 'belowKey: keyOfView(final.view + 64) });',
      },
    ],
  },
  {
    name: 'finalize-after-nullify',
    scenario: 'bft/late-certificates',
    edits: [
      {
        file: 'bft/simplex.ts',
        find: 'isOpen && own.nullify === undefined && own.finalize',
        replace: 'isOpen && own.finalize',
      },
      {
        file: 'bft/simplex.ts',
        find: "assert(kind !== 'finalize' || own.nullify === undefined, 'no finalize after nullify');",
        replace: '',
      },
    ],
  },
  {
    name: 'no-parent-nullification-check',
    scenario: 'bft/skipping-leader',
    edits: [
      {
        file: 'bft/simplex.ts',
        find: 'if (!table.areNullifiedBetween(parentView, view)) return false;',
        replace: '',
      },
    ],
  },
  {
    name: 'vote-signatures-unchecked',
    scenario: 'bft/garbage',
    edits: [
      {
        file: 'bft/message-gate.ts',
        find: 'if (!this.#verify(publicKey, digest, vote.signature)) {',
        replace: 'if (digest.length === 0) {',
      },
    ],
  },
  {
    name: 'certificate-signatures-unchecked',
    scenario: 'bft/garbage',
    edits: [
      {
        file: 'chain/certificate.ts',
        find: 'isKnown(member, signature) || verify(',
        replace: 'signature.length > 0 || verify(',
      },
    ],
  },
  {
    name: 'blocks-not-logged',
    scenario: 'bft/restart-all',
    edits: [
      {
        file: 'bft/vote-log.ts',
        find: 'this.#put({ key: keyOf(proposal.view, BLOCK), value: encodeMessage(proposal) });',
        replace: '',
      },
    ],
  },
  {
    name: 'silent-leader-waited-for',
    scenario: 'bft/silent-5-of-17',
    edits: [
      {
        file: 'bft/simplex.ts',
        find: "this.#castVote(state, 'nullify', undefined);",
        replace: '',
      },
    ],
  },
  {
    name: 'nothing-said-twice',
    scenario: 'bft/partition-9-8',
    edits: [
      {
        file: 'bft/simplex.ts',
        find: 'for (const message of messagesToRepeat(group, member, this.#table, this.#view)) {',
        replace:
          'for (const message of messagesToRepeat(group, member, this.#table, this.#view).slice(99)) {',
      },
    ],
  },
  {
    name: 'fetches-not-answered',
    scenario: 'bft/withheld-body',
    edits: [
      {
        file: 'bft/fetcher.ts',
        find: 'if (isNothing && fetch.wants.length > 0) return;',
        replace: 'if (certificates.length + proposals.length >= 0) return;',
      },
    ],
  },
  {
    name: 'final-blocks-newest-first',
    scenario: 'bft/late-certificates',
    edits: [
      {
        file: 'bft/view-table.ts',
        find: 'return { chain: chain.reverse(), missing: undefined, fork: false };',
        replace: 'return { chain, missing: undefined, fork: false };',
      },
    ],
  },
  {
    name: 'honest-members-accused',
    scenario: 'bft/late-certificates',
    edits: [
      {
        file: 'bft/evidence.ts',
        find: "return first.kind !== 'notarize' && second.kind !== 'notarize';",
        replace: 'return true;',
      },
    ],
  },
  {
    name: 'any-block-time-accepted',
    scenario: 'bft/clock-off',
    edits: [
      {
        file: 'bft/block-time.ts',
        find: 'export const CLOCK_SKEW_MS = 5000;',
        replace: 'export const CLOCK_SKEW_MS = 5_000_000;',
      },
    ],
  },
  {
    name: 'child-executed-before-its-parent',
    scenario: 'bft/withheld-body',
    edits: [
      {
        file: 'bft/finality.ts',
        find: "if (candidate.status !== 'received' || !this.#table.isParentReady(candidate)) return;",
        replace: "if (candidate.status !== 'received') return;",
      },
    ],
  },
  {
    name: 'leader-proposes-again-after-a-crash',
    scenario: 'bft/wal-crash',
    edits: [
      {
        file: 'bft/simplex.ts',
        find: 'if (own?.notarize !== undefined || own?.nullify !== undefined) return;',
        replace:
          'if (own?.nullify !== undefined) return; if (own !== undefined) delete own.notarize;',
      },
    ],
  },
];

/** Seeds to try before a mutation counts as survived. */
const SEEDS = 40;

/** The first seed that catches the mutation and how; `undefined` if none does. */
export async function catchMutation(
  mutation: Mutation,
): Promise<{ readonly seed: number; readonly by: string } | undefined> {
  const module = await importMutant(mutation.name, mutation.edits, 'bft/simplex.ts');
  const { Simplex: Machine } = module as { readonly Simplex: typeof Simplex };
  for (let seed = 1; seed <= SEEDS; seed++) {
    try {
      runBftScenario(mutation.scenario, seed, { Machine, isRunOnce: true });
    } catch (error) {
      return {
        seed,
        by: error instanceof Error ? `${error.name} ${error.message}` : String(error),
      };
    }
  }
  return undefined;
}
