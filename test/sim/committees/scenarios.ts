/**
 * What committees have to live through (protocol.md §14.2, `servi/*` and the handovers). Each scenario
 * throws where the network does not do what it must; any evidence or halt throws by itself, since
 * all validators here are honest.
 */

import { strict as assert } from 'node:assert';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { readReward, readRewardTotals } from '#core/pob/reward-state.ts';
import { modelElection } from '#test/unit/core/pob/servi-model.ts';
import { answerFromDisk, type ValidatorCore } from '../validators/validator-network.ts';
import { CommitteeScene, PERIOD_BLOCKS } from './committee-scene.ts';

export type CommitteeScenario = {
  readonly name: string;
  readonly about: string;
  readonly run: (seed: number, core?: ValidatorCore) => void;
};

const UNITS = 100_000_000n;
const name = (index: number): string => `witness_${index}`;

/** Committees and balances of every period against the independent model. */
function elections(seed: number, core?: ValidatorCore): void {
  const votes = [9000, 5000, 7000, 4000, 6000, 3000];
  const scene = new CommitteeScene({ seed, votes, policy: { committeeSize: 4 }, core });
  const cap = 10 * votes.reduce((sum, each) => sum + each, 0);
  let balances = votes.map(() => 0);
  for (let period = 1; period <= 5; period++) {
    scene.runUntil(period);
    const expected = modelElection(votes, balances, 4, cap);
    assert.deepEqual(scene.committee(), expected.seats.map(name), `committee of period ${period}`);
    for (const [index, balance] of expected.servi.entries()) {
      assert.equal(scene.servi(name(index)), BigInt(balance) * UNITS, `Servi of ${name(index)}`);
    }
    balances = [...expected.servi];
  }
  scene.network.run(2000);
  scene.assertSound();
  if (core === undefined) scene.assertReplays();
  for (const validator of votes.keys()) {
    const behind = scene.rootHeight() - scene.network.height(validator, ROOT_CHAIN);
    assert.ok(behind <= 3, `validator ${validator} follows, in the committee or not: ${behind}`);
  }
}

/** Equal votes: who registered first is seated, and the cap of ten times all votes holds. */
function tiesAndCap(seed: number, core?: ValidatorCore): void {
  const votes = [5000, 5000, 5000, 5000, 5000];
  const policy = { committeeSize: 4, serviCapFactor: 0 };
  const scene = new CommitteeScene({ seed, votes, policy, core });
  scene.runUntil(2);
  // With a cap of 0 nobody has any Servi, so the order of registration decides for ever.
  assert.deepEqual(scene.committee(), [0, 1, 2, 3].map(name));
  assert.equal(scene.servi(name(4)), 0n);
  const free = new CommitteeScene({ seed, votes, policy: { committeeSize: 4 }, core });
  free.runUntil(2);
  assert.deepEqual(free.committee(), [4, 0, 1, 2].map(name));
  free.assertSound();
}

/** Who makes no block loses candidacy and votes, and the others go on without it. */
function deadMember(seed: number, core?: ValidatorCore): void {
  const votes = [9000, 8000, 7000, 6000, 5000];
  const scene = new CommitteeScene({ seed, votes, core });
  scene.runUntil(1);
  scene.network.stop(2);
  scene.runUntil(2);
  scene.runUntil(3, 2);
  assert.ok(!scene.committee().includes(name(2)), 'the dead has no seat');
  assert.equal(scene.committee().length, 4);
  assert.equal(scene.barredFor(name(2)), 'missedBlocks');
  assert.equal(scene.servi(name(2)), -1n, 'its Servi is gone');
  assert.ok((scene.votesOf(name(2)) ?? 0n) === 0n, 'its votes are cleared');
  for (const other of [0, 1, 3, 4]) assert.equal(scene.barredFor(name(other)), undefined);
  scene.network.start(2);
  scene.runUntil(4, 2);
  scene.network.run(3000);
  scene.assertSound();
  assert.equal(scene.standing(2), 'observer');
  assert.ok(scene.network.height(2, ROOT_CHAIN) >= scene.rootHeight() - 3, 'it follows');
}

