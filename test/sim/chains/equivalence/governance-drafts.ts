/** Producers, votes on them and on other things, bonuses: all of it runs on the root. */

import { call, type SimTransaction } from '../sim-client.ts';
import type { Draft } from './draft.ts';
import { GASLESS, keyOf, NARROW, PENNILESS } from './mixed-accounts.ts';
import type { KnownVote, WorldModel } from './world-model.ts';

type Draw = (world: WorldModel) => Draft | undefined;

const ADMIN = 'admin';
const GENESIS_PRODUCER = 'producer000';
/** Lists that every registration changes. */
const PRODUCERS = 'list of producers';
/**
 * Bonus and rank of the candidates with enough votes; only the producer of genesis gets so many. Taking
 * votes back looks at the ranks.
 */
const CANDIDATES = 'bonus of candidates';
const POLLS = 'list of votes';
/** So that a round has only one of what is refused at once. */
const NOBODY = 'nobody';
const producerName = (account: string): string => `producer ${account}`;
const pollName = (id: string): string => `vote ${id}`;

function draft(
  kind: string,
  publisher: string,
  others: readonly string[],
  actions: SimTransaction['actions'],
  signers: readonly string[] = [],
): Draft {
  const transaction = { publisher, gasLimit: 1_000_000_00n, actions, signers };
  return { kind: `governance-${kind}`, transaction, touches: [publisher, ...others] };
}

/** `touches` beside the publisher; those of the genesis producer are those of the candidates. */
function about(producer: string, ...others: readonly string[]): string[] {
  const touched = [producerName(producer), ...others];
  return producer === GENESIS_PRODUCER ? [...touched, CANDIDATES] : touched;
}

const produce = (action: string, ...args: readonly unknown[]) =>
  call('vote_producer.iost', action, ...args);
const poll = (action: string, ...args: readonly unknown[]) => call('vote.iost', action, ...args);

/** Of a producer that is not the first one. */
function ofNewcomer(draw: (world: WorldModel, producer: string) => Draft): Draw {
  return (world) => {
    const newcomers = world.producers.slice(1);
    return newcomers.length === 0 ? undefined : draw(world, world.pick(newcomers));
  };
}

function ofVote(draw: (world: WorldModel, vote: KnownVote) => Draft): Draw {
  return (world) => (world.votes.length === 0 ? undefined : draw(world, world.pick(world.votes)));
}

function ofPoll(draw: (world: WorldModel, id: string, owner: string) => Draft): Draw {
  return (world) => {
    if (world.polls.length === 0) return undefined;
    const [id, owner] = world.pick(world.polls);
    const drawn = draw(world, id, owner);
    return { ...drawn, touches: [...drawn.touches, pollName(id)] };
  };
}

const registration: readonly Draw[] = [
  (world) => {
    const one = world.rich();
    const args = [one, keyOf(`blocks of ${one}`), 'loc', 'url', 'net', world.random.below(4) > 0];
    const drawn = draft('register', one, about(one, PRODUCERS), [
      produce('applyRegister', ...args),
    ]);
    return { ...drawn, learn: () => world.producers.push(one) };
  },
  (world) => {
    const [one, two] = world.two();
    const args = [two, keyOf(two), '', '', '', true];
    return draft(
      'register-a-stranger',
      one,
      [two, PRODUCERS, ADMIN],
      [produce('applyRegister', ...args)],
    );
  },
  (world) => {
    const [one, two] = world.two();
    const args = [two, keyOf(`blocks of ${two}`), 'l', 'u', 'n', true];
    const touched = about(two, two, PRODUCERS);
    const drawn = draft(
      'register-by-signer',
      one,
      touched,
      [produce('applyRegister', ...args)],
      [`${two}@vote`],
    );
    return { ...drawn, learn: () => world.producers.push(two) };
  },
  ofNewcomer((_world, producer) =>
    draft('approve', ADMIN, about(producer, PRODUCERS), [produce('approveRegister', producer)]),
  ),
  ofNewcomer((world, producer) =>
    draft('approve-by-stranger', world.rich(), about(producer, PRODUCERS, ADMIN), [
      produce('approveRegister', producer),
    ]),
  ),
  ofNewcomer((world, producer) => {
    const action = world.pick(['logInProducer', 'logOutProducer', 'applyUnregister']);
    return draft(action, producer, about(producer, PRODUCERS), [produce(action, producer)]);
  }),
  ofNewcomer((world, producer) => {
    const action = world.pick(['approveUnregister', 'forceUnregister']);
    return draft(action, ADMIN, about(producer, PRODUCERS), [produce(action, producer)]);
  }),
  ofNewcomer((_world, producer) =>
    draft('unregister', producer, about(producer, PRODUCERS), [produce('unregister', producer)]),
  ),
  ofNewcomer((world, producer) => {
    const args = [producer, keyOf(world.newName('key')), 'there', 'http://y', 'net2'];
    return draft('update', producer, about(producer, PRODUCERS), [
      produce('updateProducer', ...args),
    ]);
  }),
  (world) => {
    const producer = world.pick(world.producers);
    return draft('ask-for-producer', world.rich(), about(producer), [
      produce('getProducer', producer),
    ]);
  },
];

