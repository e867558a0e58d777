/**
 * The named scenarios `bft/*` of protocol.md §14.2 and of issue 4.
 */

import type { Block } from '#core/bft/block.ts';
import type { BftMessage, Proposal } from '#core/bft/messages.ts';
import { proposalDigest, voteDigest } from '#core/bft/statement.ts';
import type { ValidatorGroup } from '#core/chain/validator-group.ts';
import { makeBlock, readBlock } from '#test/unit/core/bft/test-block.ts';
import type { Prng } from '../prng.ts';
import { expect } from './invariants.ts';
import { faultyMax, identities, ordinary, type Scenario } from './scenario.ts';
import type { SimNode } from './sim-node.ts';
import type { BftWorld, Tamper, Tampered, WorldSettings } from './world.ts';

/** Crashes `count` times, each followed by a restart a little later. */
function crashSome(
  world: BftWorld,
  prng: Prng,
  options: { readonly untilMs: number; readonly count: number; readonly downMsMax: number },
): void {
  for (let index = 0; index < options.count; index++) {
    const node = world.nodes[prng.below(world.nodes.length)] as SimNode;
    const time = prng.below(options.untilMs - options.downMsMax);
    world.at(time, () => node.crash('keepLog'));
    world.at(time + 1 + prng.below(options.downMsMax), () => {
      if (!node.isUp) node.start();
    });
  }
}

function startAll(world: BftWorld): void {
  for (const node of world.nodes) if (!node.isUp) node.start();
}

function heal(world: BftWorld, atMs: number): void {
  world.at(atMs, () => {
    world.link = world.settings.link;
    world.sides = undefined;
    world.tamper = undefined;
    startAll(world);
  });
}

/** Twins reach disjoint camps, which change; now and then a message strays into the other. */
function splitTwins(world: BftWorld, prng: Prng): Tamper {
  let camps = 0;
  for (let time = 0; time < 60_000; time += 700) {
    world.at(time, () => {
      camps = prng.u32();
    });
  }
  const campOf = (node: SimNode) => (camps >>> (node.id % 32)) & 1;
  const count = world.nodes.length - (world.settings.twins?.length ?? 0);
  return (message, from, to) => {
    const isOpen =
      from.isHonest === to.isHonest ||
      campOf(from.isHonest ? from : to) === ((from.isHonest ? to : from).id < count ? 0 : 1) ||
      prng.chance(100);
    return isOpen ? [{ message, extraMs: 0 }] : [];
  };
}

/** A faulty leader builds on the block before the one it should build on, and votes for that. */
function skipOneBlock(world: BftWorld, prng: Prng): Tamper {
  const proposals = new Map<number, Proposal>();
  const forged = new Map<number, Proposal>();
  return (message, from) => {
    // Finality comes late enough for the forgery to find members that do not know of it.
    if (message.kind === 'finalize') return [{ message, extraMs: prng.below(300) }];
    if (message.kind === 'proposal') proposals.set(message.view, message);
    if (from.isHonest) return once(message);
    const { sign } = world.identity(from.identity);
    const group = world.groups[0] as ValidatorGroup;
    if (message.kind === 'proposal') {
      const skipped = proposals.get(message.parentView);
      if (skipped === undefined) return once(message);
      const known = forged.get(message.view) ?? proposalBeside(skipped, message);
      const proposal = { ...known, signature: sign(proposalDigest(group, known)) };
      forged.set(message.view, proposal);
      return once(proposal);
    }
    const instead = forged.get(message.kind === 'notarize' ? message.view : 0);
    if (message.kind !== 'notarize' || instead === undefined) return once(message);
    const vote = { ...message, blockHash: instead.blockHash };
    return once({ ...vote, signature: sign(voteDigest(group, vote)) });
  };
}

