/**
 * User contracts: published, replaced, called by users of other shards, calling each other, reading
 * and paying across shards, and failing at every depth.
 */

import { publishedId } from '#core/ledger/published-id.ts';
import { call, type SimTransaction } from '../sim-client.ts';
import { fixedText, shopText } from './contract-source.ts';
import { type Draft, RAM_MARKET, tokenName } from './draft.ts';
import { NARROW } from './mixed-accounts.ts';
import type { KnownContract, WorldModel } from './world-model.ts';

type Draw = (world: WorldModel) => Draft | undefined;
type Actions = SimTransaction['actions'];

const CALL_GAS = 900_000_00n;
const PUBLISH_GAS = 2_000_000_00n;
/** What a vote on the producers looks at. */
const ELECTION = 'election of producers';
/** Few, so that one call finds what another has left. */
const KEYS = ['red', 'green', 'blue'] as const;

function draft(
  kind: string,
  publisher: string,
  touches: readonly string[],
  actions: Actions,
  rest: Partial<SimTransaction> = {},
): Draft {
  const transaction = { publisher, gasLimit: CALL_GAS, actions, ...rest };
  return { kind: `contract-${kind}`, transaction, touches: [publisher, ...touches] };
}

/** Draws with that many known contracts, all different; nothing is drawn while there are fewer. */
function withContracts(
  count: number,
  draw: (world: WorldModel, contracts: readonly KnownContract[]) => Draft,
): Draw {
  return (world) => {
    const contracts = world.random.shuffled(world.contracts).slice(0, count);
    if (contracts.length < count) return undefined;
    const drawn = draw(world, contracts);
    const touched = contracts.flatMap(({ id, owner }) => [id, owner]);
    return { ...drawn, touches: [...drawn.touches, ...touched] };
  };
}

const withOne = (draw: (world: WorldModel, contract: KnownContract) => Draft): Draw =>
  withContracts(1, (world, contracts) => draw(world, contracts[0] as KnownContract));

const withTwo = (
  draw: (world: WorldModel, one: KnownContract, other: KnownContract) => Draft,
): Draw =>
  withContracts(2, (world, contracts) =>
    draw(world, contracts[0] as KnownContract, contracts[1] as KnownContract),
  );

/** One account calls one ABI. */
function calling(
  kind: string,
  publisher: string,
  touches: readonly string[],
  contract: KnownContract,
  args: readonly unknown[],
  rest: Partial<SimTransaction> = {},
): Draft {
  return draft(kind, publisher, touches, [call(contract.id, kind, ...args)], rest);
}

function publish(kind: string, publisher: string, text: string, gasLimit = PUBLISH_GAS): Draft {
  return draft(kind, publisher, [], [call('system.iost', 'setCode', text)], { gasLimit });
}

export const PUBLISH_DRAWS: readonly Draw[] = [
  (world) => {
    const owner = world.rich();
    const drawn = publish('publish', owner, shopText('hello'));
    return { ...drawn, learn: (id) => world.contracts.push({ id: publishedId(id), owner }) };
  },
];

const life: readonly Draw[] = [
  (world) => publish('publish-by-the-poor', world.pick(NARROW), shopText('hello')),
  (world) => publish('publish-without-gas', world.rich(), shopText('hello'), 300_000_00n),
  (world) => {
    const init = world.pick([
      `storage.put('init', 'done');`,
      `throw new Error('no');`,
      `while (true);`,
      `blockchain.call('token.iost', 'transfer', ['iost', blockchain.publisher(), 'nobody', '1', '']);`,
      `blockchain.deposit(blockchain.publisher(), '1', 'first');`,
    ]);
    return publish('publish-init', world.rich(), fixedText(init));
  },
  (world) => {
    const text = world.pick(['{', fixedText('try {} catch (error) {}'), 'AAAA', fixedText('(')]);
    return publish('publish-refused', world.rich(), text);
  },
  withOne((world, { id, owner }) => {
    const text = shopText(world.newName('version'), id);
    const data = world.pick(['please', 'please', 'now']);
    const actions = [call('system.iost', 'updateCode', text, data)];
    return draft('update', owner, [], actions, { gasLimit: PUBLISH_GAS });
  }),
  withOne((world, { id }) => {
    const actions = [call('system.iost', 'updateCode', shopText('mine', id), 'please')];
    return draft('update-by-another', world.rich(), [], actions, { gasLimit: PUBLISH_GAS });
  }),
  (world) => {
    const actions = [call(`Contract${world.newName('none')}`, 'hello')];
    return draft('none', world.rich(), [], actions);
  },
];

