/**
 * The flushed state of a chain as its execution reads it: decoded values over storage. Storage is
 * read once per key and kept in two generations, so a hot account costs a map lookup and memory
 * stays bounded whatever the size of the state.
 */

import type { StateReader } from '../ledger/ports.ts';
import { decodeStateValue, type StateValue } from '../ledger/state-value.ts';

/** Synchronous read of the stored form, newest flushed block. */
export type ReadStored = (key: string) => Uint8Array | undefined;

/** Stands for "not stored", so that absent keys are remembered as well. */
const ABSENT: StateValue = { kind: 'bool', value: false, payer: 'absent' };

export class CommittedState implements StateReader {
  readonly #read: ReadStored;
  readonly #generationKeys: number;
  #young = new Map<string, StateValue>();
  #old = new Map<string, StateValue>();

  /** At most twice `generationKeys` values are kept, about 300 bytes each. */
  constructor(read: ReadStored, generationKeys: number) {
    this.#read = read;
    this.#generationKeys = generationKeys;
  }

  get(key: string): StateValue | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young === ABSENT ? undefined : young;
    const value = this.#old.get(key) ?? this.#load(key);
    this.#keep(key, value);
    return value === ABSENT ? undefined : value;
  }

  /** A block was flushed: its values are the stored ones now. */
  apply(changes: ReadonlyMap<string, StateValue | undefined>): void {
    for (const [key, value] of changes) this.#keep(key, value ?? ABSENT);
  }

  #load(key: string): StateValue {
    const stored = this.#read(key);
    return stored === undefined ? ABSENT : decodeStateValue(stored);
  }

  #keep(key: string, value: StateValue): void {
    if (this.#young.size >= this.#generationKeys && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }
}