/** In the view of `message`, a block on the parent of `skipped`. */
function proposalBeside(skipped: Proposal, message: Proposal): Proposal {
  const { parentHash, parentView, height } = skipped;
  const { timestampMs } = readBlock(message.payload) as Block;
  const block = makeBlock({ hash: parentHash, height: height - 1 }, timestampMs, 99);
  const { payload, hash } = block;
  return { ...message, parentHash, parentView, height, payload, blockHash: hash };
}

function once(message: BftMessage): Tampered[] {
  return [{ message, extraMs: 0 }];
}

const pick = (prng: Prng, counts: readonly number[]) => counts[prng.below(counts.length)] as number;

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'bft/single',
    about: 'a group of one, which crashes and starts again all the time',
    settings: (_, seed) => ordinary(seed, 1),
    script: (world, prng) => {
      crashSome(world, prng, { untilMs: 5000, count: 30, downMsMax: 100 });
      heal(world, 5000);
    },
    healedAtMs: 5100,
    endsAtMs: 7600,
  },
  {
    name: 'bft/calm',
    about: 'nothing breaks; every message is written and read again',
    settings: (prng, seed) => ({ ...ordinary(seed, pick(prng, [4, 7])), throughCodec: true }),
    script: () => {},
    healedAtMs: 0,
    endsAtMs: 5000,
    check: (world) => {
      expect('calm', world.finalAtMs.length > 30, 'blocks keep the interval');
      const nullified = world.nodes.some((node) =>
        node.statuses.some((status) => status.viewsNullified > 0),
      );
      expect('calm', !nullified, 'nothing is nullified');
    },
  },
  {
    name: 'bft/silent-5-of-17',
    about: 'five of seventeen fall silent, which is all that may',
    settings: (prng, seed) => ({
      ...ordinary(seed, 17),
      faulty: prng.shuffled(identities(17)).slice(0, 5),
    }),
    script: (world) => {
      world.at(500, () => {
        for (const node of world.nodes) if (!node.isHonest) node.crash('keepLog');
      });
    },
    healedAtMs: 3000,
    endsAtMs: 10_000,
  },
  {
    name: 'bft/silent-6-of-17',
    about: 'six of seventeen fall silent: nothing is decided until one is back',
    settings: (_, seed) => ordinary(seed, 17),
    script: (world, prng) => {
      const dead = prng.shuffled(identities(17)).slice(0, 6);
      world.at(500, () => {
        for (const id of dead) world.nodes[id]?.crash('keepLog');
      });
      world.at(3000, () => {
        const stalled = world.finalAtMs.every((time) => time < 900);
        expect('stall', stalled, 'eleven of seventeen decide nothing');
        world.nodes[dead[0] as number]?.start();
      });
      heal(world, 10_500);
    },
    healedAtMs: 11_500,
    endsAtMs: 14_000,
    check: (world) => {
      const between = world.finalAtMs.filter((time) => time > 3000 && time < 10_500);
      expect('recovery', between.length > 0, 'twelve of seventeen go on');
    },
  },
  {
    name: 'bft/equivocating-leader',
    about: 'faulty members run twice with one key and tell each half something else',
    settings: (prng, seed) => {
      const count = pick(prng, [4, 7]);
      return {
        ...ordinary(seed, count),
        twins: prng.shuffled(identities(count)).slice(0, faultyMax(count)),
      };
    },
    script: (world, prng) => {
      world.tamper = splitTwins(world, prng);
    },
    healedAtMs: 3000,
    endsAtMs: 10_000,
  },
  {
    name: 'bft/skipping-leader',
    about: 'a faulty leader builds on the block before the one it should build on',
    settings: (prng, seed) => ({ ...ordinary(seed, 4), faulty: [prng.below(4)] }),
    script: (world, prng) => {
      world.tamper = skipOneBlock(world, prng);
    },
    healedAtMs: 3000,
    endsAtMs: 9000,
  },
  {
    name: 'bft/vote-splitting',
    about: 'faulty members withhold votes, or send them after the others have given up',
    settings: (prng, seed) => {
      const count = pick(prng, [4, 7]);
      return {
        ...ordinary(seed, count),
        faulty: prng.shuffled(identities(count)).slice(0, faultyMax(count)),
      };
    },
    script: (world, prng) => {
      world.tamper = (message, from) => {
        if (from.isHonest || message.kind === 'proposal') return once(message);
        // Withheld, in time, or after the others have given up.
        const fate = prng.below(3);
        if (fate === 0) return [];
        return [{ message, extraMs: fate === 1 ? 0 : prng.between(300, 2500) }];
      };
    },
    healedAtMs: 3000,
    endsAtMs: 11_000,
  },
  {
    name: 'bft/late-certificates',
    about: 'certificates and finalize votes come seconds late or not at all',
    settings: (prng, seed) => ordinary(seed, pick(prng, [4, 7])),
    script: (world, prng) => {
      world.tamper = (message) => {
        if (prng.chance(250)) return [];
        const isLate = message.kind === 'certificate' || message.kind === 'finalize';
        return [{ message, extraMs: prng.below(isLate ? 3000 : 800) }];
      };
      heal(world, 8000);
    },
    healedAtMs: 11_000,
    endsAtMs: 17_500,
  },
  {
    name: 'bft/wal-crash',
    about: 'members crash between writing a vote and sending it',
    settings: (prng, seed) => ({ ...ordinary(seed, pick(prng, [4, 7])), diskMs: 12 }),
    script: (world, prng) => {
      crashSome(world, prng, { untilMs: 6000, count: 40, downMsMax: 400 });
      heal(world, 6000);
    },
    healedAtMs: 8500,
    endsAtMs: 15_000,
  },
  {
    name: 'bft/restart-all',
    about: 'all members stop at once and start again',
    settings: (prng, seed) => ({ ...ordinary(seed, pick(prng, [4, 7])), diskMs: 8 }),
    script: (world, prng) => {
      for (let round = 1; round <= 5; round++) {
        const time = round * 1000 + prng.below(500);
        world.at(time, () => {
          for (const node of world.nodes) node.crash('keepLog');
        });
        world.at(time + 50, () => startAll(world));
      }
    },
    healedAtMs: 7000,
    endsAtMs: 14_000,
  },
  {
    name: 'bft/lost-log',
    about: 'a member loses its log of votes and must not vote again',
    settings: (prng, seed) => ({ ...ordinary(seed, pick(prng, [4, 7])), diskMs: 5 }),
    script: (world, prng) => {
      const count = world.nodes.length;
      const victims = prng.shuffled(identities(count)).slice(0, faultyMax(count));
      for (const victim of victims) {
        const time = prng.between(300, 2000);
        world.at(time, () => world.nodes[victim]?.crash(prng.chance(500) ? 'loseLog' : 'wipe'));
        world.at(time + prng.between(10, 2000), () => world.nodes[victim]?.start());
      }
    },
    healedAtMs: 5000,
    endsAtMs: 11_500,
  },
  {
    name: 'bft/partition-9-8',
    about: 'seventeen members fall into parts of nine and eight: neither decides',
    settings: (_, seed) => ordinary(seed, 17),
    script: (world, prng) => {
      partition(world, prng, 9, 800);
      world.at(4000, () => {
        const stalled = world.finalAtMs.every((time) => time < 1200);
        expect('stall', stalled, 'neither side decides anything');
      });
      heal(world, 4000);
    },
    healedAtMs: 6000,
    endsAtMs: 12_500,
  },
  {
    name: 'bft/partition-12-5',
    about: 'seventeen members fall into parts of twelve and five: the larger goes on',
    settings: (_, seed) => ordinary(seed, 17),
    script: (world, prng) => {
      partition(world, prng, 12, 800);
      heal(world, 7500);
    },
    healedAtMs: 9000,
    endsAtMs: 12_500,
    check: (world) => {
      const between = world.finalAtMs.filter((time) => time > 1300 && time < 7500);
      expect('progress', between.length > 0, 'the side of twelve goes on');
    },
  },
  {
    name: 'bft/stale-group-replay',
    about: 'certificates and votes of another group or epoch are played in',
    settings: (prng, seed) => ({
      ...ordinary(seed, 4),
      orders: [identities(4), prng.shuffled(identities(4))],
      closingHeight: 15,
      faulty: [prng.below(4)],
    }),
    script: (world, prng) => {
      const heard: BftMessage[] = [];
      world.tamper = (message, from) => {
        if (heard.length < 2000) heard.push(message);
        if (from.isHonest || heard.length === 0 || prng.chance(500)) return once(message);
        const old = heard[prng.below(heard.length)] as BftMessage;
        return [...once(message), ...once(old), ...once(inEpoch(old, 1 - epochOf(old)))];
      };
    },
    healedAtMs: 3500,
    endsAtMs: 9500,
    check: (world) => expect('handover', world.finalAtMs.length > 20, 'the second epoch runs'),
  },
  {
    name: 'bft/handover',
    about: 'a closing block hands over to another group, with members cut off',
    settings: (prng, seed) => ({
      ...ordinary(seed, 8),
      // One leaves, one joins, the order is drawn anew.
      orders: [identities(7), prng.shuffled([1, 2, 3, 4, 5, 6, 7])],
      closingHeight: 20,
      diskMs: 4,
    }),
    script: (world, prng) => {
      world.at(prng.between(1500, 2600), () => {
        const cut = prng.shuffled(identities(8));
        const small = prng.between(1, 4);
        world.sides = identities(8).map((id) => (cut.indexOf(id) < small ? 1 : 0));
      });
      crashSome(world, prng, { untilMs: 5000, count: 6, downMsMax: 800 });
      heal(world, 5000);
    },
    healedAtMs: 8000,
    endsAtMs: 14_500,
    absent: () => [0],
    check: (world) => expect('handover', world.finalAtMs.length > 25, 'the second epoch runs'),
  },
  {
    name: 'bft/clock-off',
    about: 'the clock of one member is wrong by ten minutes',
    settings: (prng, seed) => ({ ...ordinary(seed, 4), faulty: [prng.below(4)] }),
    script: (world, prng) => {
      const offset = prng.chance(500) ? 600_000 : -600_000;
      // Real clocks count from 1970, so a slow one is not negative.
      for (const node of world.nodes) {
        node.clockOffsetMs = 1_000_000 + (node.isHonest ? 0 : offset);
      }
    },
    healedAtMs: 2000,
    endsAtMs: 8000,
    check: (world) => {
      const [off] = world.nodes.filter((node) => !node.isHonest) as [SimNode];
      const lag = world.finalAtMs.length - off.finalHeight;
      expect('clock', lag <= 4, 'a member with a wrong clock still follows');
      expect(
        'clock',
        off.proposed.every(({ block }) => !world.invariants.isFinal(block)),
        'its blocks are refused',
      );
    },
  },
  {
    name: 'bft/withheld-body',
    about: 'faulty leaders give the bodies of blocks to just enough members; the others fetch them',
    settings: (prng, seed) => {
      const count = pick(prng, [4, 7]);
      return {
        ...ordinary(seed, count),
        faulty: prng.shuffled(identities(count)).slice(0, faultyMax(count)),
      };
    },
    script: (world, prng) => {
      const count = world.nodes.length;
      let chosen: readonly number[] = [];
      world.at(0, () => {
        chosen = prng.shuffled(world.nodes.filter((node) => node.isHonest).map((node) => node.id));
      });
      // Enough honest members get the body for a quorum with the faulty ones; the others fetch it.
      const reach = count - 2 * faultyMax(count);
      world.tamper = (message, from, to) => {
        const isBody = message.kind === 'proposal' || message.kind === 'fetchReply';
        const isOpen = from.isHonest || !to.isHonest || chosen.indexOf(to.id) < reach;
        return isBody && !isOpen ? [] : once(message);
      };
    },
    isHonestLate: true,
    healedAtMs: 3000,
    endsAtMs: 10_000,
    check: (world) => expect('fetch', world.syncCount <= 3, 'members help each other'),
  },
  {
    name: 'bft/garbage',
    about: 'faulty members send what no rule allows',
    settings: (prng, seed) => ({ ...ordinary(seed, 4), faulty: [prng.below(4)] }),
    script: (world, prng) => {
      world.tamper = (message, from) =>
        from.isHonest || prng.chance(300) ? once(message) : once(spoil(message, prng));
    },
    healedAtMs: 2000,
    endsAtMs: 8000,
  },
  {
    name: 'bft/chaos',
    about: 'loss, doubles, crashes and partitions at random',
    settings: chaosSettings,
    script: (world, prng) => {
      world.link = {
        delayMs: 1,
        jitterMs: prng.below(600),
        dropPermille: prng.below(300),
        duplicatePermille: 100,
      };
      if ((world.settings.twins?.length ?? 0) > 0) world.tamper = splitTwins(world, prng);
      for (let time = 500; time < 7000; time += prng.between(300, 2500)) {
        const sides = world.nodes.map(() => (prng.chance(300) ? 1 : 0));
        world.at(time, () => {
          world.sides = prng.chance(500) ? sides : undefined;
        });
      }
      crashSome(world, prng, { untilMs: 7000, count: prng.below(25), downMsMax: 1500 });
      heal(world, 7000);
    },
    healedAtMs: 10_000,
    endsAtMs: 16_500,
  },
];

