import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  buyPrice,
  centsText,
  grownBytes,
  initialRamPool,
  marginalPrices,
  purchaseCost,
  saleRefund,
} from '#core/ledger/native/ram-curve.ts';

const GIB = 1024 ** 3;
const START = initialRamPool(128 * GIB);

describe('RAM curve', () => {
  test('the first thousand bytes cost what the reference asserts: 5 IOST and a fee of 0.10', () => {
    const cost = purchaseCost(START, 1000);
    assert.equal(centsText(cost.raw), '5.00');
    assert.equal(centsText(cost.fee), '0.10');
    assert.equal(centsText(cost.total), '5.10');
  });

  test('a sale pays the curve without a fee', () => {
    const pool = { leftSpace: START.leftSpace - 1000, balance: START.balance + 5 };
    assert.equal(centsText(saleRefund(pool, 300)), '1.50');
  });

  test('small purchases pay the least fee', () => {
    assert.equal(purchaseCost(START, 10).fee, 0.01);
    assert.equal(centsText(purchaseCost(START, 10).total), '0.06');
  });

  test('marginal prices: half a cent per byte at the start, buying 2 % above', () => {
    const prices = marginalPrices(START);
    assert.equal(prices.sell, 0.005);
    assert.equal(prices.buy, 1.02 * 0.005);
  });

  test('supply grows once per passed boundary of the interval', () => {
    const growth = { increaseIntervalSeconds: 600, increaseAmount: 1307448 };
    const start = 1541541540e9; // on a boundary: 1541541540 is 60 s before one
    assert.equal(grownBytes(growth, start, start + 59e9), 0);
    assert.equal(grownBytes(growth, start, start + 60e9), 1307448);
    assert.equal(grownBytes(growth, start, start + 144 * 600e9), 144 * 1307448);
    assert.equal(grownBytes(growth, start, start - 600e9), 0, 'never shrinks');
  });

  test('buying and selling back never makes money', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 64 * GIB }),
        fc.integer({ min: 10, max: 32 * GIB }),
        (taken, bytes) => {
          const pool = {
            leftSpace: START.leftSpace - taken,
            balance: START.balance + buyPrice(START, taken),
          };
          const cost = purchaseCost(pool, bytes);
          const after = { leftSpace: pool.leftSpace - bytes, balance: pool.balance + cost.raw };
          assert.ok(saleRefund(after, bytes) < cost.total);
          assert.ok(after.balance / after.leftSpace >= pool.balance / pool.leftSpace);
        },
      ),
    );
  });
});
