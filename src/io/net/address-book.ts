/**
 * The addresses a node knows: those of its configuration, and what other nodes said about themselves
 * (`node-record.ts`). It decides when an address is worth a try again, and forgets at its bound
 * those that never answered first, so that made-up addresses cannot push out good ones.
 */

import { hostOf } from './node-record.ts';
import type { NodeRecord } from './wire-message.ts';

/** BOUND: learned addresses. */
const LEARNED_MAX = 1024;
/** BOUND: of them on one host, so that nobody fills the book from one machine. */
const PER_HOST_MAX = 128;
const RETRY_MS_MIN = 200;
/** Configured addresses are tried for ever, learned ones less and less often. */
const RETRY_MS_MAX = { configured: 5000, learned: 60_000 } as const;

export type AddressKind = 'static' | 'seed' | 'learned';

export type AddressEntry = {
  readonly address: string;
  readonly kind: AddressKind;
  /** Hex key of the node there, where it is known. */
  peer: string | undefined;
  record: NodeRecord | undefined;
  hasAnswered: boolean;
  waitMs: number;
  dialAtMs: number;
};

export class AddressBook {
  readonly #entries = new Map<string, AddressEntry>();
  /** Uniform in [0, 1). */
  readonly #random: () => number;

  constructor(
    configured: { readonly peers: readonly string[]; readonly seeds: readonly string[] },
    random: () => number,
  ) {
    this.#random = random;
    for (const address of configured.seeds) this.#entries.set(address, newEntry(address, 'seed'));
    for (const address of configured.peers) this.#entries.set(address, newEntry(address, 'static'));
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Takes in a record that is known to be signed; false where it says nothing new. */
  learn(record: NodeRecord, peer: string): boolean {
    const old = [...this.#entries.values()].find((entry) => entry.peer === peer);
    if (old?.record !== undefined && old.record.timeMs >= record.timeMs) return false;
    const here = this.#entries.get(record.address);
    // Who answered here last is known better than who claims to be here now.
    if (here?.hasAnswered === true && here.peer !== peer) return false;
    if (here === undefined && !this.#makeRoom(hostOf(record.address))) return false;
    if (old !== undefined && old !== here && old.kind === 'learned') {
      this.#entries.delete(old.address);
    }
    const entry = here ?? newEntry(record.address, 'learned');
    entry.peer = peer;
    entry.record = record;
    this.#entries.set(record.address, entry);
    return true;
  }

  /** Addresses whose time has come, in random order. */
  due(nowMs: number): readonly AddressEntry[] {
    return this.#shuffled([...this.#entries.values()].filter(({ dialAtMs }) => dialAtMs <= nowMs));
  }

  onDialled(entry: AddressEntry, nowMs: number): void {
    entry.dialAtMs = nowMs + entry.waitMs;
    const most = RETRY_MS_MAX[entry.kind === 'learned' ? 'learned' : 'configured'];
    entry.waitMs = Math.min(most, entry.waitMs * 2);
  }

  onConnected(address: string, peer: string): void {
    const entry = this.#entries.get(address);
    if (entry === undefined) return;
    if (entry.peer !== peer) entry.record = undefined;
    entry.peer = peer;
    entry.hasAnswered = true;
  }

  /** A connection with it was good while it lasted. */
  onServed(entry: AddressEntry, nowMs: number): void {
    entry.waitMs = RETRY_MS_MIN;
    entry.dialAtMs = nowMs + RETRY_MS_MIN;
  }

  /** Up to `count` records, chosen at random. */
  sample(count: number): readonly NodeRecord[] {
    const records = [...this.#entries.values()].flatMap(({ record }) => record ?? []);
    return this.#shuffled(records).slice(0, count);
  }

  #makeRoom(host: string): boolean {
    const learned = [...this.#entries.values()].filter(({ kind }) => kind === 'learned');
    const onHost = learned.filter(({ address }) => hostOf(address) === host);
    const isHostFull = onHost.length >= PER_HOST_MAX;
    if (!isHostFull && learned.length < LEARNED_MAX) return true;
    const candidates = isHostFull ? onHost : learned;
    const idle = candidates.filter(({ hasAnswered }) => !hasAnswered);
    const [victim] = this.#shuffled(idle);
    if (victim === undefined) return false;
    return this.#entries.delete(victim.address);
  }

  #shuffled<Item>(items: Item[]): Item[] {
    for (let last = items.length - 1; last > 0; last--) {
      const other = Math.floor(this.#random() * (last + 1));
      [items[last], items[other]] = [items[other] as Item, items[last] as Item];
    }
    return items;
  }
}

function newEntry(address: string, kind: AddressKind): AddressEntry {
  return {
    address,
    kind,
    peer: undefined,
    record: undefined,
    hasAnswered: false,
    waitMs: RETRY_MS_MIN,
    dialAtMs: 0,
  };
}
