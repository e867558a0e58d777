import assert from 'node:assert/strict';
import { test } from 'node:test';
import { knownPaths, knownVariables } from '#node/config/key-tree.ts';
import { suggest } from '#node/config/suggest.ts';

test('suggest: slips of the fingers find the key', () => {
  const slips = [
    ['rpc.prot', 'rpc.port'],
    ['rcp.port', 'rpc.port'],
    ['shard', 'shards'],
    ['SHARDS', 'shards'],
    ['mempool.transactionMax', 'mempool.transactionsMax'],
    ['websocket.path', 'rpc.websocket.path'],
    ['data-dir', 'dataDir'],
  ] as const;
  for (const [slip, expected] of slips) assert.equal(suggest(slip, knownPaths), expected, slip);
  assert.equal(suggest('IOSTD_RPC_PRT', knownVariables), 'IOSTD_RPC_PORT');
});

test('suggest: what resembles nothing gets no suggestion', () => {
  for (const name of ['q', 'consensus.committeeSeats', 'xyzzy']) {
    assert.equal(suggest(name, knownPaths), undefined, name);
  }
});
