/**
 * The state a block sees while it is built: what it has written so far over the committed state.
 * Writes go straight into one map per block; a journal of previous values undoes a transaction or the
 * part of it behind a savepoint. So the usual end, success, costs nothing.
 *
 * A key that another chain owns can be used only while it is carried by the running transaction
 * (reserved or locked there); its new value is answered by `commit` instead of joining the block.
 * Any other foreign key ends the transaction with `MissingState`.
 */

import { assert } from '../assert.ts';
import { ContractFailure } from './contract-failure.ts';
import { LockedState } from './locked-state.ts';
import { MissingState } from './missing-state.ts';
import type { CarriedState } from './outcome.ts';
import type { KeyLocks, Placement, StateReader } from './ports.ts';
import { KEY_LENGTH_MAX } from './state-key.ts';
import type { StateValue } from './state-value.ts';

/** Stands for "deleted" or "absent" in the maps, so that one lookup tells it from "not there". */
const ABSENT: StateValue = { kind: 'bool', value: false, payer: 'absent' };

/** The key belongs to another chain and was not brought along. */
export const ELSEWHERE = 'elsewhere';

const NOTHING_CARRIED: CarriedState = new Map();

/** Which map, which key, what stood there (`undefined`: no entry). */
type Undo = {
  map: Map<string, StateValue>;
  key: string;
  value: StateValue | undefined;
};

export class StateOverlay implements StateReader {
  readonly #base: StateReader;
  readonly #placement: Placement;
  readonly #written = new Map<string, StateValue>();
  /** Entries below the length are in use; the others are kept to be used again. */
  readonly #journal: Undo[] = [];
  #journalLength = 0;
  #hasDeleted = false;
  #carried: CarriedState = NOTHING_CARRIED;
  /** What the running transaction may not touch; `undefined` where there is nothing. */
  #locks: KeyLocks | undefined;
  #seenOnly: string | undefined;
  /** Current values of carried keys; `undefined` when the transaction carries nothing. */
  #carriedNow: Map<string, StateValue> | undefined;

  constructor(base: StateReader, placement: Placement) {
    this.#base = base;
    this.#placement = placement;
  }

  get placement(): Placement {
    return this.#placement;
  }