/** The last period in which a heartbeat would have been in time, and the one after it. */
function silence(seed: number, core?: ValidatorCore): void {
  const votes = [9000, 8000, 7000, 6000, 5000];
  const scene = new CommitteeScene({ seed, votes, policy: { heartbeatPeriods: 3 }, core });
  // Candidates of period 0 are heard of in it; without heartbeats three more make them silent.
  scene.runUntil(3);
  for (const index of votes.keys()) assert.equal(scene.barredFor(name(index)), undefined);
  const before = scene.committee();
  scene.runUntil(4, 3);
  for (const index of votes.keys()) assert.equal(scene.barredFor(name(index)), 'silent');
  assert.deepEqual(scene.committee(), before, 'without candidates the committee stays');
  scene.runUntil(5);
  scene.assertSound();
}

/** A threshold that some do not exceed; fewer than four stand. */
function tooFew(seed: number, core?: ValidatorCore): void {
  const votes = [9000, 8000, 7000, 999, 999];
  const scene = new CommitteeScene({ seed, votes, core });
  scene.runUntil(2);
  assert.deepEqual(scene.committee(), [0, 1, 2, 3, 4].map(name));
  assert.equal(scene.servi(name(0)), 2n * 9000n * UNITS, 'nobody pays for what nobody gets');
  assert.equal(scene.servi(name(3)), -1n, 'too few votes');
  scene.assertSound();
}

/** The network is cut in two while the closing block is decided on, and healed later. */
function partition(seed: number, core?: ValidatorCore): void {
  const votes = [9000, 8000, 7000, 6000];
  const scene = new CommitteeScene({ seed, votes, lossPerMille: 20, core });
  scene.runUntil(1, PERIOD_BLOCKS - 1 - (seed % 2));
  for (let round = 0; round < 4; round++) {
    scene.network.cutOff([seed % 4]);
    scene.load(400 + 100 * round);
    scene.network.cutOff([(seed + 1) % 4, (seed + 2) % 4]);
    scene.load(600);
    scene.assertSound();
  }
  const stalled = scene.rootHeight();
  scene.network.cutOff([]);
  scene.runUntil(3, 2);
  assert.ok(scene.rootHeight() > stalled);
  scene.network.run(4000);
  scene.assertSound();
}

/** Two messages of five are lost whenever a committee hands over, so closing blocks are final by others. */
function lossyHandovers(seed: number, core?: ValidatorCore): void {
  const votes = [9000, 8000, 7000, 6000];
  const scene = new CommitteeScene({ seed, votes, core });
  for (let period = 1; period <= 5; period++) {
    scene.runUntil(period, PERIOD_BLOCKS - 2);
    scene.network.lossPerMille = 400;
    scene.runUntil(period + 1, 2);
    scene.network.lossPerMille = 0;
  }
  scene.network.run(2000);
  scene.assertSound();
}

/** Who is away for several periods catches up by headers of committees it did not know. */
function away(seed: number, core?: ValidatorCore): void {
  const votes = [9000, 8000, 7000, 6000, 5000];
  const scene = new CommitteeScene({ seed, votes, policy: { committeeSize: 4 }, core });
  scene.runUntil(1);
  const absent = scene.votes.findIndex((_, each) => !scene.committee().includes(name(each)));
  scene.network.stop(absent);
  scene.runUntil(3, 4);
  scene.network.start(absent);
  scene.load(6000);
  const behind = scene.rootHeight() - scene.network.height(absent, ROOT_CHAIN);
  assert.ok(behind <= 3, `it caught up but for ${behind} blocks`);
  scene.assertSound();
}

/** All stop and start again and again, also while they hand over. */
function restarts(seed: number, core?: ValidatorCore): void {
  const votes = [9000, 8000, 7000, 6000];
  const scene = new CommitteeScene({ seed, votes, core });
  for (let round = 0; round < 10; round++) {
    scene.load(700 + 170 * round);
    for (const each of votes.keys()) scene.network.stop(each);
    for (const each of votes.keys()) scene.network.start(each);
    scene.assertSound();
  }
  scene.runUntil(3, 3);
  scene.network.run(3000);
  scene.assertSound();
}

/** A member loses its disk: it finds out, sits out the period, and is back in the next. */
function wipedDisk(seed: number, core?: ValidatorCore): void {
  const votes = [9000, 8000, 7000, 6000];
  const scene = new CommitteeScene({ seed, votes, policy: { shardEpochBlocks: 60 }, core });
  scene.runUntil(1, 4);
  for (const each of votes.keys()) assert.equal(scene.standing(each), 'granted');
  scene.network.stop(1);
  scene.network.wipe(1);
  scene.network.start(1);
  scene.runUntil(1, 6);
  scene.load(400);
  assert.notEqual(scene.standing(1), 'granted', 'it has no log of the period');
  scene.runUntil(2, PERIOD_BLOCKS - 1);
  scene.network.run(2000);
  scene.runUntil(3, 6);
  assert.equal(scene.standing(1), 'granted', 'the next period began after its start');
  scene.network.run(3000);
  scene.assertSound();
}

