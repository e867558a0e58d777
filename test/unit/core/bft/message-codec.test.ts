import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeMessage, encodeMessage } from '#core/bft/message-codec.ts';
import type { BftMessage } from '#core/bft/messages.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const view = fc.nat();
const place = { chain: fc.nat(255), epoch: fc.nat() };

const proposal = fc.record({
  kind: fc.constant('proposal' as const),
  ...place,
  view,
  parentView: view,
  parentHash: bytes(32),
  height: fc.nat(),
  blockHash: bytes(32),
  payload: fc.uint8Array({ maxLength: 50 }),
  signature: bytes(64),
});
const nullifies = fc.constantFrom('nullify' as const, 'notarize' as const, 'finalize' as const);
const vote = fc
  .record({
    kind: nullifies,
    ...place,
    view,
    blockHash: bytes(32),
    member: fc.nat(65_535),
    signature: bytes(64),
  })
  .map((one) => (one.kind === 'nullify' ? { ...one, blockHash: undefined } : one));
const certificate = fc
  .record({
    kind: fc.constantFrom('notarization' as const, 'nullification' as const),
    ...place,
    view,
    blockHash: bytes(32),
    signers: fc.uint8Array({ maxLength: 4 }),
    signatures: fc.array(bytes(64), { maxLength: 4 }),
  })
  .map((one) => (one.kind === 'nullification' ? { ...one, blockHash: undefined } : one));
const what = fc.constantFrom('notarization' as const, 'nullification' as const, 'body' as const);
const message: fc.Arbitrary<BftMessage> = fc.oneof(
  proposal,
  vote,
  certificate.map((one) => ({ kind: 'certificate' as const, certificate: one })),
  fc.record({
    kind: fc.constant('fetch' as const),
    ...place,
    finalView: view,
    wants: fc.array(fc.record({ view, what }), { maxLength: 5 }),
  }),
  fc.record({
    kind: fc.constant('fetchReply' as const),
    ...place,
    certificates: fc.array(certificate, { maxLength: 3 }),
    proposals: fc.array(proposal, { maxLength: 3 }),
  }),
);

test('every message reads back, and no other bytes mean the same', () => {
  fc.assert(
    fc.property(message, fc.nat(), (one, at) => {
      const encoded = encodeMessage(one);
      // Cloned, because generated records have no prototype.
      assert.deepEqual(decodeMessage(encoded), structuredClone(one));
      assert.equal(decodeMessage(encoded.subarray(0, at % encoded.length)), undefined);
      assert.equal(decodeMessage(Uint8Array.of(...encoded, 0)), undefined);
      const changed = encoded.slice();
      const index = at % changed.length;
      changed[index] = (changed[index] as number) ^ 1;
      const read = decodeMessage(changed);
      if (read !== undefined) assert.deepEqual(encodeMessage(read), changed);
    }),
  );
});

test('a fetch of more than 64 things is refused', () => {
  const wants = Array.from({ length: 65 }, (_, number) => ({
    view: number,
    what: 'body' as const,
  }));
  const fetch = { kind: 'fetch', chain: 0, epoch: 0, finalView: 0, wants } as const;
  assert.equal(decodeMessage(encodeMessage(fetch)), undefined);
  assert.ok(decodeMessage(encodeMessage({ ...fetch, wants: wants.slice(1) })) !== undefined);
});
