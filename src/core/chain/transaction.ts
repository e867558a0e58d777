/**
 * An IOST transaction and its canonical bytes, exactly as existing clients produce and sign them
 * (spec go-iost §2.1, §2.4). The three encodings nest: what signers sign (base) is a prefix of what
 * the publisher signs (publish), which is a prefix of the full form whose hash is the id. So one
 * full encoding and two offsets hold everything, and a transaction is carried as those bytes and
 * decoded once per thread that needs its fields.
 */

import { type BinaryReader, decodeWith } from './binary-reader.ts';
import { BinaryWriter } from './binary-writer.ts';

/** Largest full encoding a node accepts, in bytes. */
export const TRANSACTION_BYTES_MAX = 65_536;

/** Algorithm codes as they stand in the signed bytes; other codes verify as secp256k1. */
export const SIGNATURE_ALGORITHM = { secp256k1: 1, ed25519: 2 } as const;

export type Signature = {
  readonly algorithm: number;
  readonly signature: Uint8Array;
  readonly publicKey: Uint8Array;
};

export type Action = {
  readonly contract: string;
  readonly actionName: string;
  /** A JSON array, as text. */
  readonly data: string;
  /** Its elements, where it is known to be an array of nothing but plain strings. */
  readonly plainStrings?: readonly string[];
};

export type AmountLimit = { readonly token: string; readonly value: string };

export type Transaction = {
  /** Nanoseconds since the Unix epoch. */
  readonly time: bigint;
  readonly expiration: bigint;
  /** Hundredths: 100 is a ratio of 1. */
  readonly gasRatio: bigint;
  /** Hundredths of gas. */
  readonly gasLimit: bigint;
  /** Always 0 on a valid transaction. */
  readonly delay: bigint;
  readonly chainId: number;
  /** `account@permission` each. */
  readonly signers: readonly string[];
  readonly actions: readonly Action[];
  readonly amountLimits: readonly AmountLimit[];
  /** Of the signers, over the base digest. */
  readonly signatures: readonly Signature[];
  readonly publisher: string;
  /** Of the publisher, over the publish digest. */
  readonly publisherSignatures: readonly Signature[];
};

/** A transaction beside the bytes it was read from. */
export type DecodedTransaction = Transaction & {
  readonly bytes: Uint8Array;
  /** `bytes` up to here is what signers sign. */
  readonly baseBytes: number;
  /** `bytes` up to here is what the publisher signs. */
  readonly publishBytes: number;
};

const SIGNATURE_BYTES_MIN = 4 + 1 + 4 + 4;

/** The full encoding. */
export function encodeTransaction(transaction: Transaction): Uint8Array {
  const writer = new BinaryWriter();
  writeBase(writer, transaction);
  writer.list(transaction.signatures, writeSignature);
  return finishFull(writer, transaction);
}

/** What signers sign. */
export function encodeBase(transaction: Transaction): Uint8Array {
  const writer = new BinaryWriter();
  writeBase(writer, transaction);
  return writer.finish();
}

/** What the publisher signs: the base and every signer's signature. */
export function encodePublish(transaction: Transaction): Uint8Array {
  const writer = new BinaryWriter();
  writeBase(writer, transaction);
  return writer.list(transaction.signatures, writeSignature).finish();
}

/** Reads a full encoding; `undefined` unless the bytes are exactly one canonical transaction. */
export function decodeTransaction(bytes: Uint8Array): DecodedTransaction | undefined {
  return decodeWith(bytes, (reader) => readTransaction(reader, bytes));
}

function writeBase(writer: BinaryWriter, transaction: Transaction): void {
  writer
    .i64(transaction.time)
    .i64(transaction.expiration)
    .i64(transaction.gasRatio)
    .i64(transaction.gasLimit)
    .i64(transaction.delay)
    .i32(transaction.chainId)
    .i32(0) // reserved, always empty
    .list(transaction.signers, (target, signer) => target.string(signer))
    .list(transaction.actions, (target, action) =>
      target.record(() =>
        target.string(action.contract).string(action.actionName).string(action.data),
      ),
    )
    .list(transaction.amountLimits, (target, limit) =>
      target.record(() => target.string(limit.token).string(limit.value)),
    );
}

function writeSignature(writer: BinaryWriter, signature: Signature): void {
  writer.record(() =>
    writer.u8(signature.algorithm).bytes(signature.signature).bytes(signature.publicKey),
  );
}

function finishFull(writer: BinaryWriter, transaction: Transaction): Uint8Array {
  return writer
    .i32(0) // the transaction referred to by a delayed one, a retired feature
    .string(transaction.publisher)
    .list(transaction.publisherSignatures, writeSignature)
    .finish();
}

function readTransaction(reader: BinaryReader, bytes: Uint8Array): DecodedTransaction {
  const time = reader.i64();
  const expiration = reader.i64();
  const gasRatio = reader.i64();
  const gasLimit = reader.i64();
  const delay = reader.i64();
  const chainId = reader.i32();
  readEmpty(reader);
  const signers = reader.list(4, readString);
  const actions = reader.list(16, readActionRecord);
  const amountLimits = reader.list(12, readAmountLimitRecord);
  const baseBytes = reader.offset;
  const signatures = reader.list(SIGNATURE_BYTES_MIN, readSignatureRecord);
  const publishBytes = reader.offset;
  readEmpty(reader);
  const publisher = reader.string();
  const publisherSignatures = reader.list(SIGNATURE_BYTES_MIN, readSignatureRecord);
  return {
    time,
    expiration,
    gasRatio,
    gasLimit,
    delay,
    chainId,
    signers,
    actions,
    amountLimits,
    signatures,
    publisher,
    publisherSignatures,
    bytes,
    baseBytes,
    publishBytes,
  };
}

/** A field whose only legal value is empty: anything else would be a second form of one content. */
function readEmpty(reader: BinaryReader): void {
  reader.record(readNothing);
}

// Functions of their own and not closures: a transaction is decoded for every block it waits for.
const readNothing = (): undefined => undefined;
const readString = (reader: BinaryReader): string => reader.string();
const readActionRecord = (reader: BinaryReader): Action => reader.record(readAction);
const readAmountLimitRecord = (reader: BinaryReader): AmountLimit => reader.record(readAmountLimit);
const readSignatureRecord = (reader: BinaryReader): Signature => reader.record(readSignature);

/** An action whose text is made of its bytes when somebody asks for it, which few do. */
class PlainAction implements Action {
  readonly contract: string;
  readonly actionName: string;
  readonly plainStrings: readonly string[];

  constructor(contract: string, actionName: string, plainStrings: readonly string[]) {
    this.contract = contract;
    this.actionName = actionName;
    this.plainStrings = plainStrings;
  }

  get data(): string {
    return `["${this.plainStrings.join('","')}"]`;
  }
}

function readAction(reader: BinaryReader): Action {
  const contract = reader.string();
  const actionName = reader.string();
  const length = reader.skip();
  const strings = reader.plainStringsBefore(length);
  return strings === undefined
    ? { contract, actionName, data: reader.textBefore(length) }
    : new PlainAction(contract, actionName, strings);
}

function readAmountLimit(reader: BinaryReader): AmountLimit {
  return { token: reader.string(), value: reader.string() };
}

function readSignature(reader: BinaryReader): Signature {
  return { algorithm: reader.u8(), signature: reader.bytes(), publicKey: reader.bytes() };
}
