/**
 * Blocks of every chain, shard or root, in one form. The header commits to everything a successor or
 * another chain has to trust: state after the block, transactions, receipts, what left for other
 * chains (outbox) and what was consumed from them (inbox). The body holds what cannot be derived.
 * Receipts are derived, so they are stored beside the block and not in it.
 */

import { assert } from '../assert.ts';
import { taggedHash } from '../crypto/hash.ts';
import type { BinaryReader } from './binary-reader.ts';
import { decodeWith } from './binary-reader.ts';
import { BinaryWriter } from './binary-writer.ts';

export const HASH_BYTES = 32;
export const ZERO_HASH: Uint8Array = new Uint8Array(HASH_BYTES);

export type BlockHeader = {
  readonly chainId: number;
  /** Shard number, or ROOT_CHAIN. */
  readonly chain: number;
  readonly height: number;
  /** Consensus view of its epoch in which it was proposed; 0 for genesis. */
  readonly view: number;
  readonly parentHash: Uint8Array;
  /** Nanoseconds since the Unix epoch, strictly increasing along a chain. */
  readonly timestamp: bigint;
  /** Ed25519 key. */
  readonly proposer: Uint8Array;
  /** Newest final root height the proposer knew: the clock that chains share. */
  readonly rootHeight: number;
  readonly stateRoot: Uint8Array;
  /** RFC 6962 list over transaction ids. */
  readonly transactionsRoot: Uint8Array;
  /** RFC 6962 list over receipt digests. */
  readonly receiptsRoot: Uint8Array;
  readonly outboxRoot: Uint8Array;
  readonly inboxRoot: Uint8Array;
  /** Of a closing block: hash of the group that follows (`next-group.ts`); else 32 zero bytes. */
  readonly nextGroupHash: Uint8Array;
  /** Hash of the encoded body. */
  readonly bodyHash: Uint8Array;
  readonly gasUsed: bigint;
};

/** Consecutive messages of one source chain, with the proof that they are in its final outbox. */
export type InboundBatch = {
  readonly source: number;
  readonly firstSeq: number;
  readonly messages: readonly Uint8Array[];
  /** Encoded proof, see core/atomix. */
  readonly proof: Uint8Array;
};

/** Shard heights up to `height` are part of the root block that carries this. */
export type Crosslink = {
  readonly chain: number;
  readonly fromHeight: number;
  readonly toHeight: number;
  /** Encoded header at `toHeight`. */
  readonly header: Uint8Array;
  /** Encoded finalization certificate of that header. */
  readonly certificate: Uint8Array;
  /** Next expected sequence number by source chain: the content of the header's `inboxRoot`. */
  readonly inboxCursors: readonly (readonly [source: number, nextSeq: number])[];
};

export type BlockBody = {
  /** Shards only: encoded steps of the root chain from one committee to the next, in order. */
  readonly handovers: readonly Uint8Array[];
  readonly inbound: readonly InboundBatch[];
  /** Full encodings, in execution order. */
  readonly transactions: readonly Uint8Array[];
  /** Facts about other chains that this block asks for. */
  readonly asks: readonly string[];
  /** Root chain only. */
  readonly crosslinks: readonly Crosslink[];
  /** Root chain only: encoded proofs that a candidate broke the rules. */
  readonly evidence: readonly Uint8Array[];
  /** Root chain only: encoded checkpoint certificates, one at most (core/pob). */
  readonly checkpoints: readonly Uint8Array[];
};

export const EMPTY_BODY: BlockBody = {
  handovers: [],
  inbound: [],
  transactions: [],
  asks: [],
  crosslinks: [],
  evidence: [],
  checkpoints: [],
};

/** Everything one block sends to one destination, numbered consecutively. */
export type OutboxEntry = {
  readonly destination: number;
  readonly firstSeq: number;
  readonly messages: readonly Uint8Array[];
};

/** A message that a transaction caused: it is done when `chain` has consumed `seq`. */
export type Leg = { readonly chain: number; readonly seq: number };

/**
 * What one transaction came to in one block. A transaction whose home is another chain has an entry
 * without a receipt in the block that took its reservation.
 */
export type TransactionResult = {
  readonly id: Uint8Array;
  readonly transaction: Uint8Array;
  /** Empty where the transaction runs on another chain. */
  readonly receipt: Uint8Array;
  readonly legs: readonly Leg[];
};

