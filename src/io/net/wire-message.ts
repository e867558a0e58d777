/**
 * What peers send each other, one msgpack frame per WebSocket message. Everything is checked for its
 * shape and size here; what it says is checked by whoever it is for.
 */

import { CHECKPOINT_VOTE_BYTES } from '#core/pob/checkpoint.ts';
import { decodeUntrustedFrame, encodeFrame } from '#ipc/frame.ts';

/** BOUND: transactions of one frame. */
const TRANSACTIONS_MAX = 256;
/** BOUND: headers of one answer to `wantHeaders`. */
export const HEADERS_MAX = 128;
/** BOUND: bodies of one answer to `wantBodies`. */
export const BODIES_MAX = 64;
/** BOUND: chains that one message speaks of. */
const CHAINS_MAX = 256;
/** BOUND: records of one frame. */
export const RECORDS_MAX = 64;
/** BOUND: a hello, before it is known who speaks. */
export const HELLO_BYTES_MAX = 1024;
const ADDRESS_CHARACTERS_MAX = 260;
const REASON_CHARACTERS_MAX = 200;

export type Hello = {
  readonly kind: 'hello';
  /** Newest and oldest peer protocol that the node speaks. */
  readonly version: number;
  readonly versionMin: number;
  readonly chainId: number;
  readonly genesis: string;
  readonly shards: number;
  /** Ed25519, 32 bytes. */
  readonly key: Uint8Array;
  readonly signature: Uint8Array;
};

/** Sent before the connection is closed; the text is for the log of the peer. */
export type Refusal = { readonly kind: 'refused'; readonly reason: string };

/** Where a node can be reached, in its own words (`node-record.ts`). */
export type NodeRecord = {
  readonly key: Uint8Array;
  /** `host:port` */
  readonly address: string;
  /** Of two records of one node the later counts. Unix milliseconds. */
  readonly timeMs: number;
  readonly signature: Uint8Array;
};

export type PeerMessage =
  /** A message of a chain's consensus in its own encoding (core/bft/message-codec.ts). */
  | { readonly kind: 'bft'; readonly chain: number; readonly bytes: Uint8Array }
  | { readonly kind: 'transactions'; readonly transactions: readonly Uint8Array[] }
  /** Newest flushed height of each chain that the peer has. */
  | {
      readonly kind: 'heads';
      readonly chains: readonly number[];
      readonly heights: readonly number[];
    }
  /** Answered by `headers` with the same request number. */
  | {
      readonly kind: 'wantHeaders';
      readonly chain: number;
      readonly request: number;
      readonly fromHeight: number;
    }
  /** In order from the height that was asked for; none where the peer has no more. */
  | {
      readonly kind: 'headers';
      readonly chain: number;
      readonly request: number;
      readonly headers: readonly Uint8Array[];
      /** One proof of finality per header. */
      readonly proofs: readonly Uint8Array[];
    }
  /** Answered by `bodies` with the same request number. */
  | {
      readonly kind: 'wantBodies';
      readonly chain: number;
      readonly request: number;
      readonly fromHeight: number;
      readonly count: number;
    }
  /** In order from the height that was asked for; fewer where the answer would be too large. */
  | {
      readonly kind: 'bodies';
      readonly chain: number;
      readonly request: number;
      readonly bodies: readonly Uint8Array[];
    }
  /** Of a candidate, by way of any peer (core/pob/checkpoint.ts). */
  | { readonly kind: 'checkpointVote'; readonly vote: Uint8Array }
  /** Answered by `checkpoint` with the same request number. */
  | { readonly kind: 'wantCheckpoint'; readonly request: number; readonly height: number }
  /** The encoded certificate of the closing block of that height; empty where the peer has none. */
  | {
      readonly kind: 'checkpoint';
      readonly request: number;
      readonly certificate: Uint8Array;
    }
  /** Answered by `peers`. */
  | { readonly kind: 'wantPeers' }
  | { readonly kind: 'peers'; readonly records: readonly NodeRecord[] };

export type PeerMessageKind = PeerMessage['kind'];

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
  const value = frame.value as Fields | null;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return 'a frame is an object';
  }
  const read = typeof value['kind'] === 'string' ? READERS.get(value['kind']) : undefined;
  return read?.(value) ?? 'a frame of unknown form';
}

