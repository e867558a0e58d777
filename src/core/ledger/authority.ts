/**
 * Who may act for whom (spec go-iost §1.5). One recursion serves three questions: may a contract act
 * for an account, does a declared signer hold its permission, may the publisher publish. Items that
 * name other accounts are followed; a permission met twice counts as not held.
 */

import { assert } from '../assert.ts';
import { KeptShape } from '../kept-shape.ts';
import type { Account } from './accounts.ts';
import { isAddress } from './address.ts';
import { COST } from './costs.ts';
import type { PermissionItem } from './native/account-record.ts';
import { isContractId } from './state-key.ts';
import type { TransactionAuthority } from './transaction-authority.ts';

export type AuthorityQuestion =
  /** Keys are ignored; permissions that the transaction declares as signers are held. */
  | 'contract'
  /** Any signature of the transaction counts. */
  | 'signer'
  /** Only signatures of the publisher count. */
  | 'publisher';

export type AuthorityAnswer = { readonly granted: boolean; readonly gas: number };

const ONE_STEP = COST.operation;

/**
 * `depth` of the recursion is bounded by the permissions that exist, each visited once; an account
 * record is at most a transaction long, so is every chain of records paid for by somebody.
 */
export function authorize(
  question: AuthorityQuestion,
  id: string,
  permission: string,
  authority: TransactionAuthority,
  account: (id: string) => Account | undefined,
): AuthorityAnswer {
  assert(!isContractId(id), 'contracts hold authority by calling, not by keys');
  if (question === 'contract' && authority.declares(id, permission)) return STEP_GRANTED;
  return kept.of(new Check(question, authority, account)).holds(id, permission);
}

/**
 * BOUND: permissions that one question looks at; what rests on more is not held. The reference has no
 * bound, but the question is asked before anybody pays, and it recurses.
 */
const VISITED_MAX = 256;

const STEP_GRANTED: AuthorityAnswer = { granted: true, gas: ONE_STEP };
const STEP_REFUSED: AuthorityAnswer = { granted: false, gas: ONE_STEP };

const kept = new KeptShape<Check>();

class Check {
  readonly #question: AuthorityQuestion;
  readonly #authority: TransactionAuthority;
  readonly #account: (id: string) => Account | undefined;
  /** Names of the permissions met so far; made by the first step beyond the permission asked for. */
  #visited: Set<string> | undefined;

  constructor(
    question: AuthorityQuestion,
    authority: TransactionAuthority,
    account: (id: string) => Account | undefined,
  ) {
    this.#question = question;
    this.#authority = authority;
    this.#account = account;
  }

  holds(id: string, permission: string): AuthorityAnswer {
    if (this.#declares(id, permission)) return STEP_GRANTED;
    const account = this.#account(id);
    if (permission === 'active' && this.#activeKeyCounts(account)) {
      return { granted: true, gas: account.bytes };
    }
    // The reference counts the one byte that its store answers for "nothing".
    if (account === undefined) return { granted: false, gas: 1 };
    if (isAddress(id)) {
      return { granted: this.#authority.signedByAddress(id), gas: account.bytes };
    }
    const permissions = account.record.permissions;
    const found = Object.hasOwn(permissions, permission) ? permissions[permission] : undefined;
    if (found === undefined) {
      if (permission === 'owner' || permission === 'active') {
        return { granted: false, gas: account.bytes };
      }
      // Reading this record is not charged when the permission is not defined (reference behaviour).
      if (this.#visited === undefined && this.#declares(id, 'active')) return STEP_GRANTED;
      return this.#step(id, permission, id, 'active');
    }
    // Records that the reference's own tools write have null for "no groups".
    const groups = found.groups ?? [];
    return this.#weigh(account, id, permission, found.items, groups, found.threshold);
  }

  /** From a permission to one that it rests on. The first step also notes where it starts. */
  #step(fromId: string, from: string, id: string, permission: string): AuthorityAnswer {
    this.#visited ??= new Set([`${fromId}@${from}`]);
    const name = `${id}@${permission}`;
    if (this.#visited.has(name) || this.#visited.size >= VISITED_MAX) return STEP_REFUSED;
    this.#visited.add(name);
    return this.holds(id, permission);
  }

  #weigh(
    account: Account,
    id: string,
    permission: string,
    items: readonly PermissionItem[],
    groups: readonly string[],
    threshold: number,
  ): AuthorityAnswer {
    let gas = account.bytes;
    let weight = 0;
    const count = (list: readonly PermissionItem[]): boolean => {
      for (const item of list) {
        if (item.is_key_pair) {
          if (!this.#keyCounts(item.id)) continue;
        } else {
          const other = this.#step(id, permission, item.id, item.permission);
          gas += other.gas;
          if (!other.granted) continue;
        }
        weight += item.weight;
        if (weight >= threshold) return true;
      }
      return false;
    };
    if (count(items)) return { granted: true, gas };
    for (const group of groups) {
      if (!Object.hasOwn(account.record.groups, group)) continue;
      if (count(account.record.groups[group]?.items ?? [])) return { granted: true, gas };
    }
    if (weight >= threshold) return { granted: true, gas };
    if (permission === 'owner') return { granted: false, gas };
    const next = permission === 'active' ? 'owner' : 'active';
    const fallback = this.#step(id, permission, id, next);
    return { granted: fallback.granted, gas: gas + fallback.gas };
  }

  #declares(id: string, permission: string): boolean {
    return this.#question === 'contract' && this.#authority.declares(id, permission);
  }

  #keyCounts(key: string): boolean {
    if (this.#question === 'contract') return false;
    return this.#authority.keyLevel(key) > (this.#question === 'publisher' ? 1 : 0);
  }

  #activeKeyCounts(account: Account | undefined): account is Account {
    if (account?.activeKey === undefined || this.#question === 'contract') return false;
    return this.#authority.levelOf(account.activeKey) > (this.#question === 'publisher' ? 1 : 0);
  }
}
