/**
 * The checks of a network of chains after every event: what exists of each token, gas pool included,
 * is what was issued, wherever it is at the moment; channels deliver every message once and in order.
 *
 * Looked at is what is flushed, for nothing else exists outside a chain. On its way is what a source
 * has flushed and the destination has not: credits, and settlements, whose reservation still stands
 * at the entry shard.
 */

import { strict as assert } from 'node:assert';
import { type ChannelMessage, decodeMessage } from '#core/atomix/message.ts';
import { decodeStoredBlock } from '#core/chain/block.ts';
import { hexOf } from '#core/crypto/hex.ts';

import type { Credit } from '#core/ledger/credit.ts';
import { itemsOf } from '#core/ledger/freezes.ts';
import { type Drift, invariantProblems } from '#core/ledger/invariants.ts';
import { leaseKey, lentKey, readLent } from '#core/ledger/ram-lease.ts';
import { sliceKey } from '#core/ledger/ram-slice.ts';
import { readReserved } from '#core/ledger/reserved-record.ts';
import { balanceKey, freezeKey, usedRamKey } from '#core/ledger/state-key.ts';
import { decodeStateValue, type StateValue } from '#core/ledger/state-value.ts';
import { inboxKey, outboxKey } from '#core/shard/chain-records.ts';
import type { ChainStorage } from '#core/shard/chain-settings.ts';

/** A simulated network, or the opened data directory of a real node. */
export type StoredNetwork = {
  readonly chains: ReadonlyMap<
    number,
    { readonly storage: Pick<ChainStorage, 'allState' | 'head' | 'block'> }
  >;
};

/** Asserts that every invariant of the flushed states and channels holds. */
export function checkNetwork(network: StoredNetwork): void {
  const states = new Map<number, State>();
  for (const [number, { storage }] of network.chains) {
    states.set(number, stateOf(storage));
  }
  const credits: Credit[] = [];
  const drifts: Drift[] = [];
  const leases = new LeaseCount();
  for (const [chain, state] of states) leases.addState(chain, state);
  for (const [source, from] of states) {
    for (const [destination, to] of states) {
      if (source === destination) continue;
      for (const message of inFlight(network, { source, destination }, from, to)) {
        leases.addMessage(message, { source, destination });
        if (message.kind === 'credit') credits.push(message.credit);
        if (message.kind === 'settle') drifts.push(...settlementDrifts(message, to));
        if (message.kind === 'decide') drifts.push(...decisionDrifts(message));
      }
    }
  }
  const chains = [...states].map(([chain, entries]) => ({ chain, entries }));
  assert.deepEqual(invariantProblems(chains, credits, drifts), []);
  assert.deepEqual(leases.held, leases.lent, 'what is lent is what is held, used or on its way');
}

/** RAM on lease, by account and the chain that has it: as its owner's chain knows it, and where it is. */
class LeaseCount {
  readonly lent = new Map<string, bigint>();
  readonly held = new Map<string, bigint>();

  addState(chain: number, state: State): void {
    for (const [key, value] of state) {
      if (key.startsWith(lentKey(''))) {
        const account = key.slice(lentKey('').length);
        for (const [to, bytes] of readLent(state, account)) add(this.lent, account, to, bytes);
      } else if (key.startsWith(leaseKey(''))) {
        add(
          this.held,
          key.slice(leaseKey('').length),
          chain,
          value.kind === 'int' ? value.value : 0n,
        );
      }
    }
  }

  addMessage(message: ChannelMessage, { source, destination }: Channel): void {
    if (message.kind === 'lease') add(this.held, message.account, destination, message.bytes);
    if (message.kind === 'return') add(this.held, message.account, source, message.bytes);
    if (message.kind !== 'credit' || message.credit.kind !== 'ramUse') return;
    assert.equal(message.credit.chain, source);
    add(this.held, message.credit.account, source, message.credit.bytes);
  }
}

function add(sums: Map<string, bigint>, account: string, chain: number, bytes: bigint): void {
  const name = `${account} on ${chain}`;
  const sum = (sums.get(name) ?? 0n) + bytes;
  if (sum === 0n) sums.delete(name);
  else sums.set(name, sum);
}

type Storage = Pick<ChainStorage, 'allState' | 'head'>;

/** By storage: what was on it at its newest height. */
const statesBefore = new WeakMap<Storage, { readonly height: number; readonly state: State }>();
/** A simulated disk keeps the bytes of a value until it changes. */
const valuesBefore = new WeakMap<Uint8Array, StateValue>();

