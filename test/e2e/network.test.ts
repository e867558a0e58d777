/**
 * Goal: validators in processes of their own agree on every chain, go on without one, stop without
 * two, and recover by themselves; what is sent to one is seen by all.
 * Method: four real nodes on loopback, killed and started again; their databases are compared.
 */

import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readGenesis } from '#test/support/genesis.ts';
import { accountOf, IostClient, keyOf } from '#test/support/iost-client.ts';
import { runCli } from '#test/support/run-cli.ts';
import { ValidatorProcesses } from '#test/support/validator-processes.ts';

const ALL = [0, 1, 2, 3];
/** What the first node that is no validator gets. */
const OBSERVER = 4;
/** Longer than any view takes that could still decide something. */
const STALL_MS = 6000;

let network: ValidatorProcesses;

before(async () => {
  network = await ValidatorProcesses.prepare({ validators: 4, shards: 2 });
  for (const index of ALL) network.start(index);
});

after(() => network.remove());

async function balanceAt(index: number, account: string): Promise<string> {
  const response = await fetch(`${network.rpc(index)}/getTokenBalance/${account}/iost/1`);
  return String(((await response.json()) as { balance: unknown }).balance);
}

async function transferAt(index: number, amount: string): Promise<void> {
  const client = await IostClient.connect(network.rpc(index));
  const { admin } = readGenesis('dev');
  assert.ok(admin.publishedSecretKey !== undefined);
  const account = accountOf(admin.id, keyOf(admin.publishedSecretKey));
  const tx = client.iost.transfer('iost', admin.id, 'user_1', amount, '');
  const receipt = await client.run(client.sign(account, tx));
  assert.equal(receipt.status_code, 'SUCCESS');
}

test('four validators make blocks of every chain', async () => {
  await network.progress(ALL, 5);
});

test('what is sent to one validator is seen at every other', async () => {
  await transferAt(0, '7');
  await transferAt(2, '5');
  for (const index of ALL) {
    for (let tries = 0; (await balanceAt(index, 'user_1')) !== '1000012'; tries++) {
      assert.ok(tries < 300, `validator ${index} has ${await balanceAt(index, 'user_1')}`);
      await sleep(100);
    }
  }
});

test('an observer follows all chains, and what is sent to it reaches the validators', async () => {
  const observer = await network.addObserver();
  assert.equal(observer, OBSERVER);
  network.start(observer);
  await network.ready([observer]);
  await network.progress([observer], 3);
  await transferAt(observer, '8');
  for (let tries = 0; (await balanceAt(3, 'user_1')) !== '1000020'; tries++) {
    assert.ok(tries < 300, `validator 3 has ${await balanceAt(3, 'user_1')}`);
    await sleep(100);
  }
  const status = await runCli(['status', '--config', network.config(observer)]);
  assert.equal(status.code, 0, status.stderr);
  assert.match(status.stdout, /peers +[1-9] connected \(\d in, \d out\), [1-4] of them validators/);
  assert.match(status.stdout, /shard 0 +block \d+, in step/);
  assert.equal(await network.end(observer, 'SIGTERM'), 0);
});

test('three go on when one is killed, whichever it is, and it catches up', async () => {
  for (const victim of [0, 3]) {
    await network.end(victim, 'SIGKILL');
    await network.progress(
      ALL.filter((index) => index !== victim),
      4,
    );
    network.start(victim);
    await network.progress(ALL, 3);
  }
});

test('two stop, and go on when the others are back', async () => {
  await network.end(1, 'SIGKILL');
  await network.end(2, 'SIGKILL');
  await sleep(2000);
  const stalled = await network.heights(0);
  assert.ok(stalled.size > 0);
  await sleep(STALL_MS);
  assert.deepEqual(await network.heights(0), stalled);
  network.start(1);
  network.start(2);
  await network.progress(ALL, 3);
  await transferAt(1, '1');
});

test('all stop cleanly and have one history', async () => {
  const codes = await Promise.all(ALL.map((index) => network.end(index, 'SIGTERM')));
  assert.deepEqual(codes, [0, 0, 0, 0]);
  assert.ok((await network.agree([...ALL, OBSERVER])) > 10, 'blocks were made');
  network.trustEachOther();
});