/**
 * A member says two things about one view of a chain, to somebody who was told neither by the others:
 * everybody learns of it, and what it had is gone, once.
 */
function equivocator(seed: number, core?: ValidatorCore): void {
  const votes = [9000, 8000, 7000, 6000, 5000];
  const scene = new CommitteeScene({ seed, votes, hasLiars: true, core });
  scene.runUntil(1, 3);
  const liar = 2;
  const chain = seed % 2 === 0 ? ROOT_CHAIN : 1;
  const before = scene.supply();
  scene.forge(0, chain, [1, 3]);
  scene.lie(liar, chain, [0, 1]);
  scene.runUntil(1, 8);
  assert.ok(scene.network.evidence.length > 0, 'the lie was seen');
  assert.equal(scene.barredFor(name(liar)), 'slashed');
  assert.equal(scene.servi(name(liar)), -1n, 'its Servi is gone');
  assert.ok(scene.committee().includes(name(liar)), 'its seat stays until the handover');
  scene.runUntil(2, 3);
  assert.ok(!scene.committee().includes(name(liar)), 'it is out of the committee');
  assert.equal(scene.committee().length, 4);
  assert.equal(scene.votesOf(name(liar)) ?? 0n, 0n, 'its stake is gone');
  assert.equal(scene.supply(), before - (7000n * UNITS * 9n) / 10n, 'nine tenths are burnt');
  scene.lie(liar, chain, [3, 4]);
  scene.runUntil(3, 3);
  assert.equal(scene.supply(), before - (7000n * UNITS * 9n) / 10n, 'and not again');
  for (const other of [0, 1, 3, 4]) assert.equal(scene.barredFor(name(other)), undefined);
  scene.network.run(3000);
  scene.assertSound();
}

/** Every closing block is justified within the next period, and final within the one after. */
function checkpointsFollow(seed: number, core?: ValidatorCore): void {
  const votes = [9000, 5000, 7000, 4000, 6000, 3000];
  const policy = { committeeSize: 4 };
  const scene = new CommitteeScene({ seed, votes, policy, lossPerMille: 20, core });
  for (let period = 1; period <= 4; period++) {
    scene.runUntil(period, PERIOD_BLOCKS - 1);
    const { justified, finalized } = scene.checkpoints(0);
    assert.equal(justified, period * PERIOD_BLOCKS, `justified in period ${period}`);
    assert.equal(finalized, (period - 1) * PERIOD_BLOCKS, `final in period ${period}`);
  }
  scene.network.run(2000);
  scene.assertSound();
  if (core === undefined) scene.assertReplays();
}

/** A third of the votes is away, for good: nothing is justified until its votes do not count. */
function checkpointsWithoutAThird(seed: number, core?: ValidatorCore): void {
  const votes = [3000, 3000, 3000, 3000, 3000, 7500];
  const scene = new CommitteeScene({ seed, votes, policy: { committeeSize: 4 }, core });
  const justifiedAt = (period: number): number => {
    scene.runUntil(period, PERIOD_BLOCKS - 1);
    return scene.checkpoints(0).justified;
  };
  assert.equal(justifiedAt(2), 2 * PERIOD_BLOCKS);
  scene.network.stop(5);
  // It was a candidate when these periods began; exactly two thirds are not enough.
  assert.equal(justifiedAt(3), 2 * PERIOD_BLOCKS);
  assert.equal(justifiedAt(4), 2 * PERIOD_BLOCKS);
  assert.equal(scene.barredFor(name(5)), 'missedBlocks');
  assert.equal(justifiedAt(5), 5 * PERIOD_BLOCKS, 'a later one covers those before');
  assert.equal(scene.checkpoints(0).finalized, PERIOD_BLOCKS, 'no two in a row yet');
  assert.equal(justifiedAt(6), 6 * PERIOD_BLOCKS);
  assert.equal(scene.checkpoints(0).finalized, 5 * PERIOD_BLOCKS);
  scene.network.start(5);
  scene.load(4000);
  const missing = scene.checkpoints(0).justified - scene.checkpoints(5).justified;
  assert.ok(missing <= PERIOD_BLOCKS, 'it has caught up');
  scene.assertSound();
}

