/**
 * A transaction that has begun and cannot finish yet, at its home chain or, where it has to be proven
 * first that its publisher may publish it, at its entry shard: it waits for a fact, for the locks it
 * asked for, for a lock of somebody else here, or for its next attempt. It is state under the root, so
 * every validator goes on with it in the same block.
 *
 * Bound: runs come from the pool or from channel windows, both bounded, and end with the lifetime of
 * their transaction.
 */

import { assert } from '../assert.ts';
import { type BinaryReader, decodeWith } from '../chain/binary-reader.ts';
import { BinaryWriter } from '../chain/binary-writer.ts';
import { HASH_BYTES } from '../chain/block.ts';
import { sha256 } from '../crypto/hash.ts';
import { hexOf } from '../crypto/hex.ts';
import { SHARE_SIZES } from '../ledger/reserved-record.ts';
import type { StateOverlay } from '../ledger/state-overlay.ts';
import { type CarriedAccount, readCarried, writeCarried } from './carried-account.ts';
import { type CarriedEntry, REFUSALS, type Refusal, readEntries, writeEntries } from './message.ts';
import type { Share } from './reservation.ts';

/** Values of locked keys, by the chain that locked them. */
export type Grant = { readonly owner: number; readonly entries: readonly CarriedEntry[] };

export type RunGoal = 'execute' | 'reserve';

export type PendingRun = {
  /** `execute` its actions, or `reserve` for it and send it home. */
  readonly goal: RunGoal;
  readonly id: Uint8Array;
  readonly transaction: Uint8Array;
  /** Entry shard that reserved for it, or this chain where publisher and home are one. */
  readonly source: number;
  /** What the entry shard sent along. */
  readonly carried: CarriedAccount;
  readonly granted: readonly Grant[];
  /** Owners that have not answered this round. */
  readonly awaiting: readonly number[];
  /** The gravest of the refusals in this round. */
  readonly refusal: Refusal | undefined;
  /** Rounds of locking in this attempt. */
  readonly round: number;
  readonly attempt: number;
  /** It writes what others only read: this attempt asks for all of its keys alone. */
  readonly exclusive: boolean;
  /** Goal `reserve`: what an earlier try was short of; none was made where there is nothing. */
  readonly share: Share | undefined;
  /** Accounts that lend too little for it: their RAM has to be locked. */
  readonly unlent: readonly string[];
};

/** Who waits for which block to try again. */
export const RETRIES_KEY = 'x-retries';
const runKey = (hexId: string): string => `x-pending-${hexId}`;
// Reasons contain keys, so a key that contains a reason could be too long.
const waitersKey = (reason: string): string => `x-w-${hexOf(sha256(reason))}`;
const PAYER = 'system.iost';

type Retry = readonly [height: number, hexId: string];

/** 0 where nobody refused. */
export function severityOf(refusal: Refusal | undefined): number {
  return refusal === undefined ? 0 : REFUSALS.indexOf(refusal) + 1;
}

export class PendingRuns {
  readonly #overlay: StateOverlay;
  /** What waits for its next attempt, as this block has it: written when the block ends. */
  #retriesNow: Retry[] | undefined;

  constructor(overlay: StateOverlay) {
    this.#overlay = overlay;
  }

  get(id: Uint8Array): PendingRun | undefined {
    return this.#read(hexOf(id));
  }

  /** Keeps the run until it is woken by `reason`. True when nobody waited for that before. */
  wait(run: PendingRun, reason: string): boolean {
    const waiters = this.#waiters(reason);
    this.put(run);
    this.#write(waitersKey(reason), [...waiters, hexOf(run.id)]);
    return waiters.length === 0;
  }

  /** Keeps the run; messages with its id wake it. */
  put(run: PendingRun): void {
    this.#overlay.begin();
    this.#overlay.put(runKey(hexOf(run.id)), { kind: 'bytes', value: encodeRun(run) });
    this.#overlay.commit();
  }

  /** Keeps the run until the block of this height. */
  retryAt(run: PendingRun, height: number): void {
    this.put(run);
    this.#retriesNow ??= this.#storedRetries();
    this.#retriesNow.push([height, hexOf(run.id)]);
  }

