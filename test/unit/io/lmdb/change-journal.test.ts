/** Goal: keys whose hashes collide stay different keys, in a journal and among pending changes. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  buildJournal,
  candidatePositions,
  changeValue,
  findChange,
  hashKey,
  journalOf,
} from '#io/lmdb/change-journal.ts';
import { PendingChanges, SLICES } from '#io/lmdb/pending-changes.ts';
import { change, commitAt, text } from '#test/support/lmdb/chain-fixture.ts';

const SEED = 0x1234_5678;

/** Two keys with one hash; among 300,000 keys about ten pairs collide. */
function collidingKeys(): readonly [string, string] {
  const keyOf = new Map<number, string>();
  for (let index = 0; index < 300_000; index++) {
    const words = [0x9e37_79b1, 0x85eb_ca6b].map((factor) => Math.imul(index, factor) >>> 0);
    const key = `b-${words.join('-')}`;
    const other = keyOf.get(hashKey(key, SEED));
    if (other !== undefined) return [other, key];
    keyOf.set(hashKey(key, SEED), key);
  }
  throw new Error('no collision: the hash is not of 32 bits');
}

test('change journal: keys of one hash: each has its own value', () => {
  const [first, second] = collidingKeys();
  const hash = hashKey(first, SEED);
  const changes = [change('a', '1'), change(first, '2'), change(second, '3'), change('z', null)];
  const journal = buildJournal(commitAt(1, { changes }), SEED);
  const readValue = (key: string): string | null | undefined => {
    const offset = findChange(journal, key, hashKey(key, SEED));
    if (offset < 0) return undefined;
    const value = changeValue(journal, offset);
    return value === null ? null : text(value);
  };
  assert.deepEqual([first, second, 'z', 'absent'].map(readValue), ['2', '3', null, undefined]);
  assert.equal(findChange(journal, 'another', hash), -1);
  const later = buildJournal(commitAt(2, { changes: [change(second, '4')] }), SEED);
  const pending = new PendingChanges();
  pending.add(1, journal);
  pending.add(2, later);
  const visited = new Map<string, string | undefined>();
  for (let slice = 0; slice < SLICES; slice++) {
    pending.visitSlice(slice, 0, (key, value) => {
      assert.equal(visited.has(key), false, 'each key once');
      visited.set(key, value === null ? undefined : text(value));
    });
  }
  assert.deepEqual(
    visited,
    new Map(
      [
        [second, '4'],
        ['a', '1'],
        [first, '2'],
        ['z', undefined],
      ].sort() as [string, string | undefined][],
    ),
  );
});

test('change journal: stored bytes at any alignment: reads the same', () => {
  const journal = buildJournal(commitAt(1, { changes: [change('b-é', 'v')] }), SEED);
  const bytes = Buffer.from('b-é').toString('latin1');
  for (let shift = 0; shift < 4; shift++) {
    const shifted = new Uint8Array(journal.bytes.length + shift);
    shifted.set(journal.bytes, shift);
    const stored = journalOf(shifted.subarray(shift));
    const offset = findChange(stored, bytes, hashKey(bytes, SEED));
    assert.equal(text(changeValue(stored, offset) ?? undefined), 'v');
    const { transactionIds } = commitAt(1);
    const second = transactionIds.subarray(32, 64);
    assert.deepEqual([...candidatePositions(stored, second)], [1]);
  }
});
