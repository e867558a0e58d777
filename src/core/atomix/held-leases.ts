/**
 * Leases that this chain holds of the RAM of accounts elsewhere (ledger/ram-lease.ts): asked for when a
 * transaction first needs one and ahead of need from then on, given back when called for or when
 * nothing has used them for a while.
 *
 * One question per account is on its way at a time. BOUND: so many leases; for further accounts
 * transactions lock the RAM of the owner.
 */

import { amountOf } from '../ledger/balances.ts';
import { bytesValue, leaseKey } from '../ledger/ram-lease.ts';
import { balanceKey } from '../ledger/state-key.ts';
import type { StateOverlay } from '../ledger/state-overlay.ts';
import type { ChannelMessage } from './message.ts';

/** Accounts of which something is on lease or asked for. */
const LEASES_KEY = 'x-leases';
const termsKey = (account: string): string => `x-terms-${account}`;
const LEASES_MAX = 1024;
/** Who has not used its lease between two looks gives it back. */
const LOOK_BLOCKS = 128;
/** What is asked for ahead of need: whatever the owner finds right. */
const AHEAD = 0;

type Terms = {
  /** Bytes left at the last look. */
  readonly seen: string;
  /** Bytes of the question that is on its way. */
  readonly asked: number | undefined;
  /** More is asked for as soon as less than this is left. */
  readonly mark: string;
};

const NO_TERMS: Terms = { seen: '', asked: undefined, mark: '0' };

export type LeaseHost = {
  readonly height: number;
  chainOf(key: string): number;
  send(destination: number, message: ChannelMessage): void;
};

export class HeldLeases {
  readonly #state: StateOverlay;
  readonly #host: LeaseHost;

  constructor(state: StateOverlay, host: LeaseHost) {
    this.#state = state;
    this.#host = host;
  }

  /** Asks for so many bytes, unless a question is on its way; false where no more leases are held. */
  ask(account: string, bytes: number): boolean {
    const terms = this.#terms(account);
    if (terms?.asked !== undefined) return true;
    if (terms === undefined && !this.#enter(account)) return false;
    this.#put(account, { ...(terms ?? NO_TERMS), asked: bytes });
    this.#send(account, { kind: 'borrow', account, bytes });
    return true;
  }

  /** After a transaction has paid from the lease: asks ahead where it runs low. */
  onUse(account: string): void {
    const mark = this.#terms(account)?.mark ?? '0';
    if (this.#left(account) < BigInt(mark)) this.ask(account, AHEAD);
  }

  /** Takes what the owner lends; false where it is less than what was asked for. */
  onLease(account: string, bytes: bigint): boolean {
    const asked = BigInt(this.#terms(account)?.asked ?? 0);
    const left = this.#left(account) + bytes;
    this.#setLeft(account, left);
    // Who gets nothing ahead of need asks again only in need.
    const mark = bytes === 0n ? 0n : left / 2n;
    this.#put(account, { ...NO_TERMS, mark: String(mark) });
    return bytes > 0n && bytes >= asked;
  }

  /** Gives everything back that is left, as the owner wants it. */
  giveBack(account: string): void {
    const bytes = this.#left(account);
    const asked = this.#terms(account)?.asked;
    if (asked === undefined) this.#leave(account);
    else this.#put(account, { ...NO_TERMS, asked });
    this.#setLeft(account, 0n);
    this.#send(account, { kind: 'return', account, bytes });
  }

  /** Every so many blocks: gives back what nobody has used since the last time. */
  giveBackIdle(): void {
    if (this.#host.height % LOOK_BLOCKS !== 0) return;
    for (const account of this.#accounts()) {
      const terms = this.#terms(account) ?? NO_TERMS;
      if (terms.asked !== undefined) continue;
      const left = String(this.#left(account));
      if (left === terms.seen) this.giveBack(account);
      else this.#put(account, { ...terms, seen: left });
    }
  }

  #left(account: string): bigint {
    return amountOf(this.#state.getOwned(leaseKey(account)));
  }

  #setLeft(account: string, bytes: bigint): void {
    this.#state.begin();
    if (bytes === 0n) this.#state.delete(leaseKey(account));
    else this.#state.put(leaseKey(account), bytesValue(bytes));
    this.#state.commit();
  }

  #send(account: string, message: ChannelMessage): void {
    this.#host.send(this.#host.chainOf(balanceKey(account, 'ram')), message);
  }

  #terms(account: string): Terms | undefined {
    const stored = this.#state.getOwned(termsKey(account));
    return stored?.kind === 'json' ? (JSON.parse(stored.value) as Terms) : undefined;
  }

  #put(account: string, terms: Terms): void {
    this.#write(termsKey(account), terms);
  }

  #accounts(): readonly string[] {
    const stored = this.#state.getOwned(LEASES_KEY);
    return stored?.kind === 'json' ? (JSON.parse(stored.value) as readonly string[]) : [];
  }

  #enter(account: string): boolean {
    const accounts = this.#accounts();
    if (accounts.length >= LEASES_MAX) return false;
    this.#write(LEASES_KEY, [...accounts, account]);
    return true;
  }

  #leave(account: string): void {
    const others = this.#accounts().filter((each) => each !== account);
    this.#write(LEASES_KEY, others.length === 0 ? undefined : others);
    this.#write(termsKey(account), undefined);
  }

  #write(key: string, record: unknown): void {
    this.#state.begin();
    if (record === undefined) this.#state.delete(key);
    else {
      const value = JSON.stringify(record);
      this.#state.put(key, { kind: 'json', value, payer: 'system.iost' });
    }
    this.#state.commit();
  }
}