  /** Writes into the block what is to be tried again after it. */
  store(): void {
    if (this.#retriesNow === undefined) return;
    const hadAny = this.#overlay.getOwned(RETRIES_KEY) !== undefined;
    if (hadAny || this.#retriesNow.length > 0) this.#write(RETRIES_KEY, this.#retriesNow);
  }

  /** Whether anybody waits for the reason. */
  isAwaited(reason: string): boolean {
    return this.#overlay.getOwned(waitersKey(reason)) !== undefined;
  }

  /** Takes out everyone who waited for the reason, in the order of arrival. */
  wake(reason: string): PendingRun[] {
    const waiters = this.#waiters(reason);
    if (waiters.length > 0) this.#write(waitersKey(reason), []);
    return waiters.map((hexId) => this.#take(hexId));
  }

  /** Takes out who has waited longest for the reason. */
  wakeFirst(reason: string): PendingRun | undefined {
    const [first, ...rest] = this.#waiters(reason);
    if (first === undefined) return undefined;
    this.#write(waitersKey(reason), rest);
    return this.#take(first);
  }

  /** Takes out everyone whose next attempt is due. */
  due(height: number): PendingRun[] {
    const retries = this.#retriesNow ?? this.#storedRetries();
    const isDue = ([at]: Retry): boolean => at <= height;
    const due = retries.filter(isDue);
    if (due.length === 0) return [];
    this.#retriesNow = retries.filter((retry) => !isDue(retry));
    return due.map(([, hexId]) => this.#take(hexId));
  }

  peek(id: Uint8Array): PendingRun | undefined {
    return this.#read(hexOf(id));
  }

  /** Takes a run out by its id. */
  take(id: Uint8Array): PendingRun | undefined {
    const hexId = hexOf(id);
    return this.#read(hexId) === undefined ? undefined : this.#take(hexId);
  }

  #take(hexId: string): PendingRun {
    const run = this.#read(hexId);
    assert(run !== undefined, 'whoever waits is kept');
    this.#overlay.begin();
    this.#overlay.delete(runKey(hexId));
    this.#overlay.commit();
    return run;
  }

  #read(hexId: string): PendingRun | undefined {
    const stored = this.#overlay.getOwned(runKey(hexId));
    return stored?.kind === 'bytes' ? decodeRun(stored.value) : undefined;
  }

  #waiters(reason: string): readonly string[] {
    const stored = this.#overlay.getOwned(waitersKey(reason));
    return stored?.kind === 'json' ? (JSON.parse(stored.value) as readonly string[]) : [];
  }

  #storedRetries(): Retry[] {
    const stored = this.#overlay.getOwned(RETRIES_KEY);
    return stored?.kind === 'json' ? (JSON.parse(stored.value) as Retry[]) : [];
  }

  #write(key: string, list: readonly unknown[]): void {
    this.#overlay.begin();
    if (list.length === 0) this.#overlay.delete(key);
    else this.#overlay.put(key, { kind: 'json', value: JSON.stringify(list), payer: PAYER });
    this.#overlay.commit();
  }
}

function encodeRun(run: PendingRun): Uint8Array {
  const writer = new BinaryWriter(1024)
    .raw(run.id)
    .bytes(run.transaction)
    .i32(run.source)
    .u8(severityOf(run.refusal))
    .u8(run.goal === 'reserve' ? 1 : 0)
    .u8(run.exclusive ? 1 : 0)
    .i32(run.round)
    .i32(run.attempt)
    .u8(run.share === undefined ? 0 : 1 + SHARE_SIZES.indexOf(run.share.size))
    .i32(run.share?.ram ?? 0)
    .list(run.unlent, (target, account) => target.string(account))
    .list(run.awaiting, (target, owner) => target.i32(owner))
    .list(run.granted, (target, grant) => writeEntries(target.i32(grant.owner), grant.entries));
  return writeCarried(writer, run.carried).finish();
}

function decodeRun(bytes: Uint8Array): PendingRun {
  const run = decodeWith(bytes, readRun);
  assert(run !== undefined, 'a kept run can be read');
  return run;
}

function readShare(reader: BinaryReader): Share | undefined {
  const size = SHARE_SIZES[reader.u8() - 1];
  const ram = reader.i32();
  return size === undefined ? undefined : { size, ram };
}

function readRun(reader: BinaryReader): PendingRun {
  return {
    id: reader.raw(HASH_BYTES),
    transaction: reader.bytes(),
    source: reader.i32(),
    refusal: REFUSALS[reader.u8() - 1],
    goal: reader.flag() ? 'reserve' : 'execute',
    exclusive: reader.flag(),
    round: reader.i32(),
    attempt: reader.i32(),
    share: readShare(reader),
    unlent: reader.list(4, (source) => source.string()),
    awaiting: reader.list(4, (source) => source.i32()),
    granted: reader.list(8, (source) => ({ owner: source.i32(), entries: readEntries(source) })),
    carried: readCarried(reader),
  };
}