/** Every header has this many bytes. */
export const HEADER_BYTES: number = 4 + 4 + 8 + 8 + 32 + 8 + 32 + 8 + 7 * 32 + 8;

export function encodeHeader(header: BlockHeader): Uint8Array {
  return new BinaryWriter(HEADER_BYTES)
    .i32(header.chainId)
    .i32(header.chain)
    .i64(header.height)
    .i64(header.view)
    .raw(header.parentHash)
    .i64(header.timestamp)
    .raw(header.proposer)
    .i64(header.rootHeight)
    .raw(header.stateRoot)
    .raw(header.transactionsRoot)
    .raw(header.receiptsRoot)
    .raw(header.outboxRoot)
    .raw(header.inboxRoot)
    .raw(header.nextGroupHash)
    .raw(header.bodyHash)
    .i64(header.gasUsed)
    .take();
}

export function decodeHeader(bytes: Uint8Array): BlockHeader | undefined {
  return decodeWith(bytes, (reader) => ({
    chainId: reader.i32(),
    chain: reader.i32(),
    height: reader.safeInteger(),
    view: reader.safeInteger(),
    parentHash: reader.raw(HASH_BYTES),
    timestamp: reader.i64(),
    proposer: reader.raw(HASH_BYTES),
    rootHeight: reader.safeInteger(),
    stateRoot: reader.raw(HASH_BYTES),
    transactionsRoot: reader.raw(HASH_BYTES),
    receiptsRoot: reader.raw(HASH_BYTES),
    outboxRoot: reader.raw(HASH_BYTES),
    inboxRoot: reader.raw(HASH_BYTES),
    nextGroupHash: reader.raw(HASH_BYTES),
    bodyHash: reader.raw(HASH_BYTES),
    gasUsed: reader.i64(),
  }));
}

/** What certificates sign and successors point to. */
export function blockHash(header: Uint8Array): Uint8Array {
  return taggedHash('IOST/block/v1', header);
}

export function bodyHash(body: Uint8Array): Uint8Array {
  return taggedHash('IOST/body/v1', body);
}

export function encodeBody(body: BlockBody): Uint8Array {
  return writeBody(new BinaryWriter(bodyBytesMax(body)), body).take();
}

/** Bytes the encoded body takes at most; more only where its texts are not ASCII. */
export function bodyBytesMax(body: BlockBody): number {
  let bytes = 16 + listBytes(body.handovers) + listBytes(body.evidence);
  bytes += listBytes(body.checkpoints);
  for (const batch of body.inbound) {
    bytes += 20 + batch.proof.length + listBytes(batch.messages);
  }
  bytes += listBytes(body.transactions);
  for (const ask of body.asks) bytes += 4 + ask.length * 3;
  for (const link of body.crosslinks) {
    bytes += 32 + link.header.length + link.certificate.length + link.inboxCursors.length * 12;
  }
  return bytes;
}

export function writeBody(to: BinaryWriter, body: BlockBody): BinaryWriter {
  return to
    .list(body.handovers, (writer, bytes) => writer.bytes(bytes))
    .list(body.inbound, (writer, batch) =>
      writer
        .i32(batch.source)
        .i64(batch.firstSeq)
        .list(batch.messages, (target, message) => target.bytes(message))
        .bytes(batch.proof),
    )
    .list(body.transactions, (writer, bytes) => writer.bytes(bytes))
    .list(body.asks, (writer, ask) => writer.string(ask))
    .list(body.crosslinks, writeCrosslink)
    .list(body.evidence, (writer, bytes) => writer.bytes(bytes))
    .list(body.checkpoints, (writer, bytes) => writer.bytes(bytes));
}

export function decodeBody(bytes: Uint8Array): BlockBody | undefined {
  return decodeWith(bytes, (reader) => ({
    handovers: reader.list(4, (source) => source.bytes()),
    inbound: reader.list(20, (source) => ({
      source: source.i32(),
      firstSeq: source.safeInteger(),
      messages: source.list(4, (item) => item.bytes()),
      proof: source.bytes(),
    })),
    transactions: reader.list(4, (source) => source.bytes()),
    asks: reader.list(4, (source) => source.string()),
    crosslinks: reader.list(32, readCrosslink),
    evidence: reader.list(4, (source) => source.bytes()),
    checkpoints: reader.list(4, (source) => source.bytes()),
  }));
}

