/**
 * Rounds of transactions that do not depend on each other: no two of a round touch the same account,
 * token or market. So their order within a round means nothing, and what they come to must not
 * depend on how many shards there are. A function of the seed.
 */

import { Prng } from '../../prng.ts';
import { SimClient, type SimTransaction } from '../sim-client.ts';
import { START_MS } from '../sim-network.ts';
import { ACCOUNT_DRAWS } from './account-drafts.ts';
import { CONTRACT_DRAWS, PUBLISH_DRAWS } from './contract-drafts.ts';
import type { Draft } from './draft.ts';
import { FOREIGN_DRAWS } from './foreign-drafts.ts';
import { GOVERNANCE_DRAWS } from './governance-drafts.ts';
import { ADMIN_KEY, GASLESS, keyOf, NARROW, PENNILESS, RICH } from './mixed-accounts.ts';
import { PLAIN_DRAWS } from './plain-drafts.ts';
import { tokenDraws } from './token-drafts.ts';
import { WorldModel } from './world-model.ts';

/** RAM grows every ten minutes: exactly between two rounds, so no purchase is near the moment. */
export const ROUND_MS = 8000;
/** Tries after which a round is full. */
const MISSES_MAX = 40;
const PER_ROUND_MAX = 60;
const FIRST_CONTRACTS = 24;

export type Planned = {
  readonly kind: string;
  readonly transaction: SimTransaction;
  readonly id: Uint8Array;
  /** Full encoding, the same for every run. */
  readonly bytes: Uint8Array;
};

export type Plan = {
  readonly rounds: readonly (readonly Planned[])[];
};

export type PlanOptions = {
  readonly seed: number;
  readonly transactions: number;
  /** User contracts, and what needs state of other shards. */
  readonly isOfContracts?: boolean;
  /** Producers, votes and bonuses. Without either it is everything else. */
  readonly isOfGovernance?: boolean;
};

export function planRounds(options: PlanOptions): Plan {
  const world = new WorldModel(new Prng(options.seed, 3));
  for (const id of [...RICH, ...PENNILESS, ...GASLESS, ...NARROW]) world.keys.set(id, keyOf(id));
  world.keys.set('admin', ADMIN_KEY);
  const rounds: Planned[][] = [];
  const startOf = (ahead: number): number => START_MS + (rounds.length + ahead) * ROUND_MS;
  const clock = {
    get nowMs() {
      return startOf(0);
    },
  };
  const client = new SimClient(clock, 1, world.keys);
  const mixed = [PLAIN_DRAWS, PLAIN_DRAWS, tokenDraws(startOf), ACCOUNT_DRAWS, FOREIGN_DRAWS];
  const { isOfContracts = false, isOfGovernance = false } = options;
  const ofContracts = [CONTRACT_DRAWS, CONTRACT_DRAWS, FOREIGN_DRAWS];
  const groups = isOfContracts ? ofContracts : isOfGovernance ? GOVERNANCE_DRAWS : mixed;
  for (let left = options.transactions; left > 0; left -= rounds.at(-1)?.length ?? 0) {
    const countMax = Math.min(left, PER_ROUND_MAX);
    // Contracts are there to be called before there is much to be called by.
    const drafts =
      isOfContracts && rounds.length === 0
        ? drawRound(world, [PUBLISH_DRAWS], Math.min(countMax, FIRST_CONTRACTS))
        : drawRound(world, groups, countMax);
    const round = drafts.map(({ kind, transaction }) => {
      const { id, bytes } = client.next(transaction);
      return { kind, transaction, id, bytes };
    });
    for (const [index, { learn }] of drafts.entries()) learn?.((round[index] as Planned).id);
    rounds.push(round);
  }
  return { rounds };
}

type Draws = readonly ((world: WorldModel) => Draft | undefined)[];

function drawRound(world: WorldModel, groups: readonly Draws[], countMax: number): Draft[] {
  const round: Draft[] = [];
  const names = new RoundNames(world);
  for (let misses = 0; round.length < countMax && misses < MISSES_MAX; ) {
    const draft = world.pick(world.pick(groups))(world);
    if (draft === undefined || !names.add(draft)) {
      misses += 1;
      continue;
    }
    round.push(draft);
  }
  return round;
}

/** What the drafts of a round read and write, so that no two of them depend on each other. */
class RoundNames {
  readonly #world: WorldModel;
  readonly #touched = new Set<string>();
  /** Accounts whose permissions are edited. */
  readonly #edited = new Set<string>();
  /** Accounts whose permissions others rest on, which many may do at once. */
  readonly #restedOn = new Set<string>();

  constructor(world: WorldModel) {
    this.#world = world;
  }

  /** False, and nothing added, if the draft depends on one that is there. */
  add({ touches, transaction }: Draft): boolean {
    const restsOn = this.#world.deputiesOf(touches);
    const edits = editedBy(transaction);
    if (touches.some((name) => this.#touched.has(name))) return false;
    if (restsOn.some((name) => this.#edited.has(name))) return false;
    if (edits.some((name) => this.#restedOn.has(name))) return false;
    for (const name of touches) this.#touched.add(name);
    for (const name of restsOn) this.#restedOn.add(name);
    for (const name of edits) this.#edited.add(name);
    return true;
  }
}

function editedBy({ actions }: SimTransaction): readonly string[] {
  const edits = actions.filter(({ contract }) => contract === 'auth.iost');
  return edits.map(({ data }) => String((JSON.parse(data) as unknown[])[0]));
}
