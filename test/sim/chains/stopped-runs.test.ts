/**
 * Goal: a run that a proposer stops costs that run and nothing else: the rest of the block is made, a
 * transaction of its own pool is given up after a second try, one of another shard is tried later.
 * Method: an engine that stops calls of one ABI while blocks are packed, as often as a test wants.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { hexOf } from '#core/crypto/hex.ts';
import { ShardMap } from '#core/eds/shard-map.ts';
import { RunStopped } from '#core/ledger/engine.ts';
import type { Host } from '#core/ledger/host.ts';
import type { Argument } from '#core/ledger/native/native-contract.ts';
import { publishedId } from '#core/ledger/published-id.ts';
import { IosvmEngine } from '#io/iosvm/iosvm-engine.ts';
import { readGenesis } from '#test/support/genesis.ts';
import { fixedText } from './equivalence/contract-source.ts';
import { NetworkPromises } from './network-promises.ts';
import { accountKeys } from './random-workload.ts';
import { assertQuiet } from './run-chains.ts';
import { call, SimClient } from './sim-client.ts';
import { HONEST, SimNetwork } from './sim-network.ts';

const SHARDS = 2;

/** Calls of `get` that are still to be stopped, by any engine. */
let stopsLeft = 0;

class StoppingEngine extends IosvmEngine {
  override run(host: Host, id: string, abi: string, args: readonly Argument[]): string {
    if (abi === 'get' && this.patience !== Number.POSITIVE_INFINITY && stopsLeft > 0) {
      stopsLeft -= 1;
      throw new RunStopped(host.id, 'slow');
    }
    return super.run(host, id, abi, args);
  }
}

function scene(isNear: boolean) {
  const genesis = readGenesis('dev');
  const promises = new NetworkPromises();
  const core = { ...HONEST, IosvmEngine: StoppingEngine };
  const network = new SimNetwork({
    seed: 1,
    shards: SHARDS,
    genesis,
    crashesPerSecond: 0,
    promises,
    core,
  });
  const client = new SimClient(network, SHARDS, accountKeys(genesis));
  const map = ShardMap.balanced(SHARDS);
  const users = genesis.accounts.map(({ id }) => id);
  const author = users[0] as string;
  const text = fixedText(`storage.put('init', 'done');`);
  const actions = [call('system.iost', 'setCode', text)];
  const id = publishedId(client.send({ publisher: author, actions, gasLimit: 2_000_000_00n }));
  network.run(3000);
  const home = map.shardOfContract(id);
  const user = users.find((each) => (map.shardOfAccount(each) === home) === isNear) as string;
  const send = (contract: string, abi: string, ...args: readonly unknown[]) =>
    hexOf(
      client.send({
        publisher: user,
        actions: [call(contract, abi, ...args)],
        gasLimit: 500_000_00n,
      }),
    );
  return { network, promises, id, user, send };
}

test('a transaction of the own pool is tried twice and given up', () => {
  const { network, promises, id, user, send } = scene(true);
  stopsLeft = 1000;
  const stopped = send(id, 'get');
  const other = send('token.iost', 'transfer', 'iost', user, user, '1', '');
  network.run(3000);
  assert.equal(network.stopped.length, 2);
  assert.deepEqual(
    network.stopped.map(({ mayTryAgain }) => mayTryAgain),
    [true, false],
  );
  assert.equal(promises.ran.has(stopped), false);
  assert.equal(promises.ran.get(other)?.receipt.statusCode, 0, 'the block was made without it');
  assertQuiet(network);
});

test('a transaction of the own pool that is slow once runs', () => {
  const { network, promises, id, send } = scene(true);
  stopsLeft = 1;
  const slow = send(id, 'get');
  network.run(3000);
  assert.equal(network.stopped.length, 1);
  assert.equal(promises.ran.get(slow)?.receipt.statusCode, 0);
  assertQuiet(network);
});

test('a run for another shard is left out of blocks until it is not slow any more', () => {
  const { network, promises, id, user, send } = scene(false);
  stopsLeft = 3;
  const slow = send(id, 'get');
  network.run(500);
  const other = send('token.iost', 'transfer', 'iost', user, user, '1', '');
  network.run(15_000);
  assert.equal(network.stopped.length, 3);
  assert.equal(promises.ran.get(other)?.receipt.statusCode, 0, 'others do not wait for it');
  assert.equal(promises.ran.get(slow)?.receipt.statusCode, 0, 'it ran in the end');
  assertQuiet(network);
});