  /**
   * Opens a transaction. What came before stays whatever happens to it. `locks` are the keys that
   * it may not touch, or not write, as their values are with transactions of other chains; `seenOnly`
   * is a carried key that it may not write.
   */
  begin(carried: CarriedState = NOTHING_CARRIED, locks?: KeyLocks, seenOnly?: string): void {
    assert(this.#journalLength === 0, 'the transaction before was committed or rolled back');
    this.#locks = locks;
    this.#seenOnly = seenOnly;
    this.#carried = carried;
    this.#carriedNow = carried.size === 0 ? undefined : currentOf(carried);
  }

  /** Keeps the writes of the transaction and answers the carried keys that it changed. */
  commit(): CarriedState {
    const changed = this.#carriedChanges();
    this.#journalLength = 0;
    this.#endCarried();
    return changed;
  }

  /** Undoes the whole transaction and closes it. */
  rollback(): void {
    this.rollbackTo(0);
    this.#endCarried();
  }

  /** A mark inside the transaction for `rollbackTo`. */
  savepoint(): number {
    return this.#journalLength;
  }

  /** Undoes what was written after the mark; the transaction goes on. */
  rollbackTo(mark: number): void {
    while (this.#journalLength > mark) {
      this.#journalLength -= 1;
      const { map, key, value } = this.#journal[this.#journalLength] as Undo;
      if (value === undefined) map.delete(key);
      else map.set(key, value);
    }
  }

  get(key: string): StateValue | undefined {
    const value = this.getOwned(key);
    // A chain stores only what it owns, so the placement has to be asked about absent keys alone.
    if (value === undefined && !this.#isKnownAbsent(key)) this.#assertOwned(key);
    return value;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** As `get`, but answers `ELSEWHERE` where the key is of another chain and not carried. */
  find(key: string): StateValue | undefined | typeof ELSEWHERE {
    const value = this.getOwned(key);
    if (value !== undefined || this.carries(key) || key.length > KEY_LENGTH_MAX) return value;
    return this.#placement.chainOf(key) === this.#placement.self ? undefined : ELSEWHERE;
  }

  /**
   * As `get` for a key that the caller knows to be in reach, or to be of no use if it is not: an
   * absent key is absent and the placement is not asked.
   */
  getOwned(key: string): StateValue | undefined {
    if (this.#locks !== undefined) this.#assertUnlocked(key);
    const written = this.#written.get(key);
    if (written !== undefined) return written === ABSENT ? undefined : written;
    if (this.#carriedNow !== undefined) {
      const carried = this.#carriedNow.get(key);
      if (carried !== undefined) return carried === ABSENT ? undefined : carried;
    }
    return key.length > KEY_LENGTH_MAX ? undefined : this.#base.get(key);
  }

  /** The value where `get` would answer one at once; `undefined` says nothing. Never ends the run. */
  peek(key: string): StateValue | undefined {
    return this.#locks?.isHeld(key) === true ? undefined : this.getOwned(key);
  }

  put(key: string, value: StateValue): void {
    this.#write(key, value);
  }

  /** As `put` for a key that has been read as present, so it is known to be in reach. */
  update(key: string, value: StateValue): void {
    if (this.#locks !== undefined) this.#assertWritable(key);
    const carried = this.#carriedNow;
    this.#journalled(carried?.has(key) === true ? carried : this.#written, key, value);
  }

  delete(key: string): void {
    this.#hasDeleted = true;
    this.#write(key, ABSENT);
  }

  /** Whether the key can be read and written here: owned by this chain, or carried. */
  reaches(key: string): boolean {
    if (this.#isKnownAbsent(key) || key.length > KEY_LENGTH_MAX) return true;
    return this.#placement.chainOf(key) === this.chain;
  }

  /** Whether the running transaction has brought the key along from its owner. */
  carries(key: string): boolean {
    return this.#carriedNow?.has(key) === true;
  }

  /** The number of this chain. */
  get chain(): number {
    return this.#placement.self;
  }

  /**
   * Every key the block has changed so far; `undefined` means deleted. To be read before anything is
   * written again: where nothing was deleted it is the overlay's own map.
   */
  changes(): ReadonlyMap<string, StateValue | undefined> {
    assert(this.#journalLength === 0, 'changes are asked for between transactions');
    if (!this.#hasDeleted) return this.#written;
    const changes = new Map<string, StateValue | undefined>();
    for (const [key, value] of this.#written)
      changes.set(key, value === ABSENT ? undefined : value);
    return changes;
  }

  #write(key: string, value: StateValue): void {
    this.#journalled(this.#mapFor(key), key, value);
  }

  #journalled(map: Map<string, StateValue>, key: string, value: StateValue): void {
    const before = map.get(key);
    const undo = this.#journal[this.#journalLength];
    if (undo === undefined) this.#journal.push({ map, key, value: before });
    else {
      undo.map = map;
      undo.key = key;
      undo.value = before;
    }
    this.#journalLength += 1;
    map.set(key, value);
  }

  #mapFor(key: string): Map<string, StateValue> {
    if (this.#locks !== undefined) this.#assertWritable(key);
    if (this.#written.has(key)) return this.#written;
    if (this.#carriedNow?.has(key) === true) {
      if (key === this.#seenOnly) throw MissingState.key(key);
      return this.#carriedNow;
    }
    if (key.length > KEY_LENGTH_MAX) throw new ContractFailure('key or field is too long');
    if (this.#base.get(key) === undefined) this.#assertOwned(key);
    return this.#written;
  }

  #isKnownAbsent(key: string): boolean {
    return this.#written.has(key) || this.carries(key);
  }

  #assertOwned(key: string): void {
    if (key.length > KEY_LENGTH_MAX) return;
    if (this.#placement.chainOf(key) !== this.#placement.self) throw MissingState.key(key);
  }

  #assertUnlocked(key: string): void {
    if (this.#locks?.isHeld(key) === true) throw new LockedState(key);
  }

  #assertWritable(key: string): void {
    this.#assertUnlocked(key);
    if (this.#locks?.isFixed(key) === true) throw new LockedState(key);
  }

  #carriedChanges(): CarriedState {
    if (this.#carriedNow === undefined) return NOTHING_CARRIED;
    const changed = new Map<string, StateValue | undefined>();
    for (const [key, value] of this.#carriedNow) {
      const now = value === ABSENT ? undefined : value;
      if (now !== this.#carried.get(key)) changed.set(key, now);
    }
    return changed;
  }

  #endCarried(): void {
    this.#locks = undefined;
    this.#carried = NOTHING_CARRIED;
    this.#carriedNow = undefined;
  }
}

function currentOf(carried: CarriedState): Map<string, StateValue> {
  const now = new Map<string, StateValue>();
  for (const [key, value] of carried) now.set(key, value ?? ABSENT);
  return now;
}
