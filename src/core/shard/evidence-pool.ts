/** Evidence that the root chain has heard of and no block has brought to court yet. */

import { sha256Key } from '../crypto/hash.ts';
import type { StateReader } from '../ledger/ports.ts';
import { judge } from '../pob/slashing.ts';
import { courtOf, type NetworkGroups } from './network-groups.ts';

/** BOUND: pieces that wait; further ones are dropped, and told again by whoever repeats them. */
const WAITING_MAX = 256;
/** BOUND: pieces in one block. */
const PER_BLOCK_MAX = 16;
/** A certificate has 64 bytes per member. */
const BYTES_MAX = 65_536;

export class EvidencePool {
  readonly #groups: NetworkGroups;
  readonly #flushed: StateReader;
  readonly #waiting = new Map<string, Uint8Array>();

  constructor(groups: NetworkGroups, flushed: StateReader) {
    this.#groups = groups;
    this.#flushed = flushed;
  }

  get count(): number {
    return this.#waiting.size;
  }

  /** False where it proves nothing or is known already, or there is no room. */
  add(bytes: Uint8Array): boolean {
    if (!this.#isOfUse(bytes)) return false;
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
  review(): void {
    for (const [name, bytes] of this.#waiting)
      if (!this.#isOfUse(bytes)) this.#waiting.delete(name);
  }

  #isOfUse(bytes: Uint8Array): boolean {
    return judge(this.#flushed, bytes, courtOf(this.#groups, this.#flushed)) !== undefined;
  }
}
