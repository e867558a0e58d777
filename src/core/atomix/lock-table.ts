/**
 * Keys of this chain that are locked for transactions of other chains, which have their values
 * (cross-shard.md, mechanism 3). No-wait: a request for a locked key is refused at once, so there is
 * never a circle of waiting. While a key is locked nothing here reads or writes it but credits, which
 * commute with what comes back (locked-writes.ts).
 *
 * What every call of a contract reads and next to nobody writes, its code and its owner, is shared:
 * any number of transactions hold it together, here it can be read, and it stays as it is until all
 * of them have ended. Who is to write it says so, and gets it alone.
 *
 * The table is one record of the state, written once a block. BOUND: keys locked at a time, each as
 * often as somebody holds it; further requests are refused.
 */

import { assert } from '../assert.ts';
import type { KeyLocks } from '../ledger/ports.ts';
import { codeKey, mapKey } from '../ledger/state-key.ts';
import type { StateOverlay } from '../ledger/state-overlay.ts';
import { encodeStateValue, type StateValue } from '../ledger/state-value.ts';
import { bookEntry } from './locked-writes.ts';
import type { CarriedEntry } from './message.ts';

const LOCKS_KEY = 'x-locks';
const LOCKED_KEYS_MAX = 4096;
const CODE = codeKey('');
const OWNER = mapKey('system.iost', 'contract_owner', '');

/** Whether transactions that only read the key hold it together. */
export function isShareable(key: string): boolean {
  return key.startsWith(CODE) || key.startsWith(OWNER);
}

/** Ids of transactions, in hex. */
type Holders = { isShared: boolean; readonly ids: Set<string> };
type Locks = ReadonlyMap<string, Readonly<Holders>>;

const NONE: Locks = new Map();
/** Parsed once per stored value. */
const parsed = new WeakMap<StateValue, Locks>();

export type LockRequest = {
  readonly id: string;
  readonly keys: readonly string[];
  /** All of them, also what can be shared. */
  readonly exclusive: boolean;
};

/** The locks as a block finds and changes them. */
export class LockTable implements KeyLocks {
  readonly #state: StateOverlay;
  /** Whether a transaction here waits to write the key. */
  readonly #isAwaited: (key: string) => boolean;
  #locks: Locks;
  /** The same while this block changes them. */
  #changed: Map<string, Holders> | undefined;
  #keysOf: Map<string, Set<string>> | undefined;
  #count: number;

  constructor(state: StateOverlay, isAwaited: (key: string) => boolean) {
    this.#state = state;
    this.#isAwaited = isAwaited;
    this.#locks = storedLocks(state);
    this.#count = 0;
    for (const { ids } of this.#locks.values()) this.#count += ids.size;
  }

  get isEmpty(): boolean {
    return this.#locks.size === 0;
  }

  isHeld(key: string): boolean {
    return this.#locks.get(key)?.isShared === false;
  }

  isFixed(key: string): boolean {
    return this.#locks.get(key)?.isShared === true;
  }

  /** The locks, and further keys that are only to be read. */
  with(fixed: ReadonlySet<string>): KeyLocks {
    if (fixed.size === 0) return this;
    return {
      isHeld: (key) => this.isHeld(key),
      isFixed: (key) => fixed.has(key) || this.isFixed(key),
    };
  }

  /** Locks all of the keys and answers their values; `undefined` and nothing done where one is taken. */
  lock({ id, keys, exclusive }: LockRequest): readonly CarriedEntry[] | undefined {
    const shares = (key: string): boolean => !exclusive && isShareable(key);
    if (keys.some((key) => this.#isTaken(key, id, shares(key)))) return undefined;
    if (this.#count + keys.length > LOCKED_KEYS_MAX) return undefined;
    for (const key of keys) this.#add(key, id, shares(key));
    return keys.map((key) => {
      const value = this.#state.get(key);
      return { key, value: value === undefined ? undefined : encodeStateValue(value) };
    });
  }

  /**
   * Releases every key of the transaction and books what it wrote; answers the keys that nobody holds
   * any more.
   */
  unlock(id: string, written: readonly CarriedEntry[]): readonly string[] {
    const locks = this.#change();
    const released: string[] = [];
    for (const key of this.#heldBy(id)) {
      const { ids } = locks.get(key) as Holders;
      ids.delete(id);
      this.#count -= 1;
      if (ids.size > 0) continue;
      locks.delete(key);
      released.push(key);
    }
    this.#keysOf?.delete(id);
    this.#state.begin();
    for (const entry of written) {
      assert(!this.#locks.has(entry.key), 'what is written was held alone');
      bookEntry(this.#state, entry);
    }
    this.#state.commit();
    return released;
  }

  /** Writes the table into the block. */
  store(): void {
    if (this.#changed === undefined) return;
    this.#state.begin();
    if (this.#locks.size > 0) this.#state.put(LOCKS_KEY, storedForm(this.#locks));
    else if (storedLocks(this.#state).size > 0) this.#state.delete(LOCKS_KEY);
    this.#state.commit();
  }

  #isTaken(key: string, id: string, isShared: boolean): boolean {
    const holders = this.#locks.get(key);
    if (holders === undefined) return false;
    // Who waits to write would wait for ever if more and more came to read.
    if (holders.isShared && isShared) return this.#isAwaited(key);
    return holders.ids.size > 1 || !holders.ids.has(id);
  }

  #add(key: string, id: string, isShared: boolean): void {
    const locks = this.#change();
    const keys = this.#heldBy(id);
    if (!keys.has(key)) this.#count += 1;
    keys.add(key);
    const holders = locks.get(key);
    if (holders === undefined) locks.set(key, { isShared, ids: new Set([id]) });
    else {
      holders.isShared = isShared;
      holders.ids.add(id);
    }
  }

  #change(): Map<string, Holders> {
    if (this.#changed === undefined) {
      const copy = ([key, { isShared, ids }]: readonly [string, Readonly<Holders>]) =>
        [key, { isShared, ids: new Set(ids) }] as const;
      this.#changed = new Map([...this.#locks].map(copy));
      this.#locks = this.#changed;
    }
    return this.#changed;
  }

  #heldBy(id: string): Set<string> {
    this.#keysOf ??= keysByHolder(this.#locks);
    const keys = this.#keysOf.get(id) ?? new Set();
    this.#keysOf.set(id, keys);
    return keys;
  }
}

function keysByHolder(locks: Locks): Map<string, Set<string>> {
  const keysOf = new Map<string, Set<string>>();
  for (const [key, { ids }] of locks) {
    for (const id of ids) {
      const keys = keysOf.get(id);
      if (keys === undefined) keysOf.set(id, new Set([key]));
      else keys.add(key);
    }
  }
  return keysOf;
}

type StoredLock = readonly [key: string, isShared: boolean, ...ids: string[]];

function storedLocks(state: StateOverlay): Locks {
  const stored = state.getOwned(LOCKS_KEY);
  if (stored?.kind !== 'json') return NONE;
  let locks = parsed.get(stored);
  if (locks === undefined) {
    const list = JSON.parse(stored.value) as readonly StoredLock[];
    locks = new Map(list.map(([key, isShared, ...ids]) => [key, { isShared, ids: new Set(ids) }]));
    parsed.set(stored, locks);
  }
  return locks;
}

function storedForm(locks: Locks): StateValue {
  const list = [...locks].map(([key, { isShared, ids }]): StoredLock => [key, isShared, ...ids]);
  const value: StateValue = { kind: 'json', value: JSON.stringify(list), payer: 'system.iost' };
  parsed.set(value, locks);
  return value;
}
