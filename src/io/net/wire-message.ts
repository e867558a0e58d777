/**
 * What peers send each other, one msgpack frame per WebSocket message. Everything is checked for its
 * shape and size here; what it says is checked by whoever it is for.
 */

import { decodeUntrustedFrame, encodeFrame } from '#ipc/frame.ts';

/** BOUND: transactions of one frame. */
const TRANSACTIONS_MAX = 256;
/** BOUND: blocks of one answer to `wantBlocks`. */
export const BLOCKS_MAX = 64;
/** BOUND: a hello, before it is known who speaks. */
export const HELLO_BYTES_MAX = 1024;

export type Hello = {
  readonly kind: 'hello';
  readonly version: number;
  readonly chainId: number;
  readonly genesis: string;
  /** Ed25519, 32 bytes. */
  readonly key: Uint8Array;
  readonly signature: Uint8Array;
};

/** Sent before the connection is closed; the text is for the log of the peer. */
export type Refusal = { readonly kind: 'refused'; readonly reason: string };

export type PeerMessage =
  /** A message of a chain's consensus in its own encoding (core/bft/message-codec.ts). */
  | { readonly kind: 'bft'; readonly chain: number; readonly bytes: Uint8Array }
  | { readonly kind: 'transactions'; readonly transactions: readonly Uint8Array[] }
  /** Answered by `blocks`. */
  | { readonly kind: 'wantBlocks'; readonly chain: number; readonly fromHeight: number }
  /** Stored blocks in order; none where the peer has no more. */
  | { readonly kind: 'blocks'; readonly chain: number; readonly blocks: readonly Uint8Array[] };

export type WireMessage = Hello | Refusal | PeerMessage;

/** The bytes are the caller's own. */
export function encodeWire(message: WireMessage): Uint8Array {
  const { buffer, start, end } = encodeFrame(message);
  return Uint8Array.prototype.slice.call(buffer, start, end);
}

/** The message, or in words why these bytes are none. */
export function decodeWire(bytes: Uint8Array, bytesMax: number): WireMessage | string {
  const frame = decodeUntrustedFrame(bytes, bytesMax);
  if (!frame.ok) return frame.failure.message;
  const value = frame.value as Readonly<Record<string, unknown>> | null;
  if (typeof value !== 'object' || value === null) return 'a frame is an object';
  return readHello(value) ?? readMessage(value) ?? 'a frame of unknown form';
}

type Fields = Readonly<Record<string, unknown>>;

function readHello(value: Fields): Hello | Refusal | undefined {
  const { kind, version, chainId, genesis, key, signature, reason } = value;
  if (kind === 'refused') {
    return typeof reason === 'string' ? { kind, reason: reason.slice(0, 200) } : undefined;
  }
  if (kind !== 'hello' || !isCount(version) || !isCount(chainId)) return undefined;
  if (typeof genesis !== 'string' || genesis.length > 64) return undefined;
  if (!isBytes(key, 32) || !isBytes(signature, 64)) return undefined;
  return { kind, version, chainId, genesis, key, signature };
}

function readMessage(value: Fields): PeerMessage | undefined {
  const { kind, chain } = value;
  if (kind === 'transactions') {
    const { transactions } = value;
    if (!isListOfBytes(transactions, TRANSACTIONS_MAX)) return undefined;
    return { kind, transactions };
  }
  if (typeof chain !== 'number' || !Number.isSafeInteger(chain)) return undefined;
  const { bytes, fromHeight, blocks } = value;
  if (kind === 'bft' && bytes instanceof Uint8Array) return { kind, chain, bytes };
  if (kind === 'wantBlocks' && isCount(fromHeight)) return { kind, chain, fromHeight };
  if (kind === 'blocks' && isListOfBytes(blocks, BLOCKS_MAX)) return { kind, chain, blocks };
  return undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isBytes(value: unknown, length: number): value is Uint8Array {
  return value instanceof Uint8Array && value.length === length;
}

function isListOfBytes(value: unknown, countMax: number): value is readonly Uint8Array[] {
  return (
    Array.isArray(value) &&
    value.length <= countMax &&
    value.every((item) => item instanceof Uint8Array)
  );
}
