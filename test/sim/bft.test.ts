import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quorumOf } from '#core/chain/validator-group.ts';
import { BFT_MUTATIONS, catchMutation } from './bft/mutations.ts';
import { BFT_SCENARIOS, runBftScenario } from './bft/run-bft.ts';
import { BftWorld, type WorldSettings } from './bft/world.ts';

const DELAY = 1;
const DELTA = 4;

/** Constant delay, constant Δ, no work and no pacing: the setting of the closed forms. */
function closedForm(memberCount: number): WorldSettings {
  return {
    seed: 1,
    orders: [Array.from({ length: memberCount }, (_, index) => index)],
    blockIntervalMs: 0,
    delta: { initialMs: DELTA, minMs: DELTA, maxMs: DELTA },
    link: { delayMs: DELAY, jitterMs: 0, dropPermille: 0, duplicatePermille: 0 },
    diskMs: 0,
    buildMs: 0,
    checkMs: 0,
  };
}

function gaps(times: readonly number[]): number[] {
  return times.slice(1).map((time, index) => time - (times[index] as number));
}

test('14.3 (1): quorums', () => {
  const expected = {
    1: 1,
    4: 3,
    7: 5,
    10: 7,
    13: 9,
    16: 11,
    17: 12,
    19: 13,
    21: 15,
    22: 15,
    25: 17,
    31: 21,
    34: 23,
    40: 27,
    64: 43,
    70: 47,
    100: 67,
  };
  for (const [members, quorum] of Object.entries(expected)) {
    assert.equal(quorumOf(Number(members)), quorum);
  }
});

for (const memberCount of [4, 7, 17]) {
  test(`14.3 (2): ${memberCount} members propose every 2δ and commit after 3δ`, () => {
    const world = new BftWorld(closedForm(memberCount));
    world.start();
    world.runUntil(100);
    const built = world.nodes.flatMap((node) => node.builtAtMs).sort((a, b) => a - b);
    assert.equal(built.length, 51);
    assert.ok(gaps(built).every((gap) => gap === 2 * DELAY));
    for (const node of world.nodes) {
      const expected = built.map((time) => time + 3 * DELAY).filter((time) => time <= 100);
      assert.deepEqual(node.finalAtMs, expected);
    }
  });
}

test('14.3 (2): a crashed leader costs 2Δ+δ, and the block before it is still final after 3δ', () => {
  const world = new BftWorld(closedForm(7));
  world.start();
  world.nodes[3]?.crash('keepLog');
  world.runUntil(100);
  const built = world.nodes.flatMap((node) => node.builtAtMs).sort((a, b) => a - b);
  // Views 1 to 3 take 2δ each; view 4 is entered at 6δ and left 2Δ+δ later.
  assert.deepEqual(built.slice(0, 5), [0, 2, 4, 6 + 2 * DELTA + DELAY, 17]);
  assert.deepEqual(world.finalAtMs.slice(0, 4), [3, 5, 7, 18]);
  // From the second round on the leader is known to be silent: its view takes δ.
  const late = gaps(built).slice(12);
  assert.deepEqual(new Set(late), new Set([2 * DELAY, 3 * DELAY]));
});

test('14.3 (2): with 5 of 17 crashed, 12 blocks per 17 views', () => {
  const world = new BftWorld(closedForm(17));
  world.start();
  for (const dead of [0, 4, 5, 11, 16]) world.nodes[dead]?.crash('keepLog');
  const views: number[] = [];
  for (let time = 0; time < 600; time++) {
    world.runUntil(time);
    const status = world.nodes[1]?.statuses[0];
    views[status?.finalHeight ?? 0] = status?.finalView ?? 0;
  }
  const perRound = new Map<number, number>();
  for (const view of views.slice(1)) {
    const round = Math.floor((view - 1) / 17);
    perRound.set(round, (perRound.get(round) ?? 0) + 1);
  }
  const complete = [...perRound.values()].slice(0, -1);
  assert.ok(complete.length > 10);
  assert.ok(complete.every((count) => count === 12));
});

test('14.3 (2): with 6 of 17 crashed no block becomes final, and one that returns sets it going', () => {
  const world = new BftWorld(closedForm(17));
  world.start();
  for (const dead of [0, 4, 5, 8, 11, 16]) world.nodes[dead]?.crash('keepLog');
  world.runUntil(5000);
  assert.deepEqual(world.finalAtMs, []);
  world.nodes[8]?.start();
  world.runUntil(5200);
  assert.ok(world.finalAtMs.length > 20);
});

for (const { name } of BFT_SCENARIOS) {
  test(`${name}: invariants hold, and equal seeds give equal histories`, () => {
    const runs = [1, 2].map((seed) => runBftScenario(name, seed));
    assert.notEqual(runs[0]?.digest, runs[1]?.digest);
  });
}

test('members that contradict themselves are proven guilty', () => {
  const run = { isRunOnce: true };
  const runs = [1, 2, 3, 4].map((seed) => runBftScenario('bft/equivocating-leader', seed, run));
  assert.ok(runs.every((one) => one.guiltyCount > 0));
});

for (const mutation of BFT_MUTATIONS) {
  test(`seeded bug: ${mutation.name} is caught`, async () => {
    const caught = await catchMutation(mutation);
    assert.ok(caught !== undefined, `survived ${mutation.scenario}`);
  });
}
