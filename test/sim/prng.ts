/**
 * Seeded pseudo-random numbers for the simulator (the public-domain sfc32 generator). One seed, one
 * history: nothing in a simulation may draw from anywhere else.
 */

export class Prng {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** Any safe integer; `stream` gives independent generators of one seed. */
  constructor(seed: number, stream = 0) {
    this.#a = seed | 0;
    this.#b = Math.floor(seed / 2 ** 32) | 0;
    this.#c = stream | 0;
    for (let round = 0; round < 16; round++) this.u32();
  }

  u32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }

  /** An integer from 0 up to, not including, `bound` (at most 2^32). */
  below(bound: number): number {
    return Math.floor((this.u32() / 2 ** 32) * bound);
  }

  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }

  chance(permille: number): boolean {
    return permille > 0 && this.below(1000) < permille;
  }

  /** The items in random order. */
  shuffled<Item>(items: readonly Item[]): Item[] {
    const result = [...items];
    for (let index = result.length - 1; index > 0; index--) {
      const other = this.below(index + 1);
      const moved = result[index] as Item;
      result[index] = result[other] as Item;
      result[other] = moved;
    }
    return result;
  }
}
