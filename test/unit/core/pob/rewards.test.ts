/**
 * Goal: E1, nothing of what is released is lost or made up (protocol.md §12.3).
 * Method: properties over random histories; exact values for the published splits.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { distribute, releasedIn, rewardsOf } from '#core/pob/rewards.ts';

const IOST = 100_000_000n;
const DEFAULT_REWARDS = rewardsOf({ pool: 840_000_000 });

test('the pool of 840 M splits as the articles say (closed form 10)', () => {
  const node = { account: 'n', blocks: 1n, votes: 0n, contribution: 0n };
  const pool = DEFAULT_REWARDS.pool;
  const part = (split: 's1-25-50-25' | 's4-25-25-50', of: 'blocks' | 'votes' | 'contribution') => {
    const work = { ...node, blocks: 0n, [of]: 1n };
    const [reward] = distribute(pool, 0n, [work], { split, voterShareBps: 5000n }).rewards;
    return ((reward?.own ?? 0n) + (reward?.voters ?? 0n)) / IOST / 1_000_000n;
  };
  assert.deepEqual(
    (['blocks', 'votes', 'contribution'] as const).map((of) => part('s1-25-50-25', of)),
    [210n, 420n, 210n],
  );
  assert.deepEqual(
    (['blocks', 'votes', 'contribution'] as const).map((of) => part('s4-25-25-50', of)),
    [210n, 210n, 420n],
  );
});

test('1 % of 21 G a year at two blocks a second is 3.3295 IOST a block', () => {
  assert.equal((21_000_000_000n * IOST) / 100n / 63_072_000n, 332_952_815n);
});

test('all periods together release the pool', () => {
  const policy = { ...DEFAULT_REWARDS, pool: 1_000_003n, periods: 97n };
  let sum = 0n;
  for (let period = 0n; period < 120n; period++) sum += releasedIn(period, policy);
  assert.equal(sum, policy.pool);
});

test('block rewards stay with the node, of the rest voters get half', () => {
  const nodes = [
    { account: 'a', blocks: 3n, votes: 30n, contribution: 0n },
    { account: 'b', blocks: 1n, votes: 10n, contribution: 5n },
  ];
  const policy = { split: 's1-25-50-25', voterShareBps: 5000n } as const;
  const { rewards, dust } = distribute(1600n, 0n, nodes, policy);
  assert.deepEqual(rewards, [
    { account: 'a', own: 300n + 300n, voters: 300n },
    { account: 'b', own: 100n + 300n, voters: 300n },
  ]);
  assert.equal(dust, 0n);
});

const work = fc.record({
  blocks: fc.bigInt(0n, 100n),
  votes: fc.bigInt(0n, 10n ** 12n),
  contribution: fc.bigInt(0n, 50n),
});

test('E1: over any history, released = paid + dust', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ released: fc.bigInt(0n, 10n ** 15n), nodes: fc.array(work) })),
      fc.constantFrom('s1-25-50-25', 's4-25-25-50'),
      (periods, split) => {
        let dust = 0n;
        let released = 0n;
        let paid = 0n;
        for (const period of periods) {
          const nodes = period.nodes.map((each, index) => ({ account: `n${index}`, ...each }));
          const payout = distribute(period.released, dust, nodes, { split, voterShareBps: 5000n });
          dust = payout.dust;
          released += period.released;
          for (const { own, voters } of payout.rewards) {
            assert.ok(own >= 0n && voters >= 0n);
            paid += own + voters;
          }
          assert.equal(paid + dust, released);
        }
      },
    ),
  );
});
