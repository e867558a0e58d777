import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { plainStringsAt } from '#core/chain/plain-strings.ts';
import { decodeTransaction, encodeTransaction } from '#core/chain/transaction.ts';
import { signedTransfer } from '#test/support/signed-transactions.ts';

const read = (text: string) => {
  const bytes = new TextEncoder().encode(`..${text}..`);
  return plainStringsAt(bytes, 2, bytes.length - 2);
};

test('arrays of plain strings are read as the parser reads them', () => {
  const printable = fc.string({ unit: 'grapheme-ascii', maxLength: 40 });
  const plain = printable.map((text) => text.replaceAll(/["\\]/g, ''));
  fc.assert(
    fc.property(fc.array(plain, { minLength: 1, maxLength: 5 }), (strings) => {
      assert.deepEqual(read(JSON.stringify(strings)), strings);
    }),
  );
});

test('everything else is left to the parser', () => {
  const others = [
    ...['', '[', '[]', '[""', '""]', '["a" ,"b"]', '["a",]', '["a""b"]', '["a"]]', '[["a"]]'],
    ...[
      '["a",1]',
      '["a\\n"]',
      '["\u00e9"]',
      '["\u0007"]',
      '[ "a"]',
      '["a"] ',
      `["${'x'.repeat(300)}"]`,
    ],
  ];
  for (const text of others) assert.equal(read(text), undefined, text);
});

test('any text near an array comes to what parsing it comes to', () => {
  const piece = fc.constantFrom('[', ']', '"', ',', 'a', ' ', '\\', '"a"', '""');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
      const text = pieces.join('');
      const strings = read(text);
      if (strings !== undefined) assert.equal(JSON.stringify(strings), text);
    }),
    { numRuns: 2000 },
  );
});

test('the text of an action is what was encoded, however it was read', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string({ unit: 'grapheme' })), (data) => {
      const actions = [
        { contract: 'token.iost', actionName: 'transfer', data },
        { contract: 'token.iost', actionName: 'transfer', data: '["iost","a","b","1",""]' },
      ];
      const decoded = decodeTransaction(encodeTransaction({ ...signedTransfer('alice'), actions }));
      assert.deepEqual(
        decoded?.actions.map((action) => action.data),
        actions.map((action) => action.data),
      );
    }),
  );
});
