import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ReplayWindow } from '#core/mempool/replay-window.ts';

const SECOND = 1_000_000_000n;

/** An id that starts with `prefix` and has the number within the bytes that are kept. */
function makeId(number: number, prefix: readonly number[] = []): Uint8Array {
  const id = new Uint8Array(32);
  id.set(prefix);
  new DataView(id.buffer).setUint32(12, number);
  return id;
}

test('holds exactly the ids of the blocks of the last 90 s', () => {
  const block = fc.record({
    // Long gaps make whole windows leave at once.
    gapSeconds: fc.constantFrom(0, 1, 30, 45, 91),
    count: fc.nat(40),
  });
  fc.assert(
    fc.property(fc.array(block, { maxLength: 40, size: 'max' }), fc.nat(255), (blocks, crowd) => {
      const window = new ReplayWindow();
      const model: { time: bigint; id: Uint8Array }[] = [];
      let time = 0n;
      let numbers = 0;
      for (const { gapSeconds, count } of blocks) {
        time += BigInt(gapSeconds) * SECOND;
        const ids = Array.from({ length: count }, () => {
          numbers += 1;
          // Few distinct first bytes: long runs in the table, which wrap around its end.
          return makeId(numbers, [
            (crowd + (numbers % 5)) & 255,
            0xff,
            numbers % 2 === 0 ? 0xff : 0,
          ]);
        });
        window.addBlock(time, ids);
        for (const id of ids) model.push({ time, id });
        for (const item of model) {
          assert.equal(window.has(item.id), item.time >= time - 90n * SECOND);
        }
        assert.equal(window.has(makeId(numbers + 1)), false);
      }
    }),
    { numRuns: 50 },
  );
});

test('grows past its first size and keeps every id while old ones leave', () => {
  const window = new ReplayWindow();
  const idOf = (number: number) => makeId(number, [number, number >> 8, number >> 16]);
  let next = 0;
  for (let second = 0; second < 200; second++) {
    const ids = Array.from({ length: 150 }, () => idOf(next++));
    window.addBlock(BigInt(second) * SECOND, ids);
  }
  assert.equal(window.count, 91 * 150);
  for (let number = 0; number < next; number++) {
    assert.equal(window.has(idOf(number)), number >= next - 91 * 150);
  }
});

test('takes memory for what is in the window, not for what went through it', () => {
  const window = new ReplayWindow();
  const addBlocks = (from: number, to: number, count: number): void => {
    for (let second = from; second < to; second++) {
      const ids = Array.from({ length: count }, (_, index) => {
        const number = second * 4096 + index;
        return makeId(number, [number, number >> 8, number >> 16]);
      });
      window.addBlock(BigInt(second) * SECOND, ids);
    }
  };
  addBlocks(0, 91, 2000);
  const full = window.bytes;
  assert.ok(full < 91 * 2000 * 32, `${full} bytes`);
  addBlocks(91, 400, 2000);
  assert.equal(window.count, 91 * 2000);
  assert.ok(window.bytes <= full + 2 ** 19, 'the same with a page begun and a page left');
  addBlocks(400, 500, 10);
  assert.equal(window.count, 91 * 10);
  assert.ok(window.bytes < 2 ** 20, `${window.bytes} bytes after a rush`);
  for (let second = 409; second < 500; second++) {
    const number = second * 4096;
    assert.ok(window.has(makeId(number, [number, number >> 8, number >> 16])));
  }
});
