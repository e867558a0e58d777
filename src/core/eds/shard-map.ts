/**
 * Which shard holds an account or a user contract: the leaf of a binary prefix tree over the SHA-256
 * of its name (protocol.md §5.2, §1.5). Every thread of a node and every node of the network answers
 * alike, so the map depends on nothing but its leaves. For 2^d shards it is the first d bits.
 */

import { assert } from '../assert.ts';
import { BoundedCache } from '../bounded-cache.ts';
import { sha256Key } from '../crypto/hash.ts';

export const SHARDS_MAX = 64;
const ACCOUNT_LABEL = 'IOST/acct/v1';
const CONTRACT_LABEL = 'IOST/contract/v1';
const DEPTH_MAX = 8;
// Two generations, about 100 bytes an entry: some 6 MB a thread at most.
const CACHED_PLACES = 32_768;

/** All keys whose hash starts with `prefix`, a string of `0` and `1`, live on `shard`. */
type ShardLeaf = { readonly prefix: string; readonly shard: number };

export class ShardMap {
  readonly leaves: readonly ShardLeaf[];
  /** The shard of each value of the first byte of a hash: no prefix is longer than that. */
  readonly #shardOfFirstByte: Uint8Array;
  readonly #accounts = new BoundedCache<string, number>(CACHED_PLACES);
  readonly #contracts = new BoundedCache<string, number>(CACHED_PLACES);

  /** The leaves must cover every hash exactly once, with prefixes of at most 8 bits. */
  constructor(leaves: readonly ShardLeaf[]) {
    this.leaves = leaves;
    this.#shardOfFirstByte = firstByteTable(leaves);
  }

  /** The map of a new network: as even as S leaves can be, prefixes differing by one bit at most. */
  static balanced(shards: number): ShardMap {
    assert(
      Number.isInteger(shards) && shards >= 1 && shards <= SHARDS_MAX,
      'a network has 1 to 64 shards',
    );
    return new ShardMap(balancedLeaves('', 0, shards));
  }

  get shardCount(): number {
    return this.leaves.length;
  }

  shardOfAccount(name: string): number {
    return this.#place(this.#accounts, ACCOUNT_LABEL, name);
  }

  /** For user contracts; where the state of a system contract lies is the ledger's rule. */
  shardOfContract(id: string): number {
    return this.#place(this.#contracts, CONTRACT_LABEL, id);
  }

  #place(cache: BoundedCache<string, number>, label: string, name: string): number {
    const known = cache.get(name);
    if (known !== undefined) return known;
    const shard = this.#shardOfFirstByte[sha256Key(label + name).charCodeAt(0)] as number;
    cache.set(name, shard);
    return shard;
  }
}

function balancedLeaves(prefix: string, first: number, count: number): readonly ShardLeaf[] {
  if (count === 1) return [{ prefix, shard: first }];
  const left = Math.ceil(count / 2);
  return [
    ...balancedLeaves(`${prefix}0`, first, left),
    ...balancedLeaves(`${prefix}1`, first + left, count - left),
  ];
}

function firstByteTable(leaves: readonly ShardLeaf[]): Uint8Array {
  const table = new Uint8Array(256);
  let covered = 0;
  for (const { prefix, shard } of leaves) {
    assert(prefix.length <= DEPTH_MAX && shard < SHARDS_MAX, 'a leaf within the bounds of a map');
    const width = 2 ** (DEPTH_MAX - prefix.length);
    const start = prefix === '' ? 0 : Number.parseInt(prefix, 2) * width;
    assert(start === covered, 'leaves are in order and cover every hash once');
    table.fill(shard, start, start + width);
    covered += width;
  }
  assert(covered === 256, 'leaves cover every hash');
  return table;
}
