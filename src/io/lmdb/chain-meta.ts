/**
 * The two records that say what an environment is and where its chain stands. Identity is checked at
 * every start: state of another network or another shard count looks valid and is worthless.
 */

import { randomInt } from 'node:crypto';
import { StorageFailure } from './storage-failure.ts';

/** Raised when an older program would misread what this one writes, or this one what is there. */
export const FORMAT = 4;
export const IDENTITY_KEY = 'chain';
export const HEAD_KEY = 'head';

const HEAD_BYTES = 48;

export type ChainIdentity = {
  readonly chain: number;
  readonly shards: number;
  /** Fingerprint of the genesis file: hex of its hash. */
  readonly genesis: string;
};

export type ChainMeta = ChainIdentity & {
  readonly format: number;
  /** Secret start value of the key hash in journals. */
  readonly hashSeed: number;
};

export type HeadRecord = {
  readonly height: number;
  /** Block hash, 32 bytes. */
  readonly hash: Uint8Array;
  /** The state table holds all changes up to here; what lies above is in the journals. */
  readonly settledHeight: number;
  /** Transactions in all blocks up to `height`. */
  readonly transactionCount: number;
};

export function createMeta(identity: ChainIdentity): ChainMeta {
  return { ...identity, format: FORMAT, hashSeed: randomInt(2 ** 32) };
}

export function encodeMeta(meta: ChainMeta): Uint8Array {
  return Buffer.from(JSON.stringify(meta));
}

/** Reads what this, an older or a newer program wrote; anything else is damage. */
export function decodeMeta(bytes: Uint8Array, where: string): ChainMeta {
  let meta: unknown;
  try {
    meta = JSON.parse(Buffer.from(bytes).toString());
  } catch (error) {
    throw new StorageFailure(
      'corrupt',
      `${where}: the identity record is damaged`,
      'restore a backup or use another --data-dir',
      error,
    );
  }
  const { format, chain, shards, genesis, hashSeed } = meta as Record<keyof ChainMeta, unknown>;
  if (typeof format !== 'number' || format > FORMAT) {
    throw new StorageFailure(
      'newer-format',
      `${where}: written by a newer version (format ${format}, this one knows ${FORMAT})`,
      'use that version or another --data-dir',
    );
  }
  if (format < FORMAT) {
    throw new StorageFailure(
      'older-format',
      `${where}: written by an older version (format ${format}, this one needs ${FORMAT})`,
      'use that version, or another --data-dir and let the node fetch the chain again',
    );
  }
  return {
    format,
    chain: Number(chain),
    shards: Number(shards),
    genesis: String(genesis),
    hashSeed: Number(hashSeed),
  };
}

export function checkIdentity(found: ChainMeta, expected: ChainIdentity, where: string): void {
  if (found.genesis !== expected.genesis) {
    throw new StorageFailure(
      'wrong-genesis',
      `${where}: belongs to the network with genesis ${found.genesis}, not ${expected.genesis}`,
      'use another --data-dir',
    );
  }
  if (found.shards !== expected.shards) {
    throw new StorageFailure(
      'wrong-shards',
      `${where}: was made for ${found.shards} shards, the configuration says ${expected.shards}`,
      `set shards=${found.shards} or use another --data-dir`,
    );
  }
  if (found.chain !== expected.chain) {
    throw new StorageFailure(
      'wrong-chain',
      `${where}: holds chain ${found.chain} instead of ${expected.chain}`,
      'the directory was moved or copied; put it back',
    );
  }
}

/** height u32, settled u32, transactions f64, hash 32; little-endian. */
export function encodeHead(head: HeadRecord): Uint8Array {
  const bytes = Buffer.alloc(HEAD_BYTES);
  bytes.writeUInt32LE(head.height, 0);
  bytes.writeUInt32LE(head.settledHeight, 4);
  bytes.writeDoubleLE(head.transactionCount, 8);
  bytes.set(head.hash, 16);
  return bytes;
}

export function decodeHead(bytes: Uint8Array): HeadRecord {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    height: view.getUint32(0, true),
    settledHeight: view.getUint32(4, true),
    transactionCount: view.getFloat64(8, true),
    hash: new Uint8Array(bytes.subarray(16, HEAD_BYTES)),
  };
}
