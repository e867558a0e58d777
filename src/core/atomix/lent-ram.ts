/**
 * RAM of this chain's accounts that other chains have on lease (ledger/ram-lease.ts): lent at once or
 * not at all, a slice of what is there and at least what is needed; called back as soon as something
 * here depends on all of it. For a while after that nothing of the account is lent, so that who waited
 * for all of it gets it.
 */

import { credit, debitStored, FREE_PAYER, storedBalance } from '../ledger/balances.ts';
import { changeLent, lentKey, readLent } from '../ledger/ram-lease.ts';
import { balanceKey } from '../ledger/state-key.ts';
import type { StateOverlay } from '../ledger/state-overlay.ts';
import type { ChannelMessage } from './message.ts';

/** BOUND: bytes lent at a time to one chain, unless a single transaction needs more. */
const SLICE_BYTES = 64n * 1024n;
/** One chain gets at most so much of what is left, or the account had nothing for itself. */
const SLICE_PART = 4n;
/** Less is not worth asking for ahead of need. */
const SLICE_MIN = 256n;
/** Blocks for which nothing is lent after a recall. */
const CLOSED_BLOCKS = 16;
/** List of [height, account]: nothing of the account is lent until then. */
const CLOSED_KEY = 'x-recalled';
const RAM_OF = new RegExp(`^${balanceKey('(.+)', 'ram')}$`);

type Closed = readonly [height: number, account: string];

export type LenderHost = {
  readonly height: number;
  /** Whether the key is locked, or somebody here waits for it. */
  isWanted(key: string): boolean;
  send(destination: number, message: ChannelMessage): void;
};

export class LentRam {
  readonly #state: StateOverlay;
  readonly #host: LenderHost;

  constructor(state: StateOverlay, host: LenderHost) {
    this.#state = state;
    this.#host = host;
  }

  /** Answers a chain that asks for so many bytes, or for what is right where it names none. */
  lend(account: string, chain: number, wanted: bigint): void {
    const bytes = this.#mayLend(account) ? this.#sliceFor(account, wanted) : 0n;
    if (bytes > 0n) {
      this.#state.begin();
      debitStored(this.#state, account, 'ram', bytes);
      changeLent(this.#state, account, chain, bytes);
      this.#state.commit();
    }
    this.#host.send(chain, { kind: 'lease', account, bytes });
  }

  /** Whether a part of the RAM under this key is lent; false for every other key. */
  isLent(key: string): boolean {
    return this.#lenderOf(key) !== undefined;
  }

  /** Calls back what is lent of the RAM under this key; false where nothing is. */
  recall(key: string): boolean {
    const account = this.#lenderOf(key);
    if (account === undefined) return false;
    if (this.#isClosed(account)) return true;
    this.#writeClosed([...this.#closed(), [this.#host.height + CLOSED_BLOCKS, account]]);
    for (const chain of readLent(this.#state, account).keys()) {
      this.#host.send(chain, { kind: 'recall', account });
    }
    return true;
  }

  /** Takes bytes back; answers the key of the account's RAM when all of it is here again. */
  takeBack(account: string, chain: number, bytes: bigint): string | undefined {
    this.#state.begin();
    changeLent(this.#state, account, chain, -bytes);
    if (bytes > 0n) credit(this.#state, account, 'ram', bytes, FREE_PAYER);
    this.#state.commit();
    const isAllHere = this.#state.getOwned(lentKey(account)) === undefined;
    return isAllHere ? balanceKey(account, 'ram') : undefined;
  }

  /** Lends again what was called back long enough ago. */
  reopen(): void {
    const closed = this.#closed();
    const still = closed.filter(([height]) => height > this.#host.height);
    if (still.length < closed.length) this.#writeClosed(still);
  }

  #lenderOf(key: string): string | undefined {
    const [, account] = RAM_OF.exec(key) ?? [];
    if (account === undefined) return undefined;
    return this.#state.getOwned(lentKey(account)) === undefined ? undefined : account;
  }

  #mayLend(account: string): boolean {
    return !this.#isClosed(account) && !this.#host.isWanted(balanceKey(account, 'ram'));
  }

  #sliceFor(account: string, wanted: bigint): bigint {
    const there = storedBalance(this.#state, account, 'ram');
    const part = there / SLICE_PART;
    const slice = part < SLICE_BYTES ? part : SLICE_BYTES;
    if (wanted === 0n) return slice < SLICE_MIN ? 0n : slice;
    if (wanted > there) return 0n;
    return slice < wanted ? wanted : slice;
  }

  #isClosed(account: string): boolean {
    return this.#closed().some(([, each]) => each === account);
  }

  #closed(): readonly Closed[] {
    const stored = this.#state.getOwned(CLOSED_KEY);
    return stored?.kind === 'json' ? (JSON.parse(stored.value) as readonly Closed[]) : [];
  }

  #writeClosed(closed: readonly Closed[]): void {
    this.#state.begin();
    if (closed.length === 0) this.#state.delete(CLOSED_KEY);
    else {
      const value = JSON.stringify(closed);
      this.#state.put(CLOSED_KEY, { kind: 'json', value, payer: 'system.iost' });
    }
    this.#state.commit();
  }
}
