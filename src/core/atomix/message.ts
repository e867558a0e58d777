/**
 * What chains say to each other over channels. One canonical codec: the bytes are hashed into the
 * outbox root of the sender's header and copied into the receiver's block.
 */

import { assertNever } from '../assert.ts';
import { type BinaryReader, decodeWith } from '../chain/binary-reader.ts';
import { BinaryWriter } from '../chain/binary-writer.ts';
import { HASH_BYTES } from '../chain/block.ts';
import { BytePages } from '../chain/byte-pages.ts';
import type { Credit } from '../ledger/credit.ts';
import type { FactAnswer } from '../ledger/facts.ts';
import type { CarriedState } from '../ledger/outcome.ts';
import { type CarriedAccount, readCarried, writeCarried } from './carried-account.ts';

/** A key that travels with its stored value; no value says that the key is unset. */
export type CarriedEntry = { readonly key: string; readonly value: Uint8Array | undefined };

/**
 * Why keys are not locked, from the mildest to the gravest: some are locked for somebody else; they
 * are balances with reservations open, for which this transaction may wait; or for which it has to
 * give way.
 */
export const REFUSALS = ['locked', 'reserved', 'yield'] as const;
export type Refusal = (typeof REFUSALS)[number];

export type ChannelMessage =
  /** Run this transaction; its publisher's state was reserved for it (mechanism 2). */
  | {
      readonly kind: 'exec';
      readonly id: Uint8Array;
      readonly transaction: Uint8Array;
      /** How often it has begun before. */
      readonly attempt: number;
      readonly carried: CarriedAccount;
    }
  /** It ran, or will never run: what it left of the reservation. */
  | {
      readonly kind: 'settle';
      readonly id: Uint8Array;
      readonly publisher: string;
      readonly written: CarriedState;
    }
  /** It needs more than was reserved, so nothing of it happened: bytes of RAM, or 0 for everything. */
  | {
      readonly kind: 'short';
      readonly id: Uint8Array;
      readonly publisher: string;
      readonly transaction: Uint8Array;
      readonly ram: number;
    }
  /** It gives way to an older one (precedence.ts): all of the reservation goes back, and it begins anew. */
  | {
      readonly kind: 'yield';
      readonly id: Uint8Array;
      readonly publisher: string;
      readonly transaction: Uint8Array;
      readonly attempt: number;
    }
  /** Lock these keys for a transaction and send their values, all or nothing (mechanism 3). */
  | {
      readonly kind: 'lock';
      readonly id: Uint8Array;
      /** See `Claim`. */
      readonly since: bigint;
      readonly keys: readonly string[];
      /** Also of what transactions that only read it hold together (lock-table.ts). */
      readonly exclusive: boolean;
    }
  | { readonly kind: 'grant'; readonly id: Uint8Array; readonly entries: readonly CarriedEntry[] }
  | { readonly kind: 'refuse'; readonly id: Uint8Array; readonly why: Refusal }
  /** The end of it: what it wrote to the locked keys, nothing where it did not happen. */
  | { readonly kind: 'decide'; readonly id: Uint8Array; readonly written: readonly CarriedEntry[] }
  /** Lend this chain RAM of an account: so many bytes, or what is right ahead of need where it is 0. */
  | { readonly kind: 'borrow'; readonly account: string; readonly bytes: number }
  /** So much is lent, or nothing. */
  | { readonly kind: 'lease'; readonly account: string; readonly bytes: bigint }
  /** Give back what is left. */
  | { readonly kind: 'recall'; readonly account: string }
  | { readonly kind: 'return'; readonly account: string; readonly bytes: bigint }
  /** A commutative effect that cannot fail. */
  | { readonly kind: 'credit'; readonly credit: Credit }
  /** Is this true (mechanism 1)? */
  | { readonly kind: 'ask'; readonly fact: string }
  | { readonly kind: 'answer'; readonly fact: string; readonly answer: FactAnswer };

