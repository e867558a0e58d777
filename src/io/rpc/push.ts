/**
 * What the node pushes to WebSocket clients. A push is encoded at most once per form (msgpack,
 * JSON) however many clients get it.
 */

import type { Receipt } from '#core/chain/receipt.ts';
import { base58Encode } from '#core/crypto/base58.ts';
import { copyOfFrame, encodeFrame } from '#ipc/frame.ts';
import type { ConsoleLine, ContractEvent } from './event-feed.ts';
import { type TransactionStatus, txReceipt } from './messages.ts';
import { receiptView } from './transaction-view.ts';

/** Clients say by the kind of frame they subscribe with in which form they want their pushes. */
export type Form = 'binary' | 'text';

export class Push {
  readonly #binaryOf: () => unknown;
  readonly #textOf: () => string;
  #binary: Buffer | undefined;
  #text: string | undefined;

  constructor(binaryOf: () => unknown, textOf: () => string) {
    this.#binaryOf = binaryOf;
    this.#textOf = textOf;
  }

  in(form: Form): Buffer | string {
    if (form === 'text') {
      this.#text ??= this.#textOf();
      return this.#text;
    }
    this.#binary ??= encodeBinary(this.#binaryOf());
    return this.#binary;
  }
}

export function encodeBinary(message: unknown): Buffer {
  // The encoder's buffer is used again at once, the socket may keep what it is given.
  const { buffer, start, end } = encodeFrame(message);
  return copyOfFrame(buffer, start, end);
}

export type FinalBlock = {
  readonly chain: number;
  readonly height: number;
  readonly timestamp: bigint;
  /** 32 bytes per transaction with a result in the block. */
  readonly ids: Uint8Array;
  /** Positions of those whose result is that they go on elsewhere. */
  readonly unfinished: readonly number[];
};

const HASH_BYTES = 32;

/** A block of one chain is final and flushed; told are the transactions that ended in it. */
export function blockPush(block: FinalBlock, withIds: boolean): Push {
  const { chain, height, timestamp } = block;
  const ids = endedIds(block);
  const count = ids.length / HASH_BYTES;
  return new Push(
    () => ({ kind: 'block', chain, height, timestamp, count, ...(withIds ? { ids } : {}) }),
    () =>
      JSON.stringify({
        kind: 'block',
        chain,
        height,
        timestamp: `${timestamp}`,
        count,
        ...(withIds ? { ids: hashTexts(ids) } : {}),
      }),
  );
}

export type FinalRootBlock = {
  readonly height: number;
  readonly timestamp: bigint;
  readonly crosslinks: readonly { readonly chain: number; readonly toHeight: number }[];
};

/** A root block is final and flushed: shard blocks up to `toHeight` are irreversible with it. */
export function rootBlockPush({ height, timestamp, crosslinks }: FinalRootBlock): Push {
  return new Push(
    () => ({ kind: 'rootBlock', height, timestamp, crosslinks }),
    () => JSON.stringify({ kind: 'rootBlock', height, timestamp: `${timestamp}`, crosslinks }),
  );
}

export type TransactionPushStatus = TransactionStatus | 'UNKNOWN';

/** A watched transaction changed its status; `UNKNOWN` ends the watch without a receipt. */
export function transactionPush(
  id: Uint8Array,
  status: TransactionPushStatus,
  chain: number,
  height: number,
  receipt: Receipt | undefined,
): Push {
  return new Push(
    () => ({
      kind: 'transaction',
      hash: id,
      status,
      chain,
      height,
      receipt: receipt === undefined ? null : binaryReceipt(receipt),
    }),
    () =>
      `{"kind":"transaction","hash":"${base58Encode(id)}","status":"${status}","chain":${chain},` +
      `"height":${height},"receipt":${receipt === undefined ? 'null' : txReceipt(receiptView(receipt))}}`,
  );
}

export function eventPush(event: ContractEvent): Push {
  const { topic, contract, source, data, chain, height, time } = event;
  const common = { kind: 'event', topic, contract, source, data, chain, height };
  return new Push(
    () => ({ ...common, hash: event.transactionId, timestamp: time }),
    () =>
      JSON.stringify({ ...common, hash: base58Encode(event.transactionId), timestamp: `${time}` }),
  );
}

export function consolePush(line: ConsoleLine): Push {
  const { contract, level, text, chain, height, time } = line;
  const common = { kind: 'console', contract, level, text, chain, height };
  return new Push(
    () => ({ ...common, hash: line.transactionId, timestamp: time }),
    () =>
      JSON.stringify({ ...common, hash: base58Encode(line.transactionId), timestamp: `${time}` }),
  );
}

/** Gas in hundredths, as the node keeps it; the code as a number. */
function binaryReceipt(receipt: Receipt) {
  return {
    gasUsage: receipt.gasUsage,
    statusCode: receipt.statusCode,
    message: receipt.message,
    ramUsage: receipt.ramUsage,
    returns: receipt.returns,
    receipts: receipt.receipts,
  };
}

function hashTexts(ids: Uint8Array): readonly string[] {
  const texts: string[] = [];
  for (let at = 0; at < ids.length; at += HASH_BYTES) {
    texts.push(base58Encode(ids.subarray(at, at + HASH_BYTES)));
  }
  return texts;
}

function endedIds({ ids, unfinished }: FinalBlock): Uint8Array {
  if (unfinished.length === 0) return ids;
  const left = new Set(unfinished);
  const ended = new Uint8Array(ids.length - unfinished.length * HASH_BYTES);
  let at = 0;
  for (let index = 0; index < ids.length / HASH_BYTES; index++) {
    if (left.has(index)) continue;
    ended.set(ids.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES), at);
    at += HASH_BYTES;
  }
  return ended;
}
