/**
 * Many small byte strings in few arrays. An array of its own costs a byte string of some hundred
 * bytes an allocation outside the heap, which the collector has to find and free one by one; a view
 * of a page costs neither. A page lives as long as any view of it, so what shares one should be of
 * one age, such as the receipts of a block.
 */

const PAGE_BYTES = 64 * 1024;

export class BytePages {
  #page = new Uint8Array(0);
  #used = 0;

  /** A copy of `source[0, length)` that nothing else will be written over. */
  copy(source: Uint8Array, length: number): Uint8Array {
    if (length > PAGE_BYTES / 4) return source.slice(0, length);
    if (this.#used + length > this.#page.length) {
      this.#page = new Uint8Array(PAGE_BYTES);
      this.#used = 0;
    }
    const start = this.#used;
    const page = this.#page;
    for (let index = 0; index < length; index++) page[start + index] = source[index] as number;
    this.#used = start + length;
    return page.subarray(start, this.#used);
  }
}
