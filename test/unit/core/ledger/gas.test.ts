import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  addPledge,
  currentGas,
  gasOf,
  gasValue,
  gasView,
  giveGas,
  IOST_UNIT,
  readGas,
  removePledge,
  takeGas,
  writeGas,
} from '#core/ledger/gas.ts';
import { gasKey } from '#core/ledger/state-key.ts';
import { StateOverlay } from '#core/ledger/state-overlay.ts';
import { decodeStateValue, encodeStateValue } from '#core/ledger/state-value.ts';
import { LOCAL_PLACEMENT } from '#test/support/ledger-simulator.ts';

const T0 = 1_600_000_000_000_000_000n;
const SECOND = 1_000_000_000n;
const EMPTY = { total: 0n, limit: 0n, stock: 0n, updatedAt: 0n };

const pledged = (iost: bigint) => addPledge(EMPTY, iost * IOST_UNIT, T0);

test('records survive storage', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 62n), fc.bigInt(0n, 2n ** 62n), (stock, total) => {
      const record = { total, limit: stock, stock, updatedAt: T0 };
      assert.deepEqual(gasOf(gasValue(record)), record);
      assert.deepEqual(gasOf(decodeStateValue(encodeStateValue(gasValue(record)))), record);
    }),
  );
});

test('who never had a pledge has no gas, at any time', () => {
  assert.equal(currentGas(EMPTY, T0), 0n);
  assert.deepEqual(takeGas(EMPTY, 1n, T0), undefined);
});

test('gas is taken down to nothing and not below', () => {
  const record = pledged(10n);
  const rest = takeGas(record, record.stock, T0);
  assert.equal(rest?.stock, 0n);
  assert.equal(takeGas(record, record.stock + 1n, T0), undefined);
  assert.equal(takeGas(record, record.stock + 1n, T0 + SECOND)?.updatedAt, T0 + SECOND);
});

test('gas given back stops at the limit', () => {
  const record = pledged(10n);
  assert.equal(giveGas(record, 5n, T0).stock, record.stock + 5n);
  assert.equal(giveGas(record, record.limit, T0).stock, record.limit);
});

test('refilling counts at most three days', () => {
  const record = { ...pledged(1n), limit: 2n ** 62n };
  const days = (count: bigint) => currentGas(record, T0 + count * 86_400n * SECOND) - record.stock;
  assert.equal(days(1n), 115n * 86_400n);
  assert.equal(days(3n), 3n * 115n * 86_400n);
  assert.equal(days(30n), days(3n));
});

test('a block before the last update refills nothing', () => {
  const record = pledged(1n);
  assert.equal(currentGas(record, T0 - SECOND), record.stock);
});

test('fractions of a pledge refill by their part, cut off', () => {
  const record = addPledge(EMPTY, 10_12000000n, T0);
  assert.equal(currentGas(record, T0 + SECOND) - record.stock, 1163n);
});

test('taking a pledge back undoes its limit', () => {
  const record = removePledge(pledged(20n), 10n * IOST_UNIT, T0);
  assert.deepEqual(record, { ...pledged(10n), stock: 20n * 10_000_000n });
});

test('the keys of the reference are views of the record', () => {
  const state = new StateOverlay(new Map(), LOCAL_PLACEMENT);
  assert.equal(gasView(state, 'alice', 'gt'), undefined);
  state.begin();
  writeGas(state, 'alice', pledged(10n));
  assert.equal(state.get(gasKey('alice'))?.kind, 'bytes');
  assert.deepEqual(readGas(state, 'alice'), pledged(10n));
  const payer = 'gas.iost';
  assert.deepEqual(gasView(state, 'alice', 'gt'), {
    kind: 'decimal',
    value: 10n * IOST_UNIT,
    scale: 8,
    payer,
  });
  assert.deepEqual(gasView(state, 'alice', 'gl'), {
    kind: 'decimal',
    value: 300_000_000n,
    scale: 2,
    payer,
  });
  assert.deepEqual(gasView(state, 'alice', 'gu'), { kind: 'int', value: T0, payer });
  assert.deepEqual(gasView(state, 'alice', 'gs'), {
    kind: 'decimal',
    value: 100_000_000n,
    scale: 2,
    payer,
  });
});

test('gas never exceeds its limit and never falls while time passes', () => {
  const seconds = fc.array(fc.bigInt(0n, 400_000n), { maxLength: 10 });
  fc.assert(
    fc.property(fc.bigInt(1n, 90_000_000_000n * IOST_UNIT), seconds, (amount, steps) => {
      const record = addPledge(EMPTY, amount, T0);
      let time = T0;
      let before = currentGas(record, time);
      for (const step of steps) {
        time += step * SECOND;
        const now = currentGas(record, time);
        assert(now >= before && now <= record.limit);
        before = now;
      }
    }),
  );
});