const storage: readonly Draw[] = [
  withOne((world, shop) => calling('hello', world.rich(), [], shop, [])),
  withOne((world, shop) =>
    calling('put', world.rich(), [], shop, [world.pick(KEYS), world.newName('value')]),
  ),
  withOne((world, shop) => calling('put', shop.owner, [], shop, [world.pick(KEYS), 'by owner'])),
  withOne((world, shop) => {
    const [one, two] = world.two();
    const payer = world.pick([one, one, two, shop.owner]);
    const signers = world.pick([[], [`${payer}@active`]]);
    const args = [world.pick(KEYS), world.newName('paid'), payer];
    return calling('putFor', one, [payer], shop, args, { signers });
  }),
  withOne((world, shop) => calling('del', world.rich(), [], shop, [world.pick(KEYS)])),
  withOne((world, shop) => calling('note', world.rich(), [], shop, [world.pick(KEYS), 'x'])),
  withOne((world, shop) => calling('forget', world.rich(), [], shop, [world.pick(KEYS)])),
  withOne((world, shop) => calling('info', world.rich(), [], shop, [])),
  withTwo((world, shop, other) =>
    calling('see', world.rich(), [], shop, [other.id, world.pick(KEYS)]),
  ),
  withOne((world, shop) => calling('put', world.rich(), [], shop, ['bad-key', 'x'])),
];

const tokens: readonly Draw[] = [
  withOne((world, shop) => {
    const one = world.rich();
    return calling('deposit', one, [], shop, [one, world.amount(200)]);
  }),
  withOne((world, shop) => {
    const [one, two] = world.two();
    const signers = world.pick([[], [`${two}@active`]]);
    return calling('deposit', one, [two], shop, [two, world.amount(20)], { signers });
  }),
  withOne((world, shop) => {
    const one = world.rich();
    const amountLimits = [{ token: 'iost', value: '5' }];
    const args = [one, world.pick(['4', '6', '501'])];
    return calling('deposit', one, [], shop, args, { amountLimits });
  }),
  withOne((world, shop) => {
    const one = world.rich();
    return calling('deposit', one, [], shop, [one, world.pick(['99999999', '-1', 'x'])]);
  }),
  withOne((world, shop) => {
    const one = world.rich();
    return calling('tip', one, [], shop, [one, '1']);
  }),
  withOne((world, shop) => {
    const [one, two] = world.two();
    const to = world.pick([one, two, world.nobody()]);
    return calling('payout', one, [two], shop, [to, world.pick(['0.5', '3', '9999'])]);
  }),
  withOne((world, shop) => {
    const [one, two] = world.two();
    const signers = world.pick([[], [`${two}@active`]]);
    return calling('move', one, [two], shop, ['iost', two, one, '2.5'], { signers });
  }),
  withOne((world, shop) => {
    const [one, two] = world.two();
    return calling('balance', one, [two], shop, [world.pick([one, two, shop.id])]);
  }),
  withOne((world, shop) => {
    const [one, two] = world.two();
    return calling('depositAndThrow', one, [two], shop, [one, '3', two]);
  }),
  withOne((world, shop) => {
    const [one, two] = world.two();
    const symbol = world.newName('tok');
    return calling('mint', one, [two, tokenName(symbol)], shop, [symbol, two]);
  }),
  withTwo((world, shop, other) => {
    const one = world.rich();
    const price = world.pick(['2', '3', '7']);
    return calling('bargain', one, [], shop, [one, '5', other.id, price]);
  }),
];

