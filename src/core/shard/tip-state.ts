/**
 * State as the next block finds it: after the newest block that was executed here, flushed or not.
 * Every key that is in use is one map lookup away. Values are kept in two generations, so memory is
 * bounded whatever the size of the state; what has been pushed out is read again, from the blocks
 * that are not flushed yet and then from storage.
 */

import { assert } from '../assert.ts';
import type { StateReader } from '../ledger/ports.ts';
import { decodeStateValue, type StateValue } from '../ledger/state-value.ts';

/** Synchronous read of the stored form, newest flushed block. */
export type ReadStored = (key: string) => Uint8Array | undefined;

/** What one block changed; `undefined` deletes. */
export type BlockChanges = ReadonlyMap<string, StateValue | undefined>;

/** Stands for "not there", so that absent keys are remembered as well. */
const ABSENT: StateValue = { kind: 'bool', value: false, payer: 'absent' };

export class TipState implements StateReader {
  readonly #read: ReadStored;
  readonly #generationKeys: number;
  #young = new Map<string, StateValue>();
  #old = new Map<string, StateValue>();
  /** Changes of the blocks between storage and the tip, oldest first. */
  #unflushed: BlockChanges[] = [];

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

  /** A block was executed upon the tip and is the tip now. */
  advance(changes: BlockChanges): void {
    this.#unflushed.push(changes);
    changes.forEach((value, key) => {
      this.#keep(key, value ?? ABSENT);
    });
  }

  /** The oldest block is on disk. */
  flushed(changes: BlockChanges): void {
    if (this.#unflushed[0] === changes) this.#unflushed.shift();
  }

  /** Another tip: `unflushed` are the blocks from storage up to it, oldest first. */
  moveTo(unflushed: readonly BlockChanges[]): void {
    this.#unflushed = [...unflushed];
    this.#young = new Map();
    this.#old = new Map();
  }

  #load(key: string): StateValue {
    for (let index = this.#unflushed.length - 1; index >= 0; index--) {
      const changes = this.#unflushed[index];
      assert(changes !== undefined, 'within the list');
      if (changes.has(key)) return changes.get(key) ?? ABSENT;
    }
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

/** The flushed state alone, without a cache: for the few reads that must not see more. */
export class FlushedState implements StateReader {
  readonly #read: ReadStored;

  constructor(read: ReadStored) {
    this.#read = read;
  }

  get(key: string): StateValue | undefined {
    const stored = this.#read(key);
    return stored === undefined ? undefined : decodeStateValue(stored);
  }
}
