import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ExactDecimal } from '#core/ledger/exact-decimal.ts';

const of = (text: string): ExactDecimal => ExactDecimal.of(text);
/** Numbers of the kinds that contracts meet: whole, with decimals, negative. */
const NUMBER = fc
  .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: 0, max: 40 }))
  .map(([units, scale]) => ExactDecimal.ofUnits(units, scale));

describe('exact decimals', () => {
  test('read and written as the reference does', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['0', '0'],
      ['007.50', '7.5'],
      ['-1.50', '-1.5'],
      ['1e3', '1000'],
      ['1.5643e-10', '0.00000000015643'],
      ['+2.', '2'],
      ['12300', '12300'],
    ];
    for (const [text, shown] of cases) assert.equal(of(text).toString(), shown);
    for (const text of [
      '',
      'x',
      '1.2.3',
      '.5',
      '0x10',
      ' 1',
      '1e',
      '1e999',
      'NaN',
      '9'.repeat(257),
    ]) {
      assert.equal(ExactDecimal.parse(text), undefined, text);
      assert.equal(of(text).toString(), '0');
    }
  });

  test('what is cut is cut towards zero', () => {
    assert.equal(of('1.23456789999').toFixed(8), '1.23456789');
    assert.equal(of('-1.23456789999').toFixed(8), '-1.23456789');
    assert.equal(of('3').toFixed(8), '3.00000000');
    assert.equal(of('0.5').toFixed(0), '0');
    assert.equal(of('2.5').units(0), 2n);
    assert.equal(of('-2.5').cut(0).toString(), '-2');
  });

  test('a quotient has 50 decimals', () => {
    assert.equal(of('1').dividedBy(of('3')).toString(), `0.${'3'.repeat(50)}`);
    assert.equal(of('-2').dividedBy(of('3')).toString(), `-0.${'6'.repeat(50)}`);
    const rate = of('0.0296').dividedBy(of('31536000000000000'));
    assert.equal(rate.toString(), '0.00000000000000000093860984271943176052765093860984');
  });

  test('sums and products are exact', () => {
    fc.assert(
      fc.property(NUMBER, NUMBER, NUMBER, (a, b, c) => {
        assert.equal(a.plus(b).minus(b).toString(), a.toString());
        const sum = a.times(c).plus(b.times(c));
        assert.equal(a.plus(b).times(c).toString(), sum.toString());
        assert.equal(of(a.toString()).minus(a).isZero(), true);
        assert.equal(a.isLess(b), a.minus(b).isNegative());
      }),
    );
  });

  test('a quotient is the largest one that fits', () => {
    const unit = ExactDecimal.ofUnits(1n, 50);
    const positive = NUMBER.filter((value) => value.isPositive());
    fc.assert(
      fc.property(positive, positive, (a, b) => {
        const quotient = a.dividedBy(b);
        assert.equal(a.isLess(quotient.times(b)), false);
        assert.equal(a.isLess(quotient.plus(unit).times(b)), true);
      }),
    );
  });
});
