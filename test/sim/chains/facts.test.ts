/**
 * Goal: a block asks for no more facts than voters accept, and who waits for a fact is not forgotten.
 * Method: more payments to accounts that nobody knows than one block may ask about, all at once.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { decodeBody, decodeStoredBlock } from '#core/chain/block.ts';
import { ShardMap } from '#core/eds/shard-map.ts';
import { ASKS_MAX } from '#core/shard/block-rules.ts';
import { readGenesis } from '#test/support/genesis.ts';
import { accountKeys } from './random-workload.ts';
import { call, SimClient } from './sim-client.ts';
import { SimNetwork } from './sim-network.ts';

const PAYMENTS = ASKS_MAX + 300;

test('a block asks for no more facts than it may, and the rest follow', () => {
  const genesis = readGenesis('dev');
  const network = new SimNetwork({ seed: 1, shards: 2, genesis, crashesPerSecond: 0 });
  const client = new SimClient(network, 2, accountKeys(genesis));
  const map = ShardMap.balanced(2);
  const payer = genesis.accounts.find(({ id }) => map.shardOfAccount(id) === 0)?.id as string;
  const strangers: string[] = [];
  for (let index = 0; strangers.length < PAYMENTS; index++) {
    if (map.shardOfAccount(`no_${index}`) === 1) strangers.push(`no_${index}`);
  }
  const sent = strangers.map((to) => {
    const actions = [call('token.iost', 'transfer', 'iost', payer, to, '1', '')];
    return client.next({ publisher: payer, actions, gasLimit: 10_000_00n });
  });
  network.submit(0, sent);
  network.run(3000);
  const counts = askCounts(network, 0);
  assert.ok(Math.max(...counts) === ASKS_MAX, `the fullest block asks ${Math.max(...counts)}`);
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    PAYMENTS,
    'each fact is asked for once',
  );
  assert.equal(network.chains.get(0)?.chain?.status.poolCount, 0, 'nobody waits for ever');
});

function askCounts(network: SimNetwork, chain: number): readonly number[] {
  const storage = network.chains.get(chain)?.storage;
  const counts: number[] = [];
  for (let height = 1; height <= (storage?.head()?.height ?? 0); height++) {
    const block = decodeStoredBlock(storage?.block(height) as Uint8Array);
    counts.push(decodeBody(block?.body as Uint8Array)?.asks.length ?? 0);
  }
  return counts;
}
