/** Evidence that the root chain has heard of and no block has brought to court yet. */

import { sha256Key } from '../crypto/hash.ts';

/** BOUND: pieces that wait; further ones are dropped, and told again by whoever repeats them. */
const WAITING_MAX = 256;
/** BOUND: pieces in one block. */
const PER_BLOCK_MAX = 16;
/** A certificate has 64 bytes per member. */
const BYTES_MAX = 65_536;

export class EvidencePool {
  readonly #waiting = new Map<string, Uint8Array>();

  get count(): number {
    return this.#waiting.size;
  }

  /** False where it is known already, or there is no room. */
  add(bytes: Uint8Array): boolean {
    const name = sha256Key(bytes);
    const isRefused = bytes.length > BYTES_MAX || this.#waiting.size >= WAITING_MAX;
    if (isRefused || this.#waiting.has(name)) return false;
    this.#waiting.set(name, bytes);
    return true;
  }

  /** For the next block. */
  first(): readonly Uint8Array[] {
    return [...this.#waiting.values()].slice(0, PER_BLOCK_MAX);
  }

  /** Forgets what proves nothing any more. */
  keep(isOfUse: (bytes: Uint8Array) => boolean): void {
    for (const [name, bytes] of this.#waiting) if (!isOfUse(bytes)) this.#waiting.delete(name);
  }
}
