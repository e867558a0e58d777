/**
 * Memory for what arrives and is soon on disk, used again and again. A block of some hundred
 * kilobytes is memory outside the heap: made anew for each, it makes V8 collect the whole heap every
 * few blocks, and the system zero its pages.
 */

/** Smallest buffer, and the step by which larger ones differ. */
const STEP_BYTES = 64 * 1024;
/** BOUND of what is kept free: a few blocks in flight of each chain. */
const FREE_BYTES_MAX = 12 * 2 ** 20;

export class BufferPool {
  /** Ascending lengths. */
  #free: Uint8Array[] = [];
  #freeBytes = 0;

  /** At least `byteCount` bytes, with any content. Nobody else has them until they are given back. */
  take(byteCount: number): Uint8Array {
    const index = this.#free.findIndex(({ length }) => length >= byteCount);
    const [found] = index < 0 ? [] : this.#free.splice(index, 1);
    if (found === undefined) {
      return new Uint8Array(Math.max(1, Math.ceil(byteCount / STEP_BYTES)) * STEP_BYTES);
    }
    this.#freeBytes -= found.length;
    return found;
  }

  /** The buffer as `take` returned it; nothing may look at it any more. */
  give(buffer: Uint8Array): void {
    this.#free.push(buffer);
    this.#free.sort((left, right) => left.length - right.length);
    this.#freeBytes += buffer.length;
    // The smallest go first: a large one serves for any block.
    while (this.#freeBytes > FREE_BYTES_MAX) {
      this.#freeBytes -= (this.#free.shift() as Uint8Array).length;
    }
  }
}