function stateOf(storage: Storage): State {
  const height = storage.head()?.height ?? -1;
  const before = statesBefore.get(storage);
  if (before?.height === height) return before.state;
  const entries = [...storage.allState()].map(([key, bytes]) => [key, decoded(bytes)] as const);
  const state = new Map(entries);
  statesBefore.set(storage, { height, state });
  return state;
}

function decoded(bytes: Uint8Array): StateValue {
  let value = valuesBefore.get(bytes);
  if (value === undefined) {
    value = decodeStateValue(bytes);
    valuesBefore.set(bytes, value);
  }
  return value;
}

/** Balance or list of frozen amounts, and its token. */
const HOLDING = /^m-token\.iost-T([BF]).+-([^-]+)$/;

type Channel = { readonly source: number; readonly destination: number };
type State = ReadonlyMap<string, StateValue>;

/** Messages that the source has flushed and the destination has not consumed. */
function inFlight(
  network: StoredNetwork,
  channel: Channel,
  from: State,
  to: State,
): ChannelMessage[] {
  const sent = counter(from, outboxKey(channel.destination));
  const consumed = counter(to, inboxKey(channel.source));
  assert.ok(consumed <= sent, 'nothing is consumed that was not sent');
  const messages: ChannelMessage[] = [];
  const storage = network.chains.get(channel.source)?.storage;
  let wanted = sent;
  for (let height = storage?.head()?.height ?? 0; wanted > consumed; height--) {
    const block = decodeStoredBlock(storage?.block(height) as Uint8Array);
    const entry = block?.outbox.find(({ destination }) => destination === channel.destination);
    if (entry === undefined) continue;
    assert.equal(entry.firstSeq + entry.messages.length, wanted, 'messages are numbered in order');
    wanted = entry.firstSeq;
    for (const [index, bytes] of entry.messages.entries()) {
      if (entry.firstSeq + index >= consumed) messages.push(decodeMessage(bytes) as ChannelMessage);
    }
  }
  return messages;
}

/** The reservation counts in full until the settlement is booked, but a part of it is gone. */
function settlementDrifts(message: ChannelMessage & { kind: 'settle' }, entry: State): Drift[] {
  const { publisher } = message;
  const id = hexOf(message.id);
  const reserved = readReserved(entry as never, publisher).find((each) => each.id === id);
  assert.ok(reserved !== undefined, 'a settlement on its way has its reservation');
  const drifts: Drift[] = [];
  for (const [key, decoded] of message.written) {
    if (key.startsWith(balanceKey(publisher, ''))) {
      const token = key.slice(balanceKey(publisher, '').length);
      const amount = decoded?.kind === 'int' ? decoded.value : 0n;
      drifts.push({ token, amount });
    } else if (key.startsWith(freezeKey(publisher, ''))) {
      const token = key.slice(freezeKey(publisher, '').length);
      for (const item of itemsOf(decoded)) drifts.push({ token, amount: item.amount });
    } else if (key === sliceKey(publisher) && decoded?.kind === 'int') {
      drifts.push({ token: 'ram', amount: decoded.value });
    } else if (key === usedRamKey(publisher) && decoded?.kind === 'int') {
      drifts.push({ token: 'ram', amount: decoded.value });
    }
  }
  return drifts;
}

/**
 * Balances and used RAM of locked keys come back as differences, and so do lists of frozen amounts,
 * in which a negative amount is one that was taken out.
 */
function decisionDrifts(message: ChannelMessage & { kind: 'decide' }): Drift[] {
  const drifts: Drift[] = [];
  for (const { key, value } of message.written) {
    const decoded = value === undefined ? undefined : decodeStateValue(value);
    const [, kind, token = ''] = HOLDING.exec(key) ?? [];
    if (kind === 'B' && decoded?.kind === 'int') drifts.push({ token, amount: decoded.value });
    if (kind === 'F') {
      for (const item of itemsOf(decoded)) drifts.push({ token, amount: item.amount });
    }
    if (key.startsWith(usedRamKey('')) && decoded?.kind === 'int') {
      drifts.push({ token: 'ram', amount: decoded.value });
    }
  }
  return drifts;
}

function counter(state: State, key: string): number {
  const value = state.get(key);
  return value?.kind === 'int' ? Number(value.value) : 0;
}
