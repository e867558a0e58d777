import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ChannelMessage, decodeMessage, encodeMessage } from '#core/atomix/message.ts';

const id = fc.uint8Array({ minLength: 32, maxLength: 32 });
const bytes = fc.uint8Array({ maxLength: 40 });
const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const small = fc.nat();
const large = fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n });

/** What goes back and forth about an account: its reservations and its RAM on lease. */
const message: fc.Arbitrary<ChannelMessage> = fc.oneof(
  fc.record({
    kind: fc.constant('short' as const),
    id,
    publisher: text,
    transaction: bytes,
    ram: small,
  }),
  fc.record({ kind: fc.constant('borrow' as const), account: text, bytes: small }),
  fc.record({ kind: fc.constant('lease' as const), account: text, bytes: large }),
  fc.record({ kind: fc.constant('recall' as const), account: text }),
  fc.record({ kind: fc.constant('return' as const), account: text, bytes: large }),
  fc.record({
    kind: fc.constant('credit' as const),
    credit: fc.record({
      kind: fc.constant('ramUse' as const),
      account: text,
      chain: small,
      bytes: large,
    }),
  }),
);

test('messages about accounts come back as they were written, from exactly their bytes', () => {
  fc.assert(
    fc.property(message, (each) => {
      const encoded = encodeMessage(each);
      assert.deepEqual(plain(decodeMessage(encoded)), plain(each));
      assert.equal(decodeMessage(encoded.subarray(0, -1)), undefined);
      assert.equal(decodeMessage(new Uint8Array([...encoded, 0])), undefined);
    }),
  );
});

/** With bytes as numbers: equal arrays may be views of different buffers. */
function plain(value: ChannelMessage | undefined): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, part: unknown) => {
      if (typeof part === 'bigint') return String(part);
      return part instanceof Uint8Array ? [...part] : part;
    }),
  );
}