const voting: readonly Draw[] = [
  (world) => {
    const producer = world.pick(world.producers);
    const voter = world.rich();
    const amount = world.amount(500);
    const drawn = draft('vote', voter, about(producer), [produce('vote', voter, producer, amount)]);
    return { ...drawn, learn: () => world.votes.push({ voter, producer, amount }) };
  },
  (world) => {
    const voter = world.rich();
    const amount = String(800_000 + world.random.below(100_000));
    const producer = GENESIS_PRODUCER;
    const drawn = draft('vote-much', voter, about(producer), [
      produce('vote', voter, producer, amount),
    ]);
    return { ...drawn, learn: () => world.votes.push({ voter, producer, amount }) };
  },
  (world) => {
    const [one, voter] = world.two();
    const producer = world.pick(world.producers);
    const action = produce('vote', voter, producer, '12.5');
    return draft('vote-by-signer', one, about(producer, voter), [action], [`${voter}@active`]);
  },
  (world) => {
    const [one, voter] = world.two();
    const producer = world.pick(world.producers);
    const action = produce('vote', voter, producer, '1');
    return draft('vote-by-stranger', one, about(producer, voter), [action]);
  },
  (world) => {
    const voter = world.pick([...PENNILESS, ...GASLESS, ...NARROW]);
    const producer = world.pick(world.producers);
    return draft('vote-without-means', voter, about(producer), [
      produce('vote', voter, producer, '10'),
    ]);
  },
  (world) => {
    const voter = world.rich();
    const args = [world.nobody(), world.pick(['1', '0', '-3', 'x'])];
    return draft('vote-for-nobody', voter, [NOBODY], [produce('vote', voter, ...args)]);
  },
  (world) => {
    const voter = world.rich();
    const producer = world.pick(world.producers);
    const action = produce('vote', voter, producer, '100');
    const drawn = draft('vote-beyond-limit', voter, about(producer), [action]);
    const amountLimits = [{ token: 'iost', value: '99' }];
    return { ...drawn, transaction: { ...drawn.transaction, amountLimits } };
  },
  ofVote((_world, { voter, producer, amount }) =>
    draft('unvote', voter, about(producer, CANDIDATES), [
      produce('unvote', voter, producer, amount),
    ]),
  ),
  ofVote((_world, { voter, producer }) =>
    draft('unvote-some', voter, about(producer, CANDIDATES), [
      produce('unvote', voter, producer, '0.5'),
    ]),
  ),
  ofVote((_world, { voter, producer }) =>
    draft('unvote-too-much', voter, about(producer, CANDIDATES), [
      produce('unvote', voter, producer, '1e9'),
    ]),
  ),
  ofVote((_world, { voter, producer }) =>
    draft('move-votes', voter, about(producer, ...about(GENESIS_PRODUCER)), [
      produce('unvote', voter, producer, '0.1'),
      produce('vote', voter, GENESIS_PRODUCER, '0.1'),
    ]),
  ),
  ofVote((world, { voter, producer }) =>
    draft('ask-for-votes', world.rich(), about(producer, voter), [produce('getVote', voter)]),
  ),
];

