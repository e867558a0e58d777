/**
 * Goal: a proposer that does not keep to the rules of blocks gets no votes, and the network goes on.
 * Method: one of four validators runs a core with a lie edited in. That the lie is really told, and
 * that nothing but the rule stops it, is shown by a network in which nobody holds the rule.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import {
  type BlockBody,
  type BlockHeader,
  decodeBody,
  decodeHeader,
  decodeStoredBlock,
  resultAt,
  resultCount,
} from '#core/chain/block.ts';
import { decodeReceipt } from '#core/chain/receipt.ts';
import { decodeTransaction } from '#core/chain/transaction.ts';
import { hexOf } from '#core/crypto/hex.ts';
import { signerOfSeed } from '#core/crypto/key-pair.ts';
import { ShardMap } from '#core/eds/shard-map.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { readGenesis } from '#test/support/genesis.ts';
import { mutantValidator } from '../chains/mutant-core.ts';
import { accountKeys } from '../chains/random-workload.ts';
import { call, SimClient, type SimTransaction } from '../chains/sim-client.ts';
import type { Edit } from '../mutant-loader.ts';
import { type Hosted, type ValidatorCore, ValidatorNetwork } from './validator-network.ts';

const SHARDS = 2;
const LIAR = 1;
/** Hundredths; a payment costs about 760,000. */
const GAS_MAX = 1_000_000n;
const SECONDS = 2;
const BLOCKS_MIN = 2;

type Seen = {
  readonly chain: number;
  readonly header: BlockHeader;
  readonly body: BlockBody;
  /** Of each transaction with a receipt. */
  readonly gas: readonly bigint[];
  readonly parent: BlockHeader;
};

type Lie = {
  readonly name: string;
  readonly told: readonly Edit[];
  /** Takes the rule away, on top of telling the lie. */
  readonly believed: readonly Edit[];
  /** A final block in which the rule is broken. */
  readonly shows: (block: Seen) => boolean;
  /** What the liar alone gets to know. */
  readonly slipped?: Partial<SimTransaction>;
};

const RULES = 'shard/block-rules.ts';
const ADMISSION = 'shard/pool-admission.ts';
const CHECKER = 'shard/block-checker.ts';
const MAKER = 'shard/block-maker.ts';
const takesAnything: Edit = {
  file: ADMISSION,
  find: 'if (!checked.ok) return checked;',
  replace: 'if (nowNs > 0n) return pool.admit(id, head, origin);',
};
const believesAllTransactions: Edit = {
  file: CHECKER,
  find: 'if (!belongsHere(transaction, { time: timestamp, chainId }, placement)) return false;',
  replace: '',
};

const LIES: readonly Lie[] = [
  {
    name: 'more gas than a block may use',
    told: [
      {
        file: MAKER,
        find: 'fillBlock(execution, sources, limits, context.time)',
        replace: 'fillBlock(execution, sources, { ...limits, gasMax: 10n ** 15n }, context.time)',
      },
    ],
    believed: [
      {
        file: CHECKER,
        find: 'limits !== undefined && !takesMore(execution, limits)',
        replace: 'false',
      },
    ],
    shows: ({ gas }) => gas.slice(0, -1).reduce((sum, each) => sum + each, 0n) >= GAS_MAX,
  },
  {
    name: 'a root height that is far ahead',
    told: [
      {
        file: MAKER,
        find: 'rootHeight: this.#nextRootHeight(context.time, parent.hash),',
        replace: 'rootHeight: 100_000,',
      },
    ],
    believed: [{ file: RULES, find: ' && grown <= (claim', replace: ' && 10n ** 30n > (claim' }],
    shows: ({ header }) => header.rootHeight >= 100_000,
  },
  {
    name: 'a root height that goes back',
    told: [
      {
        file: MAKER,
        find: 'rootHeight: this.#nextRootHeight(context.time, parent.hash),',
        replace: 'rootHeight: context.number % 2,',
      },
    ],
    believed: [{ file: RULES, find: 'grown >= 0n && ', replace: '' }],
    shows: ({ header, parent }) => header.rootHeight < parent.rootHeight,
  },
  {
    name: 'more questions than a block may ask',
    told: [
      {
        file: 'shard/proposer.ts',
        find: 'for (const fact of asks) execution.ask(fact);',
        replace:
          "for (let n = 0; n <= 1024; n++) asks.add('token:made_up_' + n); for (const fact of asks) { try { execution.ask(fact); } catch {} }",
      },
    ],
    believed: [{ file: RULES, find: 'asks.length > ASKS_MAX || ', replace: '' }],
    shows: ({ chain, body }) => chain !== ROOT_CHAIN && body.asks.length > 1024,
  },
  {
    name: 'a transaction of another shard',
    told: [takesAnything],
    believed: [believesAllTransactions],
    shows: ({ chain, body }) =>
      body.transactions.some((bytes) => shardOf(publisherOf(bytes)) !== chain),
    slipped: {},
  },
  {
    name: 'a transaction for another network',
    told: [takesAnything],
    believed: [believesAllTransactions],
    shows: ({ body }) => body.transactions.some((bytes) => decodeTransaction(bytes)?.chainId === 7),
    slipped: { chainId: 7 },
  },
];

