import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MissingState } from '#core/ledger/missing-state.ts';
import type { Placement } from '#core/ledger/ports.ts';
import { ELSEWHERE, StateOverlay } from '#core/ledger/state-overlay.ts';
import type { StateValue } from '#core/ledger/state-value.ts';

/** Keys that start with `r` belong to another chain. */
const PLACEMENT: Placement = { self: 0, chainOf: (key) => (key.startsWith('r') ? 1 : 0) };

const int = (value: number): StateValue => ({ kind: 'int', value: BigInt(value), payer: 'p' });

function overlayOver(entries: [string, StateValue][] = []): StateOverlay {
  return new StateOverlay(new Map(entries), PLACEMENT);
}

test('reads see writes of the block over committed state', () => {
  const overlay = overlayOver([['a', int(1)]]);
  overlay.begin();
  assert.deepEqual(overlay.get('a'), int(1));
  overlay.put('a', int(2));
  overlay.put('b', int(3));
  assert.deepEqual(overlay.get('a'), int(2));
  assert.equal(overlay.has('b'), true);
  overlay.delete('a');
  assert.equal(overlay.get('a'), undefined);
  overlay.commit();
  assert.deepEqual(
    [...overlay.changes()],
    [
      ['a', undefined],
      ['b', int(3)],
    ],
  );
});

test('rollback undoes the transaction and only it', () => {
  const overlay = overlayOver([['a', int(1)]]);
  overlay.begin();
  overlay.put('a', int(2));
  overlay.commit();
  overlay.begin();
  overlay.put('a', int(3));
  overlay.put('a', int(4));
  overlay.put('b', int(5));
  overlay.delete('a');
  overlay.rollback();
  assert.deepEqual([...overlay.changes()], [['a', int(2)]]);
});

test('a savepoint keeps what was written before it', () => {
  const overlay = overlayOver();
  overlay.begin();
  overlay.put('a', int(1));
  const mark = overlay.savepoint();
  overlay.put('a', int(2));
  overlay.put('b', int(3));
  overlay.rollbackTo(mark);
  assert.deepEqual(overlay.get('a'), int(1));
  assert.equal(overlay.get('b'), undefined);
  overlay.commit();
  assert.deepEqual([...overlay.changes()], [['a', int(1)]]);
});

test('a key of another chain that was not brought along is missing', () => {
  const overlay = overlayOver();
  overlay.begin();
  const missing = (error: unknown) => error instanceof MissingState && error.keys[0] === 'r1';
  assert.throws(() => overlay.get('r1'), missing);
  assert.throws(() => overlay.put('r1', int(1)), missing);
  assert.throws(() => overlay.delete('r1'), missing);
  assert.equal(overlay.find('r1'), ELSEWHERE);
  assert.equal(overlay.find('a'), undefined);
  assert.equal(overlay.reaches('r1'), false);
  assert.equal(overlay.reaches('a'), true);
  assert.equal(overlay.getOwned('r1'), undefined);
});

test('carried keys are read and written beside the block', () => {
  const overlay = overlayOver();
  overlay.begin(
    new Map([
      ['r1', int(1)],
      ['r2', undefined],
      ['r3', int(3)],
    ]),
  );
  assert.deepEqual(overlay.get('r1'), int(1));
  assert.equal(overlay.get('r2'), undefined);
  assert.equal(overlay.find('r2'), undefined);
  assert.equal(overlay.carries('r2'), true);
  overlay.update('r1', int(10));
  overlay.put('r2', int(20));
  overlay.put('a', int(30));
  assert.deepEqual(
    [...overlay.commit()],
    [
      ['r1', int(10)],
      ['r2', int(20)],
    ],
  );
  assert.deepEqual([...overlay.changes()], [['a', int(30)]]);
  overlay.begin();
  assert.equal(overlay.find('r1'), ELSEWHERE, 'what was carried ends with its transaction');
});

test('a deleted carried key is answered as such; a rollback answers nothing', () => {
  const carried = new Map([['r1', int(1)]]);
  const overlay = overlayOver();
  overlay.begin(carried);
  overlay.delete('r1');
  overlay.rollbackTo(0);
  assert.deepEqual(overlay.get('r1'), int(1));
  overlay.delete('r1');
  assert.deepEqual([...overlay.commit()], [['r1', undefined]]);
  overlay.begin(carried);
  overlay.put('r1', int(2));
  overlay.rollback();
  assert.equal(overlay.changes().size, 0);
});

test('any sequence of writes, savepoints and rollbacks agrees with copying whole maps', () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('put' as const),
      key: fc.constantFrom('a', 'b', 'c'),
      value: fc.nat(9),
    }),
    fc.record({ kind: fc.constant('delete' as const), key: fc.constantFrom('a', 'b', 'c') }),
    fc.record({ kind: fc.constantFrom('mark', 'back', 'commit', 'rollback') }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const base: [string, StateValue][] = [['a', int(100)]];
      const overlay = overlayOver(base);
      let committed = new Map(base);
      let model = new Map(base);
      let marks: [number, Map<string, StateValue>][] = [];
      const endTransaction = () => {
        marks = [];
        overlay.begin();
      };
      overlay.begin();
      for (const each of steps) {
        if (each.kind === 'put') {
          overlay.put(each.key, int(each.value));
          model.set(each.key, int(each.value));
        } else if (each.kind === 'delete') {
          overlay.delete(each.key);
          model.delete(each.key);
        } else if (each.kind === 'mark') marks.push([overlay.savepoint(), new Map(model)]);
        else if (each.kind === 'back') {
          const mark = marks.pop();
          if (mark === undefined) continue;
          overlay.rollbackTo(mark[0]);
          model = mark[1];
        } else if (each.kind === 'commit') {
          overlay.commit();
          committed = new Map(model);
          endTransaction();
        } else {
          overlay.rollback();
          model = new Map(committed);
          endTransaction();
        }
        for (const key of ['a', 'b', 'c']) assert.deepEqual(overlay.get(key), model.get(key));
      }
    }),
  );
});
