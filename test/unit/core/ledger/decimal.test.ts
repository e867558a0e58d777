import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  formatDecimal,
  INT64_MAX,
  isPlainAmount,
  parseDecimal,
  parseDecimalAuto,
  refineAmount,
} from '#core/ledger/decimal.ts';

function parsed(text: string, scale: number): bigint | string {
  const result = parseDecimal(text, scale);
  return result.ok ? result.value : result.failure.message;
}

test('amounts are scaled and cut off, not rounded', () => {
  assert.equal(parsed('1.23456789', 8), 123_456_789n);
  assert.equal(parsed('1.239', 2), 123n);
  assert.equal(parsed('1', 8), 100_000_000n);
  assert.equal(parsed('1.', 2), 100n);
  assert.equal(parsed('1.9', 0), 1n);
  assert.equal(parsed('-1.5', 1), -15n);
  assert.equal(parsed('0', 8), 0n);
  assert.equal(parsed('9223372036854775807', 0), INT64_MAX);
});

test('what follows the last digit that counts is not looked at', () => {
  assert.equal(parsed('1.23abc', 2), 123n);
});

test('what is no amount is refused in the words of the reference', () => {
  assert.equal(parsed('', 8), 'amount format error');
  assert.equal(parsed('.5', 8), 'amount format error');
  assert.equal(parsed('-', 8), 'amount format error');
  assert.equal(parsed('1.2.3', 8), 'multi decimal point error');
  assert.equal(parsed('1e5', 8), 'abnormal char in amount');
  assert.equal(parsed('9223372036854775808', 0), 'overflow error');
  assert.equal(parsed('92233720368.54775808', 8), 'overflow error');
  assert.equal(parsed('9'.repeat(30), 0), 'overflow error');
});

test('without a scale the text decides', () => {
  const auto = parseDecimalAuto('1.2300');
  assert.deepEqual(auto.ok && auto.value, { value: 12_300n, scale: 4 });
});

test('amounts are shown without trailing zeros', () => {
  assert.equal(formatDecimal(123_000_000n, 8), '1.23');
  assert.equal(formatDecimal(100n, 2), '1');
  assert.equal(formatDecimal(0n, 8), '0');
  assert.equal(formatDecimal(5n, 8), '0.00000005');
  assert.equal(formatDecimal(-150n, 2), '-1.5');
  assert.equal(formatDecimal(100n, 0), '100');
});

test('every value survives being shown and read', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, INT64_MAX), fc.integer({ min: 0, max: 18 }), (value, scale) => {
      assert.equal(parsed(formatDecimal(value, scale), scale), value);
    }),
  );
});

test('plain amounts are digits with at most one dot between them', () => {
  for (const text of ['1', '0.5', '10.25', '00']) assert.equal(isPlainAmount(text), true, text);
  for (const text of ['', '.5', '5.', '1.2.3', '-1', '1e5', ' 1', '.']) {
    assert.equal(isPlainAmount(text), false, text);
  }
});

test('refining is reading and showing again', () => {
  const digits = fc.stringMatching(/^[0-9]{1,10}(\.[0-9]{1,9})?$/);
  fc.assert(
    fc.property(digits, fc.integer({ min: 0, max: 8 }), (text, scale) => {
      const value = parseDecimal(text, scale);
      const refined = refineAmount(text, scale);
      assert(value.ok && refined.ok);
      assert.equal(refined.value, formatDecimal(value.value, scale));
    }),
  );
  assert.equal(refineAmount('1e5', 8).ok, false);
  const overflow = refineAmount('9'.repeat(30), 8);
  assert.equal(!overflow.ok && overflow.failure.message, 'overflow error');
});
