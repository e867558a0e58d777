import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkTopology } from '#node/check-topology.ts';
import type { LinkRow, Topology } from '#node/topology-types.ts';
import { linkRow, relayRow } from '#test/support/supervised-node.ts';

const actors = ['rpc', 'shard', 'storage'].map((name) =>
  relayRow(name, { forwardTo: [], answerTo: [] }),
);
const SOUND: Topology = {
  actors,
  links: [
    linkRow('rpc', 'shard', 'work'),
    linkRow('shard', 'rpc', 'reply'),
    linkRow('shard', 'storage', 'work'),
    linkRow('storage', 'shard', 'reply'),
    linkRow('storage', 'rpc', 'work', { delivery: 'lossy' }),
  ],
};

function problemsWith(...links: readonly LinkRow[]): readonly string[] {
  return checkTopology({ ...SOUND, links: [...SOUND.links, ...links] });
}

test('topology: sound: no problem, a lossy work link may close a cycle', () => {
  assert.deepEqual(checkTopology(SOUND), []);
});

const BROKEN: readonly (readonly [string, LinkRow, string])[] = [
  [
    'missing end',
    linkRow('shard', 'ghost', 'work'),
    'link shard->ghost: there is no actor "ghost"',
  ],
  ['own actor', linkRow('shard', 'shard', 'reply'), 'link shard->shard leads to its own actor'],
  ['twice', linkRow('shard', 'rpc', 'reply'), 'link shard->rpc is listed twice'],
  [
    'no power of two',
    linkRow('rpc', 'storage', 'work', { bytes: 5000 }),
    'link rpc->storage: 5000 bytes is no power of two from 2^10 to 2^28',
  ],
  [
    'message does not fit',
    linkRow('rpc', 'storage', 'work', { messageBytesMax: 2041 }),
    'link rpc->storage: messages of 2041 bytes do not fit, the ring takes 2040',
  ],
  [
    'overflow below one message',
    linkRow('rpc', 'storage', 'work', { overflowBytesMax: 1023 }),
    'link rpc->storage: the overflow queue is smaller than one message',
  ],
];

for (const [name, link, problem] of BROKEN) {
  test(`topology: link broken: ${name}: said in words`, () => {
    assert.deepEqual(problemsWith(link), [problem]);
  });
}

test('topology: another lane between the same actors: allowed', () => {
  assert.deepEqual(problemsWith(linkRow('rpc', 'shard', 'work', { lane: 'queries' })), []);
});

test('topology: reliable work links in a cycle: refused, with the links on it', () => {
  assert.deepEqual(problemsWith(linkRow('storage', 'rpc', 'work', { lane: 'back' })), [
    'reliable work links form a cycle: rpc->shard, shard->storage, storage->rpc#back',
  ]);
});

test('topology: actor names: unique, plain, and not the supervisor’s', () => {
  const named = (name: string) => relayRow(name, { forwardTo: [], answerTo: [] });
  const topology = { actors: [...actors, ...['rpc', 'Rpc 2', 'supervisor'].map(named)], links: [] };
  assert.deepEqual(checkTopology(topology), [
    'bad actor name "Rpc 2"',
    'actor "rpc" is listed twice',
    '"supervisor" is taken',
  ]);
});
