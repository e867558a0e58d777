/**
 * Goal: what others say about addresses cannot hide good ones, lead astray, or fill the memory; what
 * was learned survives a restart.
 */

import { strict as assert } from 'node:assert';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { AddressBook } from '#io/net/address-book.ts';
import { isNodeRecord, makeNodeRecord } from '#io/net/node-record.ts';
import { readRecords, writeRecords } from '#io/net/record-file.ts';
import type { NodeRecord } from '#io/net/wire-message.ts';
import { GENESIS, peerAt, signerAt } from './peer-nodes.ts';

const NOW = 1_700_000_000_000;
const HALF = (): number => 0.5;

function emptyBook(): AddressBook {
  return new AddressBook({ peers: [], seeds: [] }, HALF);
}

function recordOf(index: number, address: string, timeMs = NOW): NodeRecord {
  return makeNodeRecord(GENESIS, signerAt(index), address, timeMs);
}

test('a record is believed only as its node has signed it, for this network and not for ever', () => {
  const record = recordOf(1, 'example.org:30000');
  assert.equal(isNodeRecord(GENESIS, record, NOW), true);
  assert.equal(isNodeRecord('cd'.repeat(32), record, NOW), false);
  assert.equal(isNodeRecord(GENESIS, { ...record, address: 'evil.org:30000' }, NOW), false);
  assert.equal(isNodeRecord(GENESIS, { ...record, timeMs: NOW + 1 }, NOW), false);
  assert.equal(isNodeRecord(GENESIS, recordOf(1, 'a:1', NOW + 2 * 3_600_000), NOW), false);
  for (const address of ['a', 'a:0', 'a:65536', ':1', '[::1:5', 'a b:1', '127.0.0.1:1:2']) {
    assert.equal(isNodeRecord(GENESIS, recordOf(1, address), NOW), false, address);
  }
  assert.equal(isNodeRecord(GENESIS, recordOf(1, '[::1]:65535'), NOW), true);
});

test('a later record replaces an earlier one, never the other way round', () => {
  const book = emptyBook();
  assert.equal(book.learn(recordOf(1, 'a:1'), peerAt(1)), true);
  assert.equal(book.learn(recordOf(1, 'a:1'), peerAt(1)), false, 'nothing new');
  assert.equal(book.learn(recordOf(1, 'b:1', NOW + 1), peerAt(1)), true);
  assert.equal(book.learn(recordOf(1, 'a:1'), peerAt(1)), false);
  assert.deepEqual(
    book.due(0).map(({ address }) => address),
    ['b:1'],
  );
});

test('nobody takes the address of a node that answered there', () => {
  const book = emptyBook();
  book.learn(recordOf(1, 'a:1'), peerAt(1));
  book.onConnected('a:1', peerAt(1));
  assert.equal(book.learn(recordOf(2, 'a:1', NOW + 5), peerAt(2)), false);
  assert.equal(book.sample(10)[0]?.address, 'a:1');
  assert.equal(book.due(0)[0]?.peer, peerAt(1));
});

test('made-up addresses push out each other, not those that answered', () => {
  const book = emptyBook();
  book.learn(recordOf(1, 'good:1'), peerAt(1));
  book.onConnected('good:1', peerAt(1));
  // Not signed for real: the book takes what was checked before.
  const fake = recordOf(2, 'x:1');
  for (let count = 0; count < 3000; count++) {
    const address = `host${count % 50}:${count + 1}`;
    book.learn({ ...fake, address }, `peer ${count}`);
  }
  assert.ok(book.size <= 1024, `${book.size} addresses`);
  assert.ok(book.due(0).some(({ address }) => address === 'good:1'));
  const oneHost = emptyBook();
  for (let count = 0; count < 3000; count++) {
    oneHost.learn({ ...fake, address: `x:${count + 1}` }, `peer ${count}`);
  }
  assert.equal(oneHost.size, 128);
});

test('an address that does not answer is tried less and less, a configured one for ever', () => {
  const book = new AddressBook({ peers: ['static:1'], seeds: [] }, HALF);
  book.learn(recordOf(1, 'learned:1'), peerAt(1));
  const pauses = new Map<string, number[]>();
  for (let nowMs = 0; nowMs < 600_000; nowMs += 100) {
    for (const entry of book.due(nowMs)) {
      book.onDialled(entry, nowMs);
      pauses.set(entry.address, [...(pauses.get(entry.address) ?? []), entry.dialAtMs - nowMs]);
    }
  }
  assert.equal(Math.max(...(pauses.get('static:1') ?? [])), 5000);
  assert.equal(Math.max(...(pauses.get('learned:1') ?? [])), 60_000);
  const [entry] = book.due(10_000_000);
  assert.ok(entry !== undefined);
  book.onServed(entry, 0);
  assert.equal(entry.dialAtMs, 200, 'after a good connection soon again');
});

test('records are kept in a file, and a spoilt file is no harm', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'iost-peers-'));
  try {
    assert.deepEqual(readRecords(dataDir, GENESIS), []);
    const records = [recordOf(1, 'a:1', 1), recordOf(2, '[::1]:5', 2)];
    writeRecords(dataDir, records);
    assert.deepEqual(readRecords(dataDir, GENESIS), records);
    assert.deepEqual(readRecords(dataDir, 'cd'.repeat(32)), [], 'of another network');
    const file = join(dataDir, 'peers.json');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('a:1', 'b:1'));
    assert.deepEqual(readRecords(dataDir, GENESIS), records.slice(1));
    for (const spoilt of ['', '[', '{}', '[null, 5, {"key": 1}]', text.slice(0, 100)]) {
      writeFileSync(file, spoilt);
      assert.deepEqual(readRecords(dataDir, GENESIS), []);
    }
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});
