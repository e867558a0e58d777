import assert from 'node:assert/strict';
import { test } from 'node:test';
import { environmentName, kindOf, knownVariables, pathOfVariable } from '#node/config/key-tree.ts';
import { configKeys } from '#node/config/schema.ts';

test('key tree: each key has its own variable, and it leads back', () => {
  assert.equal(
    environmentName('rpc.websocket.messageBytesMax'),
    'IOSTD_RPC_WEBSOCKET_MESSAGE_BYTES_MAX',
  );
  assert.equal(new Set(knownVariables).size, configKeys.length);
  for (const { path } of configKeys) assert.equal(pathOfVariable(environmentName(path)), path);
});

test('key tree: keys, sections and unknown names are told apart', () => {
  assert.equal(kindOf('rpc.websocket'), 'section');
  assert.equal(kindOf('rpc.websocket.path'), 'key');
  assert.equal(kindOf('rpc.websocket.path.x'), 'unknown');
  assert.equal(kindOf('toString'), 'unknown');
});

test('key tree: every key is described', () => {
  for (const key of configKeys) assert.ok(key.description.length > 10, key.path);
});