/** A candidate without a seat votes for two blocks of one period: everybody learns of it. */
function checkpointLiar(seed: number, core?: ValidatorCore): void {
  const votes = [9000, 8000, 7000, 6000, 5000];
  const scene = new CommitteeScene({
    seed,
    votes,
    policy: { committeeSize: 4 },
    hasLiars: true,
    core,
  });
  scene.runUntil(2, 1);
  const liar = seed % votes.length;
  const before = scene.supply();
  const source = { height: PERIOD_BLOCKS, hash: new Uint8Array(32).fill(1) };
  const target = (fill: number) => ({
    height: 3 * PERIOD_BLOCKS,
    hash: new Uint8Array(32).fill(fill),
  });
  const others = [...votes.keys()].filter((each) => each !== liar);
  const [first = 0, second = 0] = others;
  scene.forgeVotes(first, { source, target: target(1) }, { source, target: target(2) }, second);
  scene.network.deliverVote(first, liar, scene.voteFor(liar, { source, target: target(3) }));
  scene.network.deliverVote(second, liar, scene.voteFor(liar, { source, target: target(4) }));
  scene.runUntil(2, 8);
  assert.equal(scene.barredFor(name(liar)), 'slashed');
  const stake = BigInt(votes[liar] as number) * UNITS;
  scene.runUntil(3, 3);
  // Who leads brings the evidence in and gets the tenth, but for the liar itself.
  const burnt = before - scene.supply();
  assert.ok(burnt === (stake * 9n) / 10n || burnt === stake, 'nine tenths are burnt, or all');
  assert.ok(!scene.committee().includes(name(liar)), 'it is out of the committee');
  scene.runUntil(4, PERIOD_BLOCKS - 1);
  assert.equal(scene.checkpoints(first).justified, 4 * PERIOD_BLOCKS, 'the others go on');
  for (const other of others) assert.equal(scene.barredFor(name(other)), undefined);
  scene.network.run(2000);
  scene.assertSound();
}

/**
 * The keys of all committees have signed another history, and most peers of a node that syncs from
 * genesis show it that one. Two thirds of the votes stand by the first: one peer that says so is enough.
 */
function anotherHistory(seed: number, core?: ValidatorCore): void {
  const votes = [9000, 8000, 7000, 6000, 5000];
  const fresh = 4;
  const grow = (own: number, period: number): CommitteeScene => {
    const scene = new CommitteeScene({ seed: own, votes, core });
    scene.runUntil(period, 6);
    scene.network.stop(fresh);
    return scene;
  };
  const scene = grow(seed, 2);
  const other = grow(seed + 1000, 3);
  const { network } = scene;
  const isLiar = (peer: number): boolean => peer < 3;
  const heightOf = (peer: number) => network.height(peer, ROOT_CHAIN);
  network.claim = (peer, chain) =>
    isLiar(peer) && chain === ROOT_CHAIN
      ? other.network.height(peer, chain)
      : network.height(peer, chain);
  network.answer = (server, asked) => {
    const { peer, request } = asked;
    if (!isLiar(peer) || server.chain !== ROOT_CHAIN) return answerFromDisk(server, asked);
    // Candidates keep their keys: there are no votes for what the committees have signed later.
    if (asked.kind === 'wantCheckpoint')
      return { kind: 'checkpoint', peer, request, certificate: undefined };
    const told = answerFromDisk(other.network.hosted[peer]?.get(ROOT_CHAIN) ?? server, asked);
    if (told.kind !== 'headers') return told;
    // They stop before the block that would give them away.
    return { ...told, headers: told.headers.slice(0, 5), proofs: told.proofs.slice(0, 5) };
  };
  network.wipe(fresh);
  network.start(fresh);
  const goal = heightOf(3) - PERIOD_BLOCKS;
  for (let waited = 0; heightOf(fresh) < goal && waited < 120; waited++) network.run(1000);
  const said = network.reports.find((each) => each.includes('contradicts the checkpoint'));
  assert.ok(heightOf(fresh) >= goal, `stands at ${heightOf(fresh)} before ${goal}`);
  assert.ok(said?.startsWith(`${fresh} `) && said.includes(`block ${PERIOD_BLOCKS}`), said);
  scene.assertSound();
}

