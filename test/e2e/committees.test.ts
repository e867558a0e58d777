/**
 * Goal: in real processes committees follow each other, candidates report themselves, a validator
 * whose disk was lost finds out by itself, stays silent for the period, and is back in a later one, and
 * a node that the genesis does not know takes a seat once it is registered, approved and voted for.
 * Method: four real nodes on loopback with short periods; one is killed and its data deleted; a fifth
 * comes later and is registered with the client as its operator would.
 */

import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { readGenesis } from '#test/support/genesis.ts';
import {
  type Account,
  accountOf,
  IostClient,
  iostPackage,
  keyOf,
} from '#test/support/iost-client.ts';
import { runCli } from '#test/support/run-cli.ts';
import { ValidatorProcesses } from '#test/support/validator-processes.ts';

const ALL = [0, 1, 2, 3];
const PERIOD_BLOCKS = 12;
const POLICY = {
  committeeSize: 5,
  periodBlocks: PERIOD_BLOCKS,
  heartbeatPeriods: 4,
  shardEpochBlocks: 60,
};
const POLLS_MAX = 1200;
/** Its account has the key of its node, by which it reports itself. */
const NEWCOMER = { account: 'newcomer', key: iostPackage.KeyPair.newKeyPair() };
/** More than 2 basis points of all IOST, from which on one stands. */
const VOTES = '31000000';

let newcomer: number;
let network: ValidatorProcesses;

before(async () => {
  network = await ValidatorProcesses.prepare({ validators: 4, shards: 1, policy: POLICY });
  newcomer = await network.addCandidate(NEWCOMER.key.B58SecKey());
  for (const index of ALL) network.start(index);
});

after(() => network.remove());

type Committee = { readonly period: number; readonly members: readonly { account: string }[] };
type Turns = { readonly members: readonly { readonly blocks: number }[] };

async function stored(index: number, key: string, field = ''): Promise<string> {
  const response = await fetch(`${network.rpc(index)}/getContractStorage`, {
    method: 'POST',
    body: JSON.stringify({ id: 'pob.iost', key, field, by_longest_chain: true }),
  });
  return ((await response.json()) as { readonly data: string }).data;
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let poll = 0; poll < POLLS_MAX; poll++) {
    try {
      if (await isSo()) return;
    } catch {
      // It does not answer yet.
    }
    await sleep(100);
  }
  assert.fail(
    `${what} did not come:\n${[...ALL, newcomer].map((index) => network.log(index).slice(-1500)).join('\n')}`,
  );
}

async function committee(index: number): Promise<Committee> {
  return JSON.parse(await stored(index, 'committee')) as Committee;
}

/** Root blocks that it has made in the running period, as the chain counts them. */
async function blocksOf(account: string): Promise<number> {
  const { members } = await committee(0);
  const seat = members.findIndex((member) => member.account === account);
  const turns = JSON.parse(await stored(0, 'turns')) as Turns;
  return turns.members[seat]?.blocks ?? 0;
}

async function metric(index: number, name: string, actor: string): Promise<number | undefined> {
  const response = await fetch(`${network.telemetry(index)}/metrics`);
  const start = `iost_${name}{actor="${actor}"} `;
  const line = (await response.text()).split('\n').find((each) => each.startsWith(start));
  return line === undefined ? undefined : Number(line.slice(start.length));
}

const standing = (index: number) => metric(index, 'bft_votes', 'consensus');

type ChainInfo = { readonly witness_list: readonly string[]; readonly checkpoint_block: string };

async function chainInfo(index: number): Promise<ChainInfo> {
  const response = await fetch(`${network.rpc(index)}/getChainInfo`);
  return (await response.json()) as ChainInfo;
}

/** All candidates stand by root blocks above this one. */
function checkpointed(height: number, indexes: readonly number[]): Promise<void> {
  return until(`a checkpoint above ${height}`, async () => {
    const infos = await Promise.all(indexes.map(chainInfo));
    return infos.every(({ checkpoint_block }) => Number(checkpoint_block) > height);
  });
}

test('committees follow each other, and candidates are heard of', async () => {
  await until('the third period', async () => (await committee(0)).period >= 2);
  const { members } = await committee(0);
  assert.equal(members.length, 4);
  await until('heartbeats', async () => {
    for (const index of ALL) {
      const account = `producer00${index}`;
      const { heardIn } = JSON.parse(await stored(0, 'candidate', account)) as { heardIn: number };
      if (heardIn < 2) return false;
    }
    return true;
  });
});

