/**
 * Messages that clients send over the WebSocket (docs/websocket.md), read from a binary frame
 * (msgpack) or a text frame (JSON; everything but `submit`). What comes from outside is checked here
 * once, so that the session works with typed messages.
 */

import { base58DecodeExact } from '#core/crypto/base58.ts';
import { ok, type Result, reject } from '#core/result.ts';
import { decodeUntrustedFrame } from '#ipc/frame.ts';
import { parseJsonBody } from './json-body.ts';
import { type JsonFields, readFields } from './json-fields.ts';

/** BOUND: transactions of one `submit`. */
export const SUBMIT_TRANSACTIONS_MAX = 4096;
/** BOUND: transaction ids of one `subscribe`. */
export const WATCHED_IDS_PER_MESSAGE_MAX = 1024;

const HASH_BYTES = 32;
const CONTRACT_LENGTH_MAX = 100;

export type Topic = 'blocks' | 'transactions' | 'events' | 'console';

export type SubscribeMessage = {
  readonly kind: 'subscribe';
  /** The client's own number, repeated in the answer. */
  readonly id: number;
} & (
  | { readonly topic: 'blocks'; readonly ids: boolean }
  | { readonly topic: 'transactions'; readonly hashes: readonly Uint8Array[] }
  /** Empty: all contracts. */
  | { readonly topic: 'events' | 'console'; readonly contract: string }
);

export type ClientMessage =
  | {
      readonly kind: 'submit';
      readonly id: number;
      /** Full encodings; their size is not checked yet. */
      readonly transactions: readonly Uint8Array[];
    }
  | SubscribeMessage
  | { readonly kind: 'unsubscribe'; readonly id: number; readonly topic: Topic };

/** Refusals have code `bad-frame` (not msgpack), `frame-too-large` or `bad-message`. */
export function readBinaryMessage(frame: Uint8Array, bytesMax: number): Result<ClientMessage> {
  const decoded = decodeUntrustedFrame(frame, bytesMax);
  if (!decoded.ok) return decoded;
  const { value } = decoded;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return bad('a message is a map');
  }
  const fields = value as Readonly<Record<string, unknown>>;
  const id = fields['id'];
  if (!isRequestId(id)) return bad('id must be an integer from 0 to 2^32 - 1');
  const { kind, topic } = fields as { readonly kind?: unknown; readonly topic?: unknown };
  switch (kind) {
    case 'submit':
      return readSubmit(id, fields['transactions']);
    case 'subscribe':
      return readSubscribe(id, topic, fields['ids'] === true, fields['hashes'], fields['contract']);
    case 'unsubscribe':
      return isTopic(topic) ? ok({ kind, id, topic }) : unknownTopic();
    default:
      return bad('kind must be submit, subscribe or unsubscribe');
  }
}

/** As `readBinaryMessage`; hashes are base58 here, and there is no `submit`. */
export function readTextMessage(frame: Uint8Array): Result<ClientMessage> {
  const object = parseJsonBody(frame);
  if (!object.ok) return bad(object.failure.message);
  const read = readFields(object.value, readTextFields);
  if (!read.ok) return bad(read.failure.message);
  const { kind, id, topic, ids, hashes, contract } = read.value;
  if (kind === 'submit') return bad('submit needs a binary msgpack frame');
  if (kind === 'unsubscribe') return isTopic(topic) ? ok({ kind, id, topic }) : unknownTopic();
  if (kind !== 'subscribe') return bad('kind must be subscribe or unsubscribe');
  const decoded = hashes.map((hash) => base58DecodeExact(hash, HASH_BYTES));
  return readSubscribe(id, topic, ids, decoded, contract);
}

function readTextFields(fields: JsonFields) {
  return {
    kind: fields.string('kind'),
    id: fields.uint32('id'),
    topic: fields.string('topic'),
    ids: fields.bool('ids'),
    hashes: fields.strings('hashes'),
    contract: fields.string('contract'),
  };
}

function readSubmit(id: number, transactions: unknown): Result<ClientMessage> {
  if (!isBytesList(transactions)) return bad('transactions must be a list of byte strings');
  if (transactions.length === 0 || transactions.length > SUBMIT_TRANSACTIONS_MAX) {
    return bad(`transactions must hold 1 to ${SUBMIT_TRANSACTIONS_MAX} of them`);
  }
  return ok({ kind: 'submit', id, transactions });
}

function readSubscribe(
  id: number,
  topic: unknown,
  ids: boolean,
  hashes: unknown,
  contract: unknown,
): Result<ClientMessage> {
  switch (topic) {
    case 'blocks':
      return ok({ kind: 'subscribe', id, topic, ids });
    case 'transactions': {
      const wellFormed = isBytesList(hashes) && hashes.every((hash) => hash.length === HASH_BYTES);
      if (!wellFormed) return bad('hashes must be a list of transaction hashes');
      if (hashes.length === 0 || hashes.length > WATCHED_IDS_PER_MESSAGE_MAX) {
        return bad(`hashes must hold 1 to ${WATCHED_IDS_PER_MESSAGE_MAX} of them`);
      }
      // Views into the frame: a copy does not keep the whole frame alive.
      return ok({
        kind: 'subscribe',
        id,
        topic,
        hashes: hashes.map((hash) => Uint8Array.from(hash)),
      });
    }
    case 'events':
    case 'console': {
      const name = contract ?? '';
      if (typeof name !== 'string' || name.length > CONTRACT_LENGTH_MAX) {
        return bad('contract must be a contract id');
      }
      return ok({ kind: 'subscribe', id, topic, contract: name });
    }
    default:
      return unknownTopic();
  }
}

function isRequestId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 32;
}

const TOPICS: ReadonlySet<unknown> = new Set(['blocks', 'transactions', 'events', 'console']);

function isTopic(value: unknown): value is Topic {
  return TOPICS.has(value);
}

function isBytesList(value: unknown): value is readonly Uint8Array[] {
  return Array.isArray(value) && value.every((item) => item instanceof Uint8Array);
}

function unknownTopic(): Result<ClientMessage> {
  return bad('topic must be blocks, transactions, events or console');
}

function bad(message: string): Result<ClientMessage> {
  return reject('bad-message', message);
}