const KIND = {
  exec: 1,
  settle: 2,
  credit: 3,
  ask: 4,
  answer: 5,
  lock: 6,
  grant: 7,
  refuse: 8,
  decide: 9,
  short: 10,
  yield: 11,
  borrow: 12,
  lease: 13,
  recall: 14,
  return: 15,
} as const;
const CREDIT_KIND = {
  token: 1,
  freeze: 2,
  account: 3,
  pledge: 4,
  ramRefund: 5,
  ramUse: 6,
} as const;

export function encodeMessage(message: ChannelMessage): Uint8Array {
  const writer = scratch.reset().u8(KIND[message.kind]);
  switch (message.kind) {
    case 'exec':
      writer.raw(message.id).bytes(message.transaction).i32(message.attempt);
      return writeCarried(writer, message.carried).finishIn(pages);
    case 'settle': {
      const written = { account: message.publisher, state: message.written };
      return writeCarried(writer.raw(message.id), written).finishIn(pages);
    }
    case 'short':
      return writer
        .raw(message.id)
        .string(message.publisher)
        .bytes(message.transaction)
        .i32(message.ram)
        .finishIn(pages);
    case 'yield':
      return writer
        .raw(message.id)
        .string(message.publisher)
        .bytes(message.transaction)
        .i32(message.attempt)
        .finishIn(pages);
    case 'lock':
      return writer
        .raw(message.id)
        .i64(message.since)
        .u8(message.exclusive ? 1 : 0)
        .list(message.keys, (target, key) => target.string(key))
        .finishIn(pages);
    case 'grant':
      return writeEntries(writer.raw(message.id), message.entries).finishIn(pages);
    case 'refuse':
      return writer.raw(message.id).u8(REFUSALS.indexOf(message.why)).finishIn(pages);
    case 'decide':
      return writeEntries(writer.raw(message.id), message.written).finishIn(pages);
    case 'credit':
      return writeCredit(writer, message.credit).finishIn(pages);
    case 'borrow':
      return writer.string(message.account).i32(message.bytes).finishIn(pages);
    case 'recall':
      return writer.string(message.account).finishIn(pages);
    case 'lease':
    case 'return':
      return writer.string(message.account).i64(message.bytes).finishIn(pages);
    case 'ask':
      return writer.string(message.fact).finishIn(pages);
    case 'answer':
      return writer.string(message.fact).string(JSON.stringify(message.answer)).finishIn(pages);
    default:
      return assertNever(message);
  }
}

const scratch = new BinaryWriter(4096);
const pages = new BytePages();

/** `undefined` unless the bytes are exactly one canonical message. */
export function decodeMessage(bytes: Uint8Array): ChannelMessage | undefined {
  return decodeWith(bytes, readMessage);
}

function readMessage(reader: BinaryReader): ChannelMessage {
  const kind = reader.u8();
  switch (kind) {
    case KIND.exec:
      return {
        kind: 'exec',
        id: reader.raw(HASH_BYTES),
        transaction: reader.bytes(),
        attempt: reader.i32(),
        carried: readCarried(reader),
      };
    case KIND.settle: {
      const id = reader.raw(HASH_BYTES);
      const { account, state } = readCarried(reader);
      return { kind: 'settle', id, publisher: account, written: state };
    }
    case KIND.short:
      return {
        kind: 'short',
        id: reader.raw(HASH_BYTES),
        publisher: reader.string(),
        transaction: reader.bytes(),
        ram: reader.i32(),
      };
    case KIND.yield:
      return {
        kind: 'yield',
        id: reader.raw(HASH_BYTES),
        publisher: reader.string(),
        transaction: reader.bytes(),
        attempt: reader.i32(),
      };
    case KIND.lock:
      return {
        kind: 'lock',
        id: reader.raw(HASH_BYTES),
        since: reader.i64(),
        exclusive: reader.flag(),
        keys: reader.list(4, (source) => source.string()),
      };
    case KIND.grant:
      return { kind: 'grant', id: reader.raw(HASH_BYTES), entries: readEntries(reader) };
    case KIND.refuse:
      return { kind: 'refuse', id: reader.raw(HASH_BYTES), why: readRefusal(reader) };
    case KIND.decide:
      return { kind: 'decide', id: reader.raw(HASH_BYTES), written: readEntries(reader) };
    case KIND.credit:
      return { kind: 'credit', credit: readCredit(reader) };
    case KIND.borrow:
      return { kind: 'borrow', account: reader.string(), bytes: reader.i32() };
    case KIND.lease:
      return { kind: 'lease', account: reader.string(), bytes: reader.i64() };
    case KIND.recall:
      return { kind: 'recall', account: reader.string() };
    case KIND.return:
      return { kind: 'return', account: reader.string(), bytes: reader.i64() };
    case KIND.ask:
      return { kind: 'ask', fact: reader.string() };
    case KIND.answer:
      return {
        kind: 'answer',
        fact: reader.string(),
        answer: readAnswer(reader),
      };
    default:
      return reader.malformed('unknown channel message');
  }
}

