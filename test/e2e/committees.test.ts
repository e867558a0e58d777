/**
 * Goal: in real processes committees follow each other, candidates report themselves, and a validator
 * whose disk was lost finds out by itself, stays silent for the period, and is back in a later one.
 * Method: four real nodes on loopback with short periods; one is killed and its data deleted.
 */

import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { ValidatorProcesses } from '#test/support/validator-processes.ts';

const ALL = [0, 1, 2, 3];
const PERIOD_BLOCKS = 12;
const POLICY = {
  committeeSize: 4,
  periodBlocks: PERIOD_BLOCKS,
  heartbeatPeriods: 4,
  shardEpochBlocks: 60,
};
const POLLS_MAX = 1200;

let network: ValidatorProcesses;

before(async () => {
  network = await ValidatorProcesses.prepare({ validators: 4, shards: 1, policy: POLICY });
  for (const index of ALL) network.start(index);
});

after(() => network.remove());

type Committee = { readonly period: number; readonly members: readonly { account: string }[] };

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
    `${what} did not come:\n${ALL.map((index) => network.log(index).slice(-1500)).join('\n')}`,
  );
}

async function committee(index: number): Promise<Committee> {
  return JSON.parse(await stored(index, 'committee')) as Committee;
}

async function standing(index: number): Promise<number | undefined> {
  const response = await fetch(`http://${network.validators[index]?.telemetry}/metrics`);
  const pattern = /^iost_bft_votes\{actor="consensus"\} (\d+)$/m;
  const found = pattern.exec(await response.text());
  return found === null ? undefined : Number(found[1]);
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

test('who lost its disk is silent first and comes back', async () => {
  await until('votes of all', async () => (await standing(3)) === 1);
  await network.end(3, 'SIGKILL');
  network.wipe(3);
  network.start(3);
  await until('a node that follows without a vote', async () => (await standing(3)) === 0);
  const { period } = await committee(0);
  await until('its return', async () => (await standing(3)) === 1);
  assert.ok((await committee(0)).period > period, 'not before the next period');
  await network.progress(ALL, 3);
});

test('all have one history', async () => {
  await Promise.all(ALL.map((index) => network.end(index, 'SIGTERM')));
  for (const chain of [0, ROOT_CHAIN]) {
    const histories = await Promise.all(ALL.map((index) => network.hashes(index, chain)));
    const longest = histories.reduce((best, each) => (each.length > best.length ? each : best));
    for (const each of histories) assert.deepEqual(each, longest.slice(0, each.length));
    if (chain === ROOT_CHAIN) assert.ok(longest.length > 3 * PERIOD_BLOCKS);
    for (const index of ALL) assert.ok(!network.log(index).includes('broke the rules'));
  }
});