function chaosSettings(prng: Prng, seed: number): WorldSettings {
  const count = pick(prng, [4, 4, 7]);
  return {
    ...ordinary(seed, count),
    diskMs: prng.below(15),
    checkMs: prng.below(30),
    buildMs: prng.below(30),
    blockIntervalMs: pick(prng, [0, 100, 300]),
    twins: prng.chance(600) ? prng.shuffled(identities(count)).slice(0, faultyMax(count)) : [],
  };
}

/** `big` members on one side, the rest on the other. */
function partition(world: BftWorld, prng: Prng, big: number, atMs: number): void {
  const order = prng.shuffled(identities(world.nodes.length));
  world.at(atMs, () => {
    world.sides = identities(world.nodes.length).map((id) => (order.indexOf(id) < big ? 0 : 1));
  });
}

function epochOf(message: BftMessage): number {
  return message.kind === 'certificate' ? message.certificate.epoch : message.epoch;
}

function inEpoch(message: BftMessage, epoch: number): BftMessage {
  if (message.kind === 'certificate') {
    return { kind: 'certificate', certificate: { ...message.certificate, epoch } };
  }
  return { ...message, epoch };
}

/** The message with one thing wrong. */
function spoil(message: BftMessage, prng: Prng): BftMessage {
  switch (message.kind) {
    case 'proposal':
      return prng.chance(500)
        ? { ...message, payload: flipped(message.payload, prng) }
        : { ...message, view: message.view + prng.between(-3, 70) };
    case 'notarize':
    case 'nullify':
    case 'finalize':
      return prng.chance(500)
        ? { ...message, member: prng.between(-1, 20) }
        : { ...message, blockHash: undefined };
    case 'certificate': {
      const { certificate } = message;
      const signatures = certificate.signatures.map((one) => flipped(one, prng));
      return prng.chance(500)
        ? { kind: 'certificate', certificate: { ...certificate, signatures } }
        : { kind: 'certificate', certificate: { ...certificate, view: certificate.view + 5 } };
    }
    case 'fetch':
      return { ...message, finalView: -message.finalView };
    case 'fetchReply':
      return { ...message, certificates: message.certificates.slice(1) };
    case 'evidence':
      return { ...message, evidence: flipped(message.evidence, prng) };
  }
}

function flipped(bytes: Uint8Array, prng: Prng): Uint8Array {
  const copy = bytes.slice();
  const at = prng.below(copy.length);
  copy[at] = (copy[at] as number) ^ (1 + prng.below(255));
  return copy;
}