/**
 * The form in which a block is stored. The outbox is derived, but kept: what another chain has not
 * consumed yet must be sent again after a restart.
 */
export type StoredBlock = {
  readonly header: Uint8Array;
  readonly certificate: Uint8Array;
  readonly body: Uint8Array;
  readonly outbox: readonly OutboxEntry[];
};

export function encodeStoredBlock(block: StoredBlock): Uint8Array {
  let bytes = 16 + block.header.length + block.certificate.length + block.body.length;
  for (const { messages } of block.outbox) bytes += 12 + listBytes(messages);
  return new BinaryWriter(bytes)
    .bytes(block.header)
    .bytes(block.certificate)
    .bytes(block.body)
    .list(block.outbox, (writer, entry) =>
      writer
        .i32(entry.destination)
        .i64(entry.firstSeq)
        .list(entry.messages, (target, message) => target.bytes(message)),
    )
    .take();
}

export function decodeStoredBlock(bytes: Uint8Array): StoredBlock | undefined {
  return decodeWith(bytes, (reader) => ({
    header: reader.bytes(),
    certificate: reader.bytes(),
    body: reader.bytes(),
    outbox: reader.list(16, (source) => ({
      destination: source.i32(),
      firstSeq: source.safeInteger(),
      messages: source.list(4, (item) => item.bytes()),
    })),
  }));
}

/**
 * Results of a block: a table of end offsets, then the entries, so that one result is read without
 * touching the others.
 */
export function encodeResults(results: readonly TransactionResult[]): Uint8Array {
  const tableBytes = 4 + results.length * 4;
  let bytes = tableBytes;
  for (const result of results) bytes += resultBytes(result);
  const writer = new BinaryWriter(bytes).i32(results.length);
  let end = 0;
  for (const result of results) {
    end += resultBytes(result);
    writer.i32(end);
  }
  for (const result of results) {
    writer.raw(result.id).bytes(result.transaction).bytes(result.receipt).i32(result.legs.length);
    for (const { chain, seq } of result.legs) writer.i32(chain).i64(seq);
  }
  assert(writer.length === bytes, 'results take the room that was counted for them');
  return writer.take();
}

function resultBytes({ id, transaction, receipt, legs }: TransactionResult): number {
  return id.length + 4 + transaction.length + 4 + receipt.length + 4 + legs.length * 12;
}

/** How many results a stored list holds. */
export function resultCount(results: Uint8Array): number {
  return results.length < 4 ? 0 : viewOf(results).getUint32(0);
}

/** One result of a stored list; `undefined` past its end. */
export function resultAt(results: Uint8Array, index: number): TransactionResult | undefined {
  const count = resultCount(results);
  if (index >= count) return undefined;
  const view = viewOf(results);
  const start = index === 0 ? 0 : view.getUint32(4 * index);
  const end = view.getUint32(4 * (index + 1));
  const entriesAt = 4 + 4 * count;
  return decodeWith(results.subarray(entriesAt + start, entriesAt + end), readResult);
}

function readResult(reader: BinaryReader): TransactionResult {
  return {
    id: reader.raw(HASH_BYTES),
    transaction: reader.bytes(),
    receipt: reader.bytes(),
    legs: reader.list(12, (source) => ({ chain: source.i32(), seq: source.safeInteger() })),
  };
}

function writeCrosslink(writer: BinaryWriter, crosslink: Crosslink): void {
  writer
    .i32(crosslink.chain)
    .i64(crosslink.fromHeight)
    .i64(crosslink.toHeight)
    .bytes(crosslink.header)
    .bytes(crosslink.certificate)
    .list(crosslink.inboxCursors, (target, [source, nextSeq]) => target.i32(source).i64(nextSeq));
}

function readCrosslink(reader: BinaryReader): Crosslink {
  return {
    chain: reader.i32(),
    fromHeight: reader.safeInteger(),
    toHeight: reader.safeInteger(),
    header: reader.bytes(),
    certificate: reader.bytes(),
    inboxCursors: reader.list(12, (source) => [source.i32(), source.safeInteger()] as const),
  };
}

/** Bytes of a list of byte strings. */
function listBytes(items: readonly Uint8Array[]): number {
  let bytes = 4;
  for (const item of items) bytes += 4 + item.length;
  return bytes;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
