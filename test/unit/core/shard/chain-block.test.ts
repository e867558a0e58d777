import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type BlockBody,
  type BlockHeader,
  bodyHash,
  decodeBody,
  decodeStoredBlock,
  encodeBody,
  encodeResults,
  encodeStoredBlock,
  resultAt,
  resultCount,
  ZERO_HASH,
} from '#core/chain/block.ts';
import {
  completeBlock,
  draftBlock,
  makeChainBlock,
  readChainBlock,
} from '#core/shard/chain-block.ts';

/** Plain objects, as the decoders make them. */
function record<Shape>(fields: { [Key in keyof Shape]: fc.Arbitrary<Shape[Key]> }) {
  return fc.record(fields, { noNullPrototype: true });
}

const bytes = (max: number) => fc.uint8Array({ maxLength: max });
const cursors = fc.array(fc.tuple(fc.nat(255), fc.maxSafeInteger()), { maxLength: 3 });
const texts = fc.array(bytes(400), { maxLength: 3 });
const body: fc.Arbitrary<BlockBody> = record({
  handovers: texts,
  evidence: texts,
  checkpoints: texts,
  inbound: fc.array(
    record({
      source: fc.nat(255),
      firstSeq: fc.maxSafeInteger(),
      messages: fc.array(bytes(200), { maxLength: 4 }),
      proof: bytes(400),
    }),
    { maxLength: 3 },
  ),
  transactions: fc.array(bytes(400), { maxLength: 6 }),
  asks: fc.array(fc.string({ unit: 'grapheme', maxLength: 100 }), { maxLength: 3 }),
  crosslinks: fc.array(
    record({
      chain: fc.nat(255),
      fromHeight: fc.nat(),
      toHeight: fc.nat(),
      header: bytes(400),
      certificate: bytes(400),
      inboxCursors: cursors,
    }),
    { maxLength: 2 },
  ),
});

test('a drafted block is the same as one made of its parts, and reads back', () => {
  fc.assert(
    fc.property(body, (content) => {
      const draft = draftBlock(content);
      assert.deepEqual(draft.bodyBytes, encodeBody(content));
      assert.deepEqual(decodeBody(draft.bodyBytes), content);
      const header = headerOf(bodyHash(draft.bodyBytes));
      const block = completeBlock(header, draft);
      assert.deepEqual(block, makeChainBlock(header, encodeBody(content)));
      assert.deepEqual(readChainBlock(block.payload), block);
      block.payload[block.payload.length - 1] = (block.payload.at(-1) as number) ^ 1;
      assert.equal(readChainBlock(block.payload), undefined);
    }),
  );
});

test('stored blocks and results read back', () => {
  const messages = fc.array(bytes(100), { maxLength: 4 });
  const outbox = fc.array(
    record({ destination: fc.nat(255), firstSeq: fc.maxSafeInteger(), messages }),
    { maxLength: 3 },
  );
  const stored = record({
    header: bytes(300),
    certificate: bytes(300),
    body: bytes(900),
    outbox,
  });
  fc.assert(
    fc.property(stored, (block) => {
      assert.deepEqual(decodeStoredBlock(encodeStoredBlock(block)), block);
    }),
  );
  const result = record({
    id: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    transaction: bytes(300),
    receipt: bytes(300),
    legs: fc.array(record({ chain: fc.nat(255), seq: fc.maxSafeInteger() }), { maxLength: 3 }),
  });
  fc.assert(
    fc.property(fc.array(result, { maxLength: 8 }), (results) => {
      const encoded = encodeResults(results);
      assert.equal(resultCount(encoded), results.length);
      assert.deepEqual(
        results.map((_, index) => resultAt(encoded, index)),
        results,
      );
      assert.equal(resultAt(encoded, results.length), undefined);
    }),
  );
});

function headerOf(hash: Uint8Array): BlockHeader {
  return {
    chainId: 1020,
    chain: 1,
    height: 7,
    view: 9,
    parentHash: ZERO_HASH,
    timestamp: 1_700_000_000_000_000_001n,
    proposer: ZERO_HASH,
    rootHeight: 3,
    stateRoot: ZERO_HASH,
    transactionsRoot: ZERO_HASH,
    receiptsRoot: ZERO_HASH,
    outboxRoot: ZERO_HASH,
    inboxRoot: ZERO_HASH,
    nextGroupHash: ZERO_HASH,
    bodyHash: hash,
    gasUsed: 12n,
  };
}