type Fields = Readonly<Record<string, unknown>>;
type Reader = (fields: Fields) => WireMessage | undefined;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['hello', readHello],
  ['refused', readRefusal],
  [
    'bft',
    ({ chain, bytes }) =>
      isInteger(chain) && bytes instanceof Uint8Array ? { kind: 'bft', chain, bytes } : undefined,
  ],
  [
    'transactions',
    ({ transactions }) =>
      isListOfBytes(transactions, TRANSACTIONS_MAX)
        ? { kind: 'transactions', transactions }
        : undefined,
  ],
  ['heads', readHeads],
  [
    'wantHeaders',
    ({ chain, request, fromHeight }) =>
      isInteger(chain) && isCount(request) && isCount(fromHeight)
        ? { kind: 'wantHeaders', chain, request, fromHeight }
        : undefined,
  ],
  ['headers', readHeaders],
  ['wantBodies', readWantBodies],
  [
    'bodies',
    ({ chain, request, bodies }) =>
      isInteger(chain) && isCount(request) && isListOfBytes(bodies, BODIES_MAX)
        ? { kind: 'bodies', chain, request, bodies }
        : undefined,
  ],
  [
    'checkpointVote',
    ({ vote }) =>
      isBytes(vote, CHECKPOINT_VOTE_BYTES) ? { kind: 'checkpointVote', vote } : undefined,
  ],
  [
    'wantCheckpoint',
    ({ request, height }) =>
      isCount(request) && isCount(height) ? { kind: 'wantCheckpoint', request, height } : undefined,
  ],
  [
    'checkpoint',
    ({ request, certificate }) =>
      isCount(request) && certificate instanceof Uint8Array
        ? { kind: 'checkpoint', request, certificate }
        : undefined,
  ],
  ['wantPeers', () => ({ kind: 'wantPeers' })],
  [
    'peers',
    ({ records }) =>
      isList(records, RECORDS_MAX, isRecord) ? { kind: 'peers', records } : undefined,
  ],
]);

/** A node of an old protocol names only one version, and no shards. */
function readHello(fields: Fields): Hello | undefined {
  const { version, versionMin = version, chainId, genesis, shards = 0, key, signature } = fields;
  if (!isCount(version) || !isCount(versionMin)) return undefined;
  if (!isCount(chainId) || !isCount(shards)) return undefined;
  if (typeof genesis !== 'string' || genesis.length > 64) return undefined;
  if (!isBytes(key, 32) || !isBytes(signature, 64)) return undefined;
  return { kind: 'hello', version, versionMin, chainId, genesis, shards, key, signature };
}

function readRefusal({ reason }: Fields): Refusal | undefined {
  if (typeof reason !== 'string') return undefined;
  return { kind: 'refused', reason: reason.slice(0, REASON_CHARACTERS_MAX) };
}

function readHeads({ chains, heights }: Fields): PeerMessage | undefined {
  if (!isList(chains, CHAINS_MAX, isInteger) || !isList(heights, CHAINS_MAX, isCount)) {
    return undefined;
  }
  return chains.length === heights.length ? { kind: 'heads', chains, heights } : undefined;
}

function readHeaders({ chain, request, headers, proofs }: Fields): PeerMessage | undefined {
  if (!isInteger(chain) || !isCount(request)) return undefined;
  if (!isListOfBytes(headers, HEADERS_MAX) || !isListOfBytes(proofs, HEADERS_MAX)) return undefined;
  if (headers.length !== proofs.length) return undefined;
  return { kind: 'headers', chain, request, headers, proofs };
}

function readWantBodies({ chain, request, fromHeight, count }: Fields): PeerMessage | undefined {
  if (!isInteger(chain) || !isCount(request) || !isCount(fromHeight)) return undefined;
  if (!isCount(count) || count > BODIES_MAX) return undefined;
  return { kind: 'wantBodies', chain, request, fromHeight, count };
}

function isRecord(value: unknown): value is NodeRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { key, address, timeMs, signature } = value as Fields;
  return (
    isBytes(key, 32) &&
    isBytes(signature, 64) &&
    isCount(timeMs) &&
    typeof address === 'string' &&
    address.length <= ADDRESS_CHARACTERS_MAX
  );
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isCount(value: unknown): value is number {
  return isInteger(value) && value >= 0;
}

function isBytes(value: unknown, length: number): value is Uint8Array {
  return value instanceof Uint8Array && value.length === length;
}

function isListOfBytes(value: unknown, countMax: number): value is readonly Uint8Array[] {
  return isList(value, countMax, (item): item is Uint8Array => item instanceof Uint8Array);
}

function isList<Item>(
  value: unknown,
  countMax: number,
  isItem: (item: unknown) => item is Item,
): value is readonly Item[] {
  return Array.isArray(value) && value.length <= countMax && value.every(isItem);
}
