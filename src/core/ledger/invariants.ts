/**
 * What must hold of the state of a whole network at any moment: of every token, balances, freezes,
 * reservations, used RAM and effects on their way add up to what was issued; nothing is negative; gas
 * comes from what is pledged for it, and pledges are covered. Used by the simulator after every event and by tests. It reads everything, so
 * it is no business of a running node.
 */

import type { Credit } from './credit.ts';
import { frozenItems } from './freezes.ts';
import { readGas } from './gas.ts';
import { lentBytes, lentKey } from './ram-lease.ts';
import { reservedOf, reservedToken } from './reserved-record.ts';
import type { StateValue } from './state-value.ts';

/** The state of one chain. */
export type ChainState = {
  readonly chain: number;
  readonly entries: Iterable<readonly [key: string, value: StateValue]>;
};

/** Tokens that are on their way in another form than a credit; negative for a debt to be booked. */
export type Drift = { readonly token: string; readonly amount: bigint };

const BALANCE = 'm-token.iost-TB';
const FREEZE = 'm-token.iost-TF';
const DEFINITION = 'm-token.iost-TI';
const SUPPLY = '-supply';
const TOTAL_SUPPLY = '-totalSupply';
const USED_RAM = 'b-ram.iost-UR';
const RESERVED = 'x-reserved-';
const LENT = lentKey('');
const PLEDGE = /^m-gas\.iost-(.+)gp-([^-]+)$/;
const GAS_POOL = `${BALANCE}gas.iost-iost`;

/** Sentences that say what does not hold; none when all does. */
export function invariantProblems(
  chains: readonly ChainState[],
  inFlight: readonly Credit[] = [],
  drifts: readonly Drift[] = [],
): readonly string[] {
  const count = new NetworkCount();
  for (const chain of chains) count.addChain(chain);
  for (const credit of inFlight) count.addCredit(credit);
  for (const { token, amount } of drifts) count.addToken(token, amount);
  return count.problems();
}

/** What exists of each token, by symbol, as `invariantProblems` counts it. */
export function tokenTotals(
  chains: readonly ChainState[],
  inFlight: readonly Credit[] = [],
): ReadonlyMap<string, bigint> {
  const count = new NetworkCount();
  for (const chain of chains) count.addChain(chain);
  for (const credit of inFlight) count.addCredit(credit);
  return count.totals;
}

class NetworkCount {
  readonly totals = new Map<string, bigint>();
  readonly #supplies = new Map<string, bigint>();
  readonly #ceilings = new Map<string, bigint>();
  readonly #problems: string[] = [];

  addToken(token: string, amount: bigint): void {
    this.totals.set(token, (this.totals.get(token) ?? 0n) + amount);
  }

  addChain({ chain, entries }: ChainState): void {
    const state = new Map(entries);
    let pledged = 0n;
    const pledgedFor = new Map<string, bigint>();
    for (const [key, value] of state) {
      if (value.kind === 'int' && value.value < 0n && isAmount(key)) {
        this.#problems.push(`${key} of chain ${chain} is negative: ${value.value}`);
      }
      if (key.startsWith(BALANCE)) this.#addHolding(key.slice(BALANCE.length), integer(value));
      else if (key.startsWith(FREEZE)) this.#addFrozen(state, key.slice(FREEZE.length));
      else if (key.startsWith(DEFINITION)) this.#addDefinition(key, value);
      else if (key.startsWith(USED_RAM)) this.addToken('ram', integer(value));
      else if (key.startsWith(RESERVED)) this.#addReserved(value);
      else if (key.startsWith(LENT)) {
        this.addToken('ram', lentBytes({ get: () => value }, ''));
      } else {
        const user = PLEDGE.exec(key)?.[2];
        if (user === undefined) continue;
        pledged += amountOf(value);
        pledgedFor.set(user, (pledgedFor.get(user) ?? 0n) + amountOf(value));
      }
    }
    for (const [user, amount] of pledgedFor) {
      const { total } = readGas(state, user);
      if (total === amount) continue;
      this.#problems.push(`${amount} are pledged for ${user}, whose gas comes from ${total}`);
    }
    const pool = integer(state.get(GAS_POOL));
    if (pledged > pool) {
      this.#problems.push(`chain ${chain} holds ${pool} for gas pledges of ${pledged}`);
    }
  }

  addCredit(credit: Credit): void {
    switch (credit.kind) {
      case 'token':
      case 'freeze':
        this.addToken(credit.token, credit.amount);
        break;
      case 'pledge':
        this.addToken('iost', credit.amount);
        break;
      case 'account':
      case 'ramRefund': // from used to unused, which are one
      case 'ramUse': // from lent to used, likewise
        break;
    }
  }

  problems(): readonly string[] {
    for (const [token, total] of this.totals) {
      const supply = this.#supplies.get(token);
      if (supply === undefined) {
        this.#problems.push(`there are ${total} of the token ${token}, which does not exist`);
      } else if (total !== supply) {
        this.#problems.push(`there are ${total} of ${token}, but ${supply} were issued`);
      }
    }
    for (const [token, supply] of this.#supplies) {
      if (supply !== 0n && !this.totals.has(token)) {
        this.#problems.push(`there are 0 of ${token}, but ${supply} were issued`);
      }
      const ceiling = this.#ceilings.get(token);
      if (ceiling === undefined || supply > ceiling) {
        this.#problems.push(`${supply} of ${token} were issued, more than ${ceiling}`);
      }
    }
    return this.#problems;
  }

  /** `<holder>-<token>`; without a token it is the list of a holder's tokens. */
  #addHolding(name: string, amount: bigint): void {
    const dash = name.lastIndexOf('-');
    if (dash > 0) this.addToken(name.slice(dash + 1), amount);
  }

  #addFrozen(state: ReadonlyMap<string, StateValue>, name: string): void {
    const dash = name.lastIndexOf('-');
    if (dash <= 0) return;
    const token = name.slice(dash + 1);
    for (const item of frozenItems(state, name.slice(0, dash), token)) {
      if (item.amount < 0n) this.#problems.push(`a frozen amount of ${name} is negative`);
      this.addToken(token, item.amount);
    }
  }

  #addDefinition(key: string, value: StateValue): void {
    const name = key.slice(DEFINITION.length);
    if (name.endsWith(TOTAL_SUPPLY)) {
      this.#ceilings.set(name.slice(0, -TOTAL_SUPPLY.length), integer(value));
    } else if (name.endsWith(SUPPLY)) {
      this.#supplies.set(name.slice(0, -SUPPLY.length), integer(value));
    }
  }

  #addReserved(value: StateValue): void {
    const entries = reservedOf(value);
    const tokens = new Set(entries.flatMap((entry) => [...entry.tokens.keys()]));
    for (const token of tokens) {
      const amount = reservedToken(entries, token);
      if (amount !== 0n) this.addToken(token, amount);
    }
  }
}

/** Integer entries that cannot be negative. Used RAM can, while a refund overtakes a settlement. */
function isAmount(key: string): boolean {
  return key.startsWith(BALANCE) || key.startsWith(DEFINITION);
}

function integer(value: StateValue | undefined): bigint {
  return value?.kind === 'int' ? value.value : 0n;
}

/** A pledge is a decimal of 8 places or the same number as an integer. */
function amountOf(value: StateValue): bigint {
  return value.kind === 'decimal' || value.kind === 'int' ? value.value : 0n;
}
