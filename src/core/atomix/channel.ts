/**
 * Ordered exactly-once channels between chains (protocol.md §7.2). What a block sends to each
 * destination is numbered consecutively and committed to by its `outboxRoot`; what a chain has
 * consumed is committed to by its `inboxRoot`. A receiver takes a batch only when it starts at the
 * next expected number and is proven to be in a header that the registered group of the sender made
 * final. Relays are therefore untrusted, and replay is impossible at any later time: a number is
 * consumed once.
 *
 * One batch is everything one block sent to one destination: certificates are checked per batch,
 * never per message.
 */

import { decodeWith } from '../chain/binary-reader.ts';
import { BinaryWriter } from '../chain/binary-writer.ts';
import {
  type BlockHeader,
  blockHash,
  decodeHeader,
  HASH_BYTES,
  type InboundBatch,
  type OutboxEntry,
} from '../chain/block.ts';
import { type MerkleProof, merkleProof, merkleRoot, verifyMerkleProof } from '../crypto/merkle.ts';

/** Next sequence number by chain, ascending by chain; chains without traffic are left out. */
export type ChannelCursors = readonly (readonly [chain: number, nextSeq: number])[];

/** Does this proof make the block of this header and hash final in its chain? */
export type FinalityCheck = (
  header: BlockHeader,
  hash: Uint8Array,
  certificate: Uint8Array,
) => boolean;

/** `entries` ascend by destination and none is empty. */
export function outboxRoot(entries: readonly OutboxEntry[]): Uint8Array {
  return merkleRoot(outboxLeaves(entries));
}

export function inboxRoot(cursors: ChannelCursors): Uint8Array {
  return merkleRoot(
    cursors.map(([chain, nextSeq]) => new BinaryWriter(12).i32(chain).i64(nextSeq).finish()),
  );
}

/** The batch for one destination of a final block, ready to travel. */
export function proveBatch(
  entries: readonly OutboxEntry[],
  index: number,
  source: { readonly chain: number; readonly header: Uint8Array; readonly certificate: Uint8Array },
): InboundBatch {
  const entry = entries[index] as OutboxEntry;
  const path = merkleProof(outboxLeaves(entries), index);
  const proof = new BinaryWriter()
    .bytes(source.header)
    .bytes(source.certificate)
    .i32(path.index)
    .i32(path.size)
    .list(path.siblings, (writer, sibling) => writer.raw(sibling))
    .finish();
  return { source: source.chain, firstSeq: entry.firstSeq, messages: entry.messages, proof };
}

/** Whether the batch is what its source's final header says it sent to `destination`. */
export function isProvenBatch(
  batch: InboundBatch,
  destination: number,
  isFinal: FinalityCheck,
): boolean {
  const proof = decodeProof(batch.proof);
  if (proof === undefined || batch.messages.length === 0) return false;
  const header = decodeHeader(proof.header);
  if (header === undefined || header.chain !== batch.source) return false;
  const leaf = outboxLeaf({
    destination,
    firstSeq: batch.firstSeq,
    messages: batch.messages,
  });
  return (
    verifyMerkleProof(header.outboxRoot, leaf, proof.path) &&
    isFinal(header, blockHash(proof.header), proof.certificate)
  );
}

/** Root and proofs of an outbox, which never changes, need the hashes of all its messages. */
const leavesOfOutbox = new WeakMap<readonly OutboxEntry[], readonly Uint8Array[]>();

function outboxLeaves(entries: readonly OutboxEntry[]): readonly Uint8Array[] {
  let leaves = leavesOfOutbox.get(entries);
  if (leaves === undefined) {
    leaves = entries.map(outboxLeaf);
    leavesOfOutbox.set(entries, leaves);
  }
  return leaves;
}

function outboxLeaf(entry: OutboxEntry): Uint8Array {
  return new BinaryWriter(48)
    .i32(entry.destination)
    .i64(entry.firstSeq)
    .i32(entry.messages.length)
    .raw(merkleRoot(entry.messages))
    .finish();
}

type BatchProof = {
  readonly header: Uint8Array;
  readonly certificate: Uint8Array;
  readonly path: MerkleProof;
};

function decodeProof(bytes: Uint8Array): BatchProof | undefined {
  return decodeWith(bytes, (reader) => ({
    header: reader.bytes(),
    certificate: reader.bytes(),
    path: {
      index: reader.i32(),
      size: reader.i32(),
      siblings: reader.list(HASH_BYTES, (source) => source.raw(HASH_BYTES)),
    },
  }));
}
