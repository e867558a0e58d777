/**
 * Serialisability of small histories (protocol.md §14.1, A7): two users and two contracts on three
 * shards, a few transactions at once that read and write the same things. What the network made of
 * them must be what some order, one after the other, makes of them on a ledger that holds everything.
 */

import { hexOf } from '#core/crypto/hex.ts';
import { ShardMap } from '#core/eds/shard-map.ts';
import { publishedId } from '#core/ledger/published-id.ts';
import { Prng } from '../prng.ts';
import { shopText } from './equivalence/contract-source.ts';
import { keyOf, RICH } from './equivalence/mixed-accounts.ts';
import { runOnShards } from './equivalence/network-run.ts';
import { comparableReceipt, type RunOutcome } from './equivalence/outcomes.ts';
import { type Plan, type Planned, ROUND_MS } from './equivalence/rounds.ts';
import { runWhole } from './equivalence/whole-run.ts';
import { call, SimClient, type SimTransaction } from './sim-client.ts';
import { type SimCore, START_MS } from './sim-network.ts';

const SHARDS = 3;
const AT_ONCE = 4;
const GAS = 900_000_00n;

/** The order that explains the history of this seed; throws where there is none. */
export function explainHistory(seed: number, core?: SimCore): readonly number[] {
  const { setUp, atOnce } = drawHistory(seed);
  const network = runOnShards({ rounds: [setUp, atOnce] }, { shards: SHARDS, seed, core });
  const found = describe({ rounds: [setUp, atOnce] }, network);
  for (const order of permutations(atOnce.length)) {
    const plan: Plan = { rounds: [setUp, order.map((index) => atOnce[index] as Planned)] };
    if (describe(plan, runWhole(plan)) === found) return order;
  }
  const actions = atOnce.map(({ transaction }) => JSON.stringify(transaction.actions));
  throw new Error(`no order explains\n${actions.join('\n')}\n${found}`);
}

type History = { readonly setUp: readonly Planned[]; readonly atOnce: readonly Planned[] };

function drawHistory(seed: number): History {
  const random = new Prng(seed, 6);
  const map = ShardMap.balanced(SHARDS);
  const [one, two] = [0, 1].map((shard) =>
    random.pick(RICH.filter((id) => map.shardOfAccount(id) === shard)),
  ) as [string, string];
  const owner = random.pick(RICH.filter((id) => id !== one && id !== two));
  const keys = new Map(RICH.map((id) => [id, keyOf(id)]));
  const clock = { nowMs: START_MS };
  const client = new SimClient(clock, SHARDS, keys);
  const plan = (transaction: SimTransaction): Planned => {
    const { id, bytes } = client.next(transaction);
    return { kind: '', transaction, id, bytes };
  };
  const setUp = ['first', 'second'].map((name) =>
    plan({
      publisher: owner,
      gasLimit: 2_000_000_00n,
      actions: [call('system.iost', 'setCode', shopText(name))],
    }),
  );
  clock.nowMs += ROUND_MS;
  const shops = setUp.map(({ id }) => publishedId(id)) as [string, string];
  const atOnce = Array.from({ length: AT_ONCE }, () => {
    const [user, other] = random.shuffled([one, two]) as [string, string];
    const [shop, another] = random.shuffled(shops) as [string, string];
    const actions = [drawAction(random, { user, other, shop, another })];
    return plan({ publisher: user, gasLimit: GAS, actions });
  });
  return { setUp, atOnce };
}

type Names = {
  readonly user: string;
  readonly other: string;
  readonly shop: string;
  readonly another: string;
};

function drawAction(random: Prng, { user, other, shop, another }: Names) {
  // Another text each time, so that who reads it tells whose it was.
  const text = `${user} ${random.below(1000)}`;
  switch (random.below(14)) {
    case 0:
      return call(shop, 'put', 'red', text);
    case 1:
    case 2:
      return call(shop, 'copy', another, 'red');
    case 3:
      return call(shop, 'visit', [another], 'red', random.pick(['done', 'throw']));
    case 4:
      return call(shop, 'deposit', user, '3');
    case 5:
      return call(shop, 'balance', random.pick([shop, another, user, other]));
    case 6:
      return call(shop, 'bargain', user, '2', another, '1');
    case 7:
    case 8:
      return call(shop, 'weigh', random.pick([user, other]), random.pick([shop, another]));
    case 9:
      return call(shop, 'weigh', user, other);
    case 10:
      return call(shop, 'deposit', user, '4');
    case 11:
    case 12:
      return call(shop, 'relay', another, 'put', ['red', text]);
    default:
      return call('token.iost', 'transfer', 'iost', user, other, '5', '');
  }
}

/** Receipts by transaction and the state that came of them, as one text. */
function describe(plan: Plan, outcome: RunOutcome): string {
  const receipts = plan.rounds
    .flat()
    .map(({ id }, index) => `${hexOf(id)} ${comparableReceipt(outcome.receipts[index])}`)
    .sort();
  const state = [...outcome.state].map(([key, value]) => `${key} ${value}`).sort();
  return [...receipts, ...state].join('\n');
}

function* permutations(count: number): Iterable<readonly number[]> {
  if (count === 0) {
    yield [];
    return;
  }
  for (const rest of permutations(count - 1)) {
    for (let at = rest.length; at >= 0; at--) yield rest.toSpliced(at, 0, count - 1);
  }
}
