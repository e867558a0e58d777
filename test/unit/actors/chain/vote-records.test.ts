import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinRecords, splitRecord } from '#actors/chain/vote-records.ts';

const PIECE_BYTES_MAX = 100;

test('a record of any length comes back from its pieces, none too large', () => {
  for (const length of [0, 1, 97, 98, 99, 100, 196, 197, 1000, 30_000]) {
    const value = Uint8Array.from({ length }, (_, index) => index * 7);
    const pieces = stored('0001/block', value);
    assert.ok(
      pieces.every(([, piece]) => piece.length <= PIECE_BYTES_MAX),
      `${length} bytes`,
    );
    assert.deepEqual(joinRecords(pieces), [{ key: '0001/block', value }], `${length} bytes`);
  }
});

test('pieces of a longer record under the same key are not read', () => {
  const [first, second] = [new Uint8Array(500).fill(1), new Uint8Array(150).fill(2)];
  const table = new Map([...stored('k', first), ...stored('k', second), ...stored('l', first)]);
  const sorted = [...table].sort(([left], [right]) => (left < right ? -1 : 1));
  assert.deepEqual(joinRecords(sorted), [
    { key: 'k', value: second },
    { key: 'l', value: first },
  ]);
});

function stored(key: string, value: Uint8Array): [string, Uint8Array][] {
  return splitRecord({ key, value }, PIECE_BYTES_MAX).map(({ key: pieceKey, parts }) => [
    pieceKey,
    new Uint8Array(Buffer.concat(parts)),
  ]);
}