for (const lie of LIES) {
  test(`lying proposer: ${lie.name}: refused by honest voters`, async () => {
    const liar = await mutantValidator(`told-${slug(lie.name)}`, lie.told);
    const network = run(lie, new Map([[LIAR, liar]]));
    const blocks = finalBlocks(network, 0);
    assert.ok(blocks.length >= BLOCKS_MIN * SHARDS, `${blocks.length} blocks all the same`);
    assert.deepEqual(blocks.filter(lie.shows).map(describe), []);
  });

  test(`lying proposer: ${lie.name}: nothing but the rule stops it`, async () => {
    const core = await mutantValidator(`believed-${slug(lie.name)}`, [
      ...lie.told,
      ...lie.believed,
    ]);
    assert.ok(doesHarm(lie, core), 'the lie is in a final block, or all break on it');
  });
}

test('lying proposer: a question that is none is refused, not asked', async () => {
  const told: Edit = {
    file: 'shard/proposer.ts',
    find: 'asks: [...asks], crosslinks',
    replace: "asks: [...asks, 'nonsense:of mine'], crosslinks",
  };
  const liar = await mutantValidator('told-nonsense', [told]);
  const lie = { name: 'nonsense', told: [told], believed: [], shows: () => false };
  const network = run(lie, new Map([[LIAR, liar]]));
  assert.ok(finalBlocks(network, 0).length >= BLOCKS_MIN * SHARDS);
});

function run(lie: Lie, liars: ReadonlyMap<number, ValidatorCore>): ValidatorNetwork {
  const genesis = readGenesis('dev');
  const network = new ValidatorNetwork({
    seed: 1,
    validators: 4,
    shards: SHARDS,
    genesis,
    delayMs: 20,
    lossPerMille: 0,
    liars,
    limits: { gasMax: GAS_MAX },
  });
  const client = new SimClient(network, SHARDS, accountKeys(genesis));
  const users = genesis.accounts.map(({ id }) => id);
  const pay = (from: string, to: string) => [
    call('token.iost', 'transfer', 'iost', from, to, '1', ''),
  ];
  for (let turn = 0; turn < SECONDS * 10; turn++) {
    for (let index = 0; index < 8; index++) {
      const from = users[(turn + index) % users.length] as string;
      const near = users.find((user) => user !== from && shardOf(user) === shardOf(from));
      client.send({ publisher: from, actions: pay(from, near ?? from) });
    }
    if (lie.slipped !== undefined && turn === 5) {
      for (const shard of [0, 1]) {
        const isStranger = lie.slipped.chainId === undefined;
        const from = users.find((user) => (shardOf(user) === shard) !== isStranger) as string;
        const { id, bytes } = client.next({
          publisher: from,
          actions: pay(from, from),
          ...lie.slipped,
        });
        for (const validator of liars.keys()) network.submitTo(validator, shard, [{ id, bytes }]);
      }
    }
    network.run(100);
  }
  return network;
}

/** Whether a network of nothing but believers finalizes the lie, or dies of it. */
function doesHarm(lie: Lie, core: ValidatorCore): boolean {
  let network: ValidatorNetwork;
  try {
    network = run(lie, new Map([0, 1, 2, 3].map((each) => [each, core])));
  } catch {
    return true;
  }
  return finalBlocks(network, 0).some((block) => lie.shows(block));
}

/** The blocks of the shards on the disk of a validator. */
function finalBlocks(network: ValidatorNetwork, validator: number): readonly Seen[] {
  const seen: Seen[] = [];
  for (const hosted of network.hosted[validator]?.values() ?? []) {
    if (hosted.chain === ROOT_CHAIN) continue;
    for (let height = 1; height <= network.height(validator, hosted.chain); height++) {
      seen.push(blockAt(hosted, height));
    }
  }
  return seen;
}

function blockAt({ chain, storage }: Hosted, height: number): Seen {
  const headerAt = (at: number) =>
    decodeHeader(decodeStoredBlock(storage.block(at) as Uint8Array)?.header as Uint8Array);
  const block = decodeStoredBlock(storage.block(height) as Uint8Array);
  const body = decodeBody(block?.body as Uint8Array) as BlockBody;
  const results = storage.commitAt(height)?.receipts as Uint8Array;
  const gas: bigint[] = [];
  for (let index = 0; index < resultCount(results); index++) {
    const receipt = decodeReceipt(resultAt(results, index)?.receipt as Uint8Array);
    if (receipt !== undefined) gas.push(receipt.gasUsage);
  }
  const header = headerAt(height) as BlockHeader;
  return { chain, header, body, gas, parent: headerAt(height - 1) as BlockHeader };
}

function describe({ chain, header }: Seen): string {
  const liar = hexOf(signerOfSeed(new Uint8Array(32).fill(LIAR + 1)).publicKey);
  const by = hexOf(header.proposer) === liar ? 'the liar' : 'somebody else';
  return `block ${header.height} of chain ${chain} by ${by}`;
}

function publisherOf(bytes: Uint8Array): string {
  return decodeTransaction(bytes)?.publisher ?? '';
}

function shardOf(account: string): number {
  return ShardMap.balanced(SHARDS).shardOfAccount(account);
}

/** Names of mutants are part of addresses. */
function slug(name: string): string {
  return name.replaceAll(' ', '-');
}
