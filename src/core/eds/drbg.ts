/**
 * Numbers that every node draws alike from one public seed: SHA-256 in counter mode, read as
 * big-endian 32-bit words (protocol.md §5.3). Not secret, only unbiased.
 */

import { assert } from '../assert.ts';
import { taggedHash } from '../crypto/hash.ts';

const BLOCK_BYTES = 32;
const WORDS = 2 ** 32;

export class Drbg {
  readonly #seed: Uint8Array;
  #counter = 0n;
  #block: DataView = new DataView(new ArrayBuffer(0));
  #offset = 0;

  constructor(seed: Uint8Array) {
    this.#seed = seed;
  }

  nextU32(): number {
    if (this.#offset === this.#block.byteLength) this.#refill();
    const word = this.#block.getUint32(this.#offset);
    this.#offset += 4;
    return word;
  }

  /** Uniform in [0, n): values of the last, incomplete run of n are drawn again. */
  below(n: number): number {
    assert(Number.isInteger(n) && n > 0 && n <= WORDS, 'a bound between 1 and 2^32');
    const limit = WORDS - (WORDS % n);
    let word = this.nextU32();
    while (word >= limit) word = this.nextU32();
    return word % n;
  }

  #refill(): void {
    const block = taggedHash('IOST/prg/v1', this.#seed, u64(this.#counter));
    this.#counter += 1n;
    this.#block = new DataView(block.buffer, block.byteOffset, BLOCK_BYTES);
    this.#offset = 0;
  }
}

/** Fisher–Yates from the top: a uniform order of 0 … n−1. */
export function permutation(seed: Uint8Array, n: number): readonly number[] {
  const drbg = new Drbg(seed);
  const order = Array.from({ length: n }, (_, index) => index);
  for (let index = n - 1; index > 0; index--) {
    const other = drbg.below(index + 1);
    const moved = order[index] as number;
    order[index] = order[other] as number;
    order[other] = moved;
  }
  return order;
}

/** `SHA256(label ‖ randomness ‖ u64 epoch)`, the seed of one kind of draw of one epoch. */
export function epochSeed(label: string, randomness: Uint8Array, epoch: bigint): Uint8Array {
  return taggedHash(label, randomness, u64(epoch));
}

/** The same, for the draw of one shard. */
export function shardSeed(
  label: string,
  randomness: Uint8Array,
  epoch: bigint,
  shard: number,
): Uint8Array {
  const index = new Uint8Array(4);
  new DataView(index.buffer).setUint32(0, shard);
  return taggedHash(label, randomness, u64(epoch), index);
}

function u64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value);
  return bytes;
}
