/** Who votes for the checkpoint that ends a period, with how much weight, frozen before it begins. */

import { hexOf } from '../crypto/hex.ts';

export type Elector = {
  /** Ed25519 key that signs blocks, 32 bytes. */
  readonly key: Uint8Array;
  /** Votes at the election of the period; ≥ 0. */
  readonly weight: bigint;
};

export class Electorate {
  readonly electors: readonly Elector[];
  readonly weight: bigint;
  readonly #places: ReadonlyMap<string, number>;

  constructor(electors: readonly Elector[]) {
    this.electors = electors;
    this.weight = electors.reduce((sum, { weight }) => sum + weight, 0n);
    this.#places = new Map(electors.map(({ key }, index) => [hexOf(key), index]));
  }

  /** Place of a key, −1 for none. */
  placeOf(key: Uint8Array): number {
    return this.#places.get(hexOf(key)) ?? -1;
  }

  /** Of those at these places; each counts as often as it is named. */
  weightOf(places: Iterable<number>): bigint {
    let sum = 0n;
    for (const place of places) sum += this.electors[place]?.weight ?? 0n;
    return sum;
  }

  /** More than two thirds, so that any two such sets share more than a third. */
  isSupermajority(weight: bigint): boolean {
    return 3n * weight > 2n * this.weight;
  }
}