test('iostd peers shows the other validators and how far they are', async () => {
  const args = ['peers', '--telemetry', network.telemetry(0)];
  const words = await runCli(args);
  assert.match(words.stdout, /validator +\S+( ms)? +0 +shard 0: \d+, root: \d+/);
  const { peers, bans } = JSON.parse((await runCli([...args, '--json'])).stdout) as {
    readonly peers: readonly { readonly key: string; readonly heads: { readonly root: number } }[];
    readonly bans: readonly unknown[];
  };
  const others = network.validators.slice(1, ALL.length).map(({ publicKey }) => publicKey);
  assert.deepEqual(peers.map(({ key }) => key).sort(), others.sort());
  assert.ok(peers.every(({ heads }) => heads.root > PERIOD_BLOCKS));
  assert.deepEqual(bans, []);
});

test('all candidates stand by the blocks that close periods', async () => {
  await checkpointed(0, ALL);
  const response = await fetch(`${network.telemetry(0)}/readyz`);
  const { details } = (await response.json()) as { readonly details: { consensus: string } };
  assert.match(details.consensus, /; checkpoints: \d+ final, \d+ justified/);
  const { finalized } = JSON.parse(await stored(1, 'checkpoints')) as { finalized: [number] };
  assert.ok(finalized[0] > 0 && finalized[0] % PERIOD_BLOCKS === 0);
});

test('who lost its disk is silent first and comes back', async () => {
  await until('votes of all', async () => (await standing(3)) === 1);
  // By a block of its own in the running period it finds out that it has lost something.
  await until('a block of its own', async () => (await blocksOf('producer003')) > 0);
  const { period } = await committee(0);
  await network.end(3, 'SIGKILL');
  network.wipe(3);
  network.start(3);
  await until('a node that follows without a vote', async () => (await standing(3)) === 0);
  await until('its return', async () => (await standing(3)) === 1);
  assert.ok((await committee(0)).period > period, 'not in the period in which it had voted');
  await network.progress(ALL, 3);
});

/** An account for the newcomer, its candidacy, and the votes of the admin for it. */
async function enlistNewcomer(): Promise<void> {
  const { account: id, key } = NEWCOMER;
  const client = await IostClient.connect(network.rpc(0));
  const { publishedSecretKey } = readGenesis('dev').admin;
  assert.ok(publishedSecretKey !== undefined);
  const admin = accountOf('admin', keyOf(publishedSecretKey));
  const account = accountOf(id, key);
  const produce = async (by: Account, abi: string, args: readonly unknown[], iost = '0') => {
    const receipt = await client.call(by, 'vote_producer.iost', abi, args, { approve: { iost } });
    assert.equal(`${abi}: ${receipt.status_code} ${receipt.message}`, `${abi}: SUCCESS `);
  };
  const signUp = client.iost.newAccount(id, 'admin', key.id, key.id, 20_000, 1000);
  const made = await client.run(client.sign(admin, signUp, { approve: { iost: '2000' } }));
  assert.equal(made.status_code, 'SUCCESS', made.message);
  await produce(account, 'applyRegister', [id, key.id, '', '', '', true]);
  await produce(admin, 'approveRegister', [id]);
  await produce(account, 'logInProducer', [id]);
  await produce(admin, 'vote', ['admin', id, VOTES], VOTES);
}

test('a node that the genesis does not know follows, is elected and makes blocks', async () => {
  network.start(newcomer);
  await network.ready([newcomer]);
  assert.equal(await standing(newcomer), 0, 'it has no vote yet');
  await enlistNewcomer();
  await until('its seat', async () => {
    const { witness_list } = await chainInfo(0);
    return witness_list.includes(NEWCOMER.key.id);
  });
  // What it sends is taken for a validator's, by everybody, and it knows them all.
  await until('validators that are connected with all others', async () => {
    for (const index of [...ALL, newcomer]) {
      if ((await metric(index, 'p2p_validators', 'network')) !== ALL.length) return false;
    }
    return true;
  });
  assert.equal((await committee(0)).members.length, ALL.length + 1);
  await until('its vote', async () => (await standing(newcomer)) === 1);
  await until('a block of its own', async () => (await blocksOf(NEWCOMER.account)) > 0);
  await network.progress([...ALL, newcomer], 3);
  const { checkpoint_block } = await chainInfo(newcomer);
  await checkpointed(Number(checkpoint_block) + PERIOD_BLOCKS, [...ALL, newcomer]);
});

test('all have one history', async () => {
  const everybody = [...ALL, newcomer];
  await Promise.all(everybody.map((index) => network.end(index, 'SIGTERM')));
  for (const chain of [0, ROOT_CHAIN]) {
    const histories = await Promise.all(everybody.map((index) => network.hashes(index, chain)));
    const longest = histories.reduce((best, each) => (each.length > best.length ? each : best));
    for (const each of histories) assert.deepEqual(each, longest.slice(0, each.length));
    if (chain === ROOT_CHAIN) assert.ok(longest.length > 3 * PERIOD_BLOCKS);
    for (const index of everybody) assert.ok(!network.log(index).includes('broke the rules'));
  }
});