/**
 * Three periods of rewards against a model written here: blocks by who made them, votes as they were
 * frozen; nobody contributes yet, so that part comes again with the next period.
 */
function rewards(split: 's1-25-50-25' | 's4-25-25-50') {
  return (seed: number, core?: ValidatorCore): void => {
    const votes = [9000, 5000, 7000, 4000, 6000];
    const policy = { committeeSize: 4, rewards: { split, pool: 1_000_003, periods: 7 } };
    const scene = new CommitteeScene({ seed, votes, policy, core });
    scene.runUntil(3);
    const voted = votes.reduce((sum, each) => sum + each, 0);
    const earned = votes.map(() => ({ own: 0n, voters: 0n }));
    let dust = 0n;
    for (let period = 0n; period < 3n; period++) {
      const pool = 1_000_003n * UNITS;
      const amount = (pool * (period + 1n)) / 7n - (pool * period) / 7n + dust;
      const forVotes = split === 's1-25-50-25' ? amount / 2n : amount / 4n;
      const makers = scene.makersOf(Number(period));
      dust = amount;
      for (const [index, each] of earned.entries()) {
        const made = BigInt(makers.filter((maker) => maker === name(index)).length);
        const block = ((amount / 4n) * made) / BigInt(PERIOD_BLOCKS);
        const vote = (forVotes * BigInt(votes[index] as number)) / BigInt(voted);
        each.voters += vote / 2n;
        each.own += block + vote - vote / 2n;
        dust -= block + vote;
      }
    }
    for (const [index, expected] of earned.entries()) {
      assert.deepEqual(readReward(scene.root(), name(index)), expected, name(index));
    }
    assert.equal(readRewardTotals(scene.root()).dust, dust);
    scene.withdrawReward(name(1));
    scene.runUntil(3, PERIOD_BLOCKS - 2);
    assert.deepEqual(readReward(scene.root(), name(1)), { own: 0n, voters: 0n }, 'withdrawn');
    scene.network.run(2000);
    scene.assertSound();
    if (core === undefined) scene.assertReplays();
  };
}

export const COMMITTEE_SCENARIOS: readonly CommitteeScenario[] = [
  {
    name: 'servi/elections',
    about: "six candidates with unequal votes for four seats: committees and Servi are the model's",
    run: elections,
  },
  {
    name: 'servi/ties-and-cap',
    about: 'equal votes, and a cap on Servi',
    run: tiesAndCap,
  },
  {
    name: 'servi/dead-member',
    about: 'who makes no block loses candidacy and votes',
    run: deadMember,
  },
  {
    name: 'servi/silence',
    about: 'without heartbeats nobody stands, and the committee stays',
    run: silence,
  },
  {
    name: 'servi/too-few',
    about: 'fewer than four candidates above the barrier',
    run: tooFew,
  },
  {
    name: 'handover/partition',
    about: 'the network is cut while committees hand over',
    run: partition,
  },
  {
    name: 'handover/losses',
    about: 'most messages are lost while committees hand over',
    run: lossyHandovers,
  },
  {
    name: 'handover/away',
    about: 'one catches up over several committees',
    run: away,
  },
  {
    name: 'handover/restarts',
    about: 'all restart again and again, also while they hand over',
    run: restarts,
  },
  {
    name: 'handover/wiped-disk',
    about: 'a member loses its disk, finds out, and comes back',
    run: wipedDisk,
  },
  {
    name: 'court/equivocator',
    about: 'a lie on any chain costs stake and seat, once; forged evidence costs nothing',
    run: equivocator,
  },
  {
    name: 'checkpoints/follow',
    about: 'every closing block is justified by all candidates, and final one period later',
    run: checkpointsFollow,
  },
  {
    name: 'checkpoints/without-a-third',
    about: 'nothing is justified without two thirds of the votes; a later checkpoint covers it',
    run: checkpointsWithoutAThird,
  },
  {
    name: 'checkpoints/liar',
    about: 'two votes for one period cost the stake; a forged one costs nothing',
    run: checkpointLiar,
  },
  {
    name: 'checkpoints/another-history',
    about: 'old committees sign another history; who syncs is not led there',
    run: anotherHistory,
  },
  {
    name: 'rewards/blocks-25-votes-50',
    about: 'the first published split: every period pays what it releases, and nothing else',
    run: rewards('s1-25-50-25'),
  },
  {
    name: 'rewards/blocks-25-votes-25',
    about: 'the second one',
    run: rewards('s4-25-25-50'),
  },
];