const calls: readonly Draw[] = [
  ...[2, 3, 4, 5].map((depth) =>
    withContracts(depth, (world, shops) => {
      const [first, ...path] = shops as [KnownContract, ...KnownContract[]];
      const ids = path.map(({ id }) => id);
      const end = world.pick(['done', 'done', 'throw', 'spin']);
      const args = [ids, world.pick(KEYS), end];
      const drawn = calling('visit', world.rich(), [], first, args);
      return { ...drawn, kind: `contract-visit-${depth}` };
    }),
  ),
  withTwo((world, shop, other) => {
    const back = world.pick([
      [other.id, shop.id],
      [other.id, shop.id, other.id],
      [shop.id, shop.id],
      [other.id, shop.id, other.id, shop.id, other.id, shop.id],
    ]);
    return calling('visit', world.rich(), [], shop, [back, world.pick(KEYS), 'done']);
  }),
  withTwo((world, shop, other) => {
    const [one, two] = world.two();
    const args = world.pick([
      [other.id, 'ask', [one, 'active']],
      [other.id, 'ask', [two, 'active']],
      [other.id, 'ask', [shop.id, 'active']],
      [other.id, 'take', [shop.id, '1']],
      [other.id, 'balance', [two]],
      [other.id, 'none', []],
      [other.id, 'put', ['one argument']],
      [other.id, 'init', []],
      ['token.iost', 'transfer', ['iost', one, two, '1', 'by contract']],
      ['token.iost', 'transfer', ['iost', shop.id, two, '1', 'of contract']],
      ['ram.iost', 'buy', [one, one, 20]],
    ] as const);
    const kind = world.pick(['relay', 'lend'] as const);
    const touched = [two, ...(args[0] === 'ram.iost' ? [RAM_MARKET] : [])];
    return calling(kind, one, touched, shop, args);
  }),
  withOne((world, shop) => {
    const one = world.rich();
    const [abi, bytes] = world.pick([
      ['buy', 20],
      ['sell', 20],
      ['lend', 12],
    ] as const);
    const args = ['ram.iost', abi, [one, one, bytes]];
    const actions = [call(shop.id, 'relay', ...args)];
    return draft('trade', one, [RAM_MARKET], actions);
  }),
  withOne((world, shop) => {
    const [one, two] = world.two();
    const signers = world.pick([[], [`${two}@active`], [`${two}@owner`]]);
    const kind = world.pick(['ask', 'demand']);
    const permission = world.pick(['active', 'owner', 'vote']);
    return calling(kind, one, [two], shop, [two, permission], { signers });
  }),
  withTwo((world, shop, other) => {
    const [one, two] = world.two();
    const pay = call('token.iost', 'transfer', 'iost', one, two, '1', '');
    const actions = world.pick([
      [call(shop.id, 'put', 'red', 'first'), call(other.id, 'put', 'red', 'second')],
      [pay, call(shop.id, 'deposit', one, '2')],
      [call(shop.id, 'deposit', one, '2'), pay, call(shop.id, 'payout', two, '1')],
      [call(shop.id, 'deposit', one, '2'), call(other.id, 'visit', [], 'red', 'throw')],
      [call('ram.iost', 'buy', one, one, 20), call(shop.id, 'put', 'blue', 'from root')],
      [call(shop.id, 'deposit', one, '9'), call(shop.id, 'bargain', one, '1', other.id, '3')],
    ]);
    return draft('several', one, [two, RAM_MARKET], actions);
  }),
  withOne((world, shop) => {
    const one = world.rich();
    const vote = [shop.id, 'producer000', '2'];
    return draft(
      'vote',
      one,
      [ELECTION],
      [
        call(shop.id, 'deposit', one, '3'),
        call(shop.id, 'lend', 'vote_producer.iost', 'vote', vote),
      ],
    );
  }),
  withOne((world, shop) => {
    const one = world.rich();
    const election = (action: string, amount: string) =>
      call(shop.id, 'lend', 'vote_producer.iost', action, [shop.id, 'producer000', amount]);
    return draft(
      'vote-and-regret',
      one,
      [ELECTION],
      [call(shop.id, 'deposit', one, '3'), election('vote', '2'), election('unvote', '0.5')],
    );
  }),
];

/** Accounts whose permission rests on that of another, which lives anywhere and signs for them. */
const deputies: readonly Draw[] = [
  (world) => {
    const [one, two] = world.two();
    const action = call('auth.iost', 'assignPermission', one, 'active', `${two}@active`, 100);
    const drawn = draft('deputy', one, [two], [action], { signers: [`${one}@owner`] });
    return { ...drawn, learn: () => world.deputies.push([one, two]) };
  },
  withDeputy((world, one, two) => {
    const pay = call('token.iost', 'transfer', 'iost', one, world.pick([one, two]), '1', '');
    return draft('deputy-pays', one, [two], [pay]);
  }),
  withDeputy((_, one, two) => {
    const buy = call('ram.iost', 'buy', one, one, 20);
    return draft('deputy-buys', one, [two, RAM_MARKET], [buy]);
  }),
  withDeputy((world, one, two) =>
    withOne((_, shop) => calling('deposit', one, [two], shop, [one, '3']))(world),
  ),
  withDeputy((world, one, two) =>
    withOne((_, shop) => calling('deposit', one, [two], shop, [one, '99999999']))(world),
  ),
];

/** The transaction of the first account is signed by the second alone, or by somebody else. */
function withDeputy(
  draw: (world: WorldModel, one: string, two: string) => Draft | undefined,
): Draw {
  return (world) => {
    if (world.deputies.length === 0) return undefined;
    const [one, two] = world.pick(world.deputies);
    const drawn = draw(world, one, two);
    if (drawn === undefined) return undefined;
    const signer = world.random.chance(800) ? two : world.rich();
    const transaction = { ...drawn.transaction, publishedBy: [signer] };
    return {
      ...drawn,
      kind: `deputy-${drawn.kind}`,
      transaction,
      touches: [...drawn.touches, signer],
    };
  };
}

export const CONTRACT_DRAWS: readonly Draw[] = [
  ...PUBLISH_DRAWS,
  ...life,
  ...storage,
  ...tokens,
  ...calls,
  ...deputies,
];