function readRefusal(reader: BinaryReader): Refusal {
  return REFUSALS[reader.u8()] ?? reader.malformed('unknown refusal');
}

function readAnswer(reader: BinaryReader): FactAnswer {
  try {
    return JSON.parse(reader.string()) as FactAnswer;
  } catch (error) {
    if (error instanceof SyntaxError) return reader.malformed('an answer is JSON');
    throw error;
  }
}

export function writeEntries(writer: BinaryWriter, entries: readonly CarriedEntry[]): BinaryWriter {
  return writer.list(entries, (target, entry) => {
    target.string(entry.key).u8(entry.value === undefined ? 0 : 1);
    if (entry.value !== undefined) target.bytes(entry.value);
  });
}

export function readEntries(reader: BinaryReader): readonly CarriedEntry[] {
  return reader.list(5, (source) => ({
    key: source.string(),
    value: source.flag() ? source.bytes() : undefined,
  }));
}

function writeCredit(writer: BinaryWriter, credit: Credit): BinaryWriter {
  writer.u8(CREDIT_KIND[credit.kind]);
  switch (credit.kind) {
    case 'token':
      return writer.string(credit.to).string(credit.token).i64(credit.amount).string(credit.payer);
    case 'freeze':
      return writer
        .string(credit.to)
        .string(credit.token)
        .i64(credit.amount)
        .i64(credit.unfreezeTime)
        .string(credit.payer);
    case 'account':
      return writer.string(credit.id).string(credit.record);
    case 'pledge':
      return writer.string(credit.pledger).string(credit.user).i64(credit.amount);
    case 'ramRefund':
      return writer.string(credit.account).i64(credit.bytes);
    case 'ramUse':
      return writer.string(credit.account).i32(credit.chain).i64(credit.bytes);
    default:
      return assertNever(credit);
  }
}

function readCredit(reader: BinaryReader): Credit {
  const kind = reader.u8();
  switch (kind) {
    case CREDIT_KIND.token:
      return {
        kind: 'token',
        to: reader.string(),
        token: reader.string(),
        amount: reader.i64(),
        payer: reader.string(),
      };
    case CREDIT_KIND.freeze:
      return {
        kind: 'freeze',
        to: reader.string(),
        token: reader.string(),
        amount: reader.i64(),
        unfreezeTime: reader.i64(),
        payer: reader.string(),
      };
    case CREDIT_KIND.account:
      return { kind: 'account', id: reader.string(), record: reader.string() };
    case CREDIT_KIND.pledge:
      return {
        kind: 'pledge',
        pledger: reader.string(),
        user: reader.string(),
        amount: reader.i64(),
      };
    case CREDIT_KIND.ramRefund:
      return { kind: 'ramRefund', account: reader.string(), bytes: reader.i64() };
    case CREDIT_KIND.ramUse:
      return {
        kind: 'ramUse',
        account: reader.string(),
        chain: reader.i32(),
        bytes: reader.i64(),
      };
    default:
      return reader.malformed('unknown credit');
  }
}