const bonuses: readonly Draw[] = [
  (world) => {
    const one = world.rich();
    const producer = world.pick(world.producers);
    return draft('topup-voters', one, about(producer), [
      produce('topupVoterBonus', producer, world.amount(50), one),
    ]);
  },
  (world) => {
    const one = world.rich();
    return draft('topup-candidates', one, about(GENESIS_PRODUCER), [
      produce('topupCandidateBonus', world.amount(50), one),
    ]);
  },
  ofVote((world, { voter }) =>
    draft(
      'withdraw',
      voter,
      world.producers.flatMap((producer) => about(producer)),
      [produce('voterWithdraw', voter)],
    ),
  ),
  ofVote((world, { voter }) =>
    draft(
      'withdraw-by-admin',
      ADMIN,
      [voter, ...world.producers.flatMap((producer) => about(producer))],
      [produce('voterWithdraw', voter)],
    ),
  ),
  ofVote((world, { voter }) =>
    draft(
      'withdraw-by-stranger',
      world.rich(),
      [voter, ADMIN, ...world.producers.flatMap((producer) => about(producer))],
      [produce('voterWithdraw', voter)],
    ),
  ),
  () =>
    draft('candidate-withdraw', ADMIN, about(GENESIS_PRODUCER, GENESIS_PRODUCER), [
      produce('candidateWithdraw', GENESIS_PRODUCER),
    ]),
  (world) => {
    const producer = world.pick(world.producers);
    return draft('ask-for-bonus', world.rich(), about(producer, CANDIDATES), [
      produce('getCandidateBonus', producer),
    ]);
  },
  (world) => {
    const one = world.rich();
    return draft('exchange-nothing', one, [NOBODY], [call('bonus.iost', 'exchangeIOST', one, '0')]);
  },
  (world) =>
    draft(
      'only-for-the-root',
      world.rich(),
      [CANDIDATES, PRODUCERS],
      [
        world.pick([
          produce('stat'),
          call('base.iost', 'exec', { parent: ['x', '0', false] }),
          call('bonus.iost', 'issueContribute', { parent: ['x'] }),
        ]),
      ],
    ),
];

const polls: readonly Draw[] = [
  (world) => {
    const owner = world.rich();
    const settings = {
      resultNumber: 1 + world.random.below(3),
      minVote: '10',
      options: ['yes', 'no', 'perhaps'],
      freezeTime: world.pick([0, 3]),
      canVote: world.random.below(4) > 0,
    };
    const drawn = draft('new-vote', owner, [POLLS], [poll('newVote', owner, 'which?', settings)]);
    return { ...drawn, learn: () => world.polls.push([String(world.polls.length + 2), owner]) };
  },
  ofPoll((world, id) => {
    const voter = world.rich();
    const args = [id, voter, world.pick(['yes', 'no', 'perhaps', 'never']), world.amount(40)];
    return draft('poll', voter, [], [poll('vote', ...args)]);
  }),
  ofPoll((world, id) => {
    const voter = world.rich();
    const option = world.pick(['yes', 'no']);
    return draft(
      'poll-and-regret',
      voter,
      [],
      [
        poll('vote', id, voter, option, '30'),
        poll('unvote', id, voter, option, '12'),
        poll('getResult', id),
      ],
    );
  }),
  ofPoll((world, id, owner) => {
    const args = world.pick([
      ['addOption', id, 'never', false],
      ['removeOption', id, 'perhaps', true],
      ['addOption', id, 'perhaps', true],
      ['removeOption', id, 'yes', false],
      ['setFreezeTime', id, 5],
      ['setCanVote', id, true],
    ] as const);
    const [action, ...values] = args;
    return draft('arrange-poll', owner, [], [poll(action, ...values)]);
  }),
  ofPoll((world, id, owner) =>
    draft('end-poll', world.pick([owner, world.rich()]), [owner], [poll('delVote', id)]),
  ),
  ofPoll((world, id) => draft('ask-for-result', world.rich(), [], [poll('getResult', id)])),
];

export const GOVERNANCE_DRAWS: readonly (readonly Draw[])[] = [
  registration,
  voting,
  voting,
  bonuses,
  polls,
];
