/**
 * What the generator of the equivalence runs believes to exist. It hears of no results, so that the
 * transactions are a function of the seed alone; where it is wrong they fail, at any shard count.
 */

import type { Prng } from '../../prng.ts';
import { keyOf, RICH } from './mixed-accounts.ts';

export type KnownToken = {
  readonly symbol: string;
  readonly issuer: string;
  readonly holders: string[];
  /** Others need the issuer's permission, that is the record of a third account. */
  readonly isIssuerOnly: boolean;
};
export type KnownNft = {
  readonly symbol: string;
  readonly issuer: string;
  readonly owners: string[];
};

export type KnownContract = { readonly id: string; readonly owner: string };

export type KnownVote = {
  readonly voter: string;
  readonly producer: string;
  readonly amount: string;
};

export class WorldModel {
  readonly random: Prng;
  readonly tokens: KnownToken[] = [];
  readonly nfts: KnownNft[] = [];
  readonly contracts: KnownContract[] = [];
  /** Whose permission another account holds by its own. */
  readonly deputies: (readonly [account: string, deputy: string])[] = [];
  /** Signed up in earlier rounds. */
  readonly newcomers: string[] = [];
  /** Who pledged for whom. */
  readonly pledges: (readonly [pledger: string, user: string])[] = [];
  /** Registered to produce blocks, the one of genesis first. */
  readonly producers: string[] = ['producer000'];
  readonly votes: KnownVote[] = [];
  readonly polls: (readonly [id: string, owner: string])[] = [];
  readonly keys = new Map<string, string>();
  #nameCount = 0;

  constructor(random: Prng) {
    this.random = random;
  }

  /** Accounts on whose permissions those of these rest, also by way of others. */
  deputiesOf(accounts: readonly string[]): readonly string[] {
    const found = new Set(accounts);
    for (const each of found) {
      for (const [account, deputy] of this.deputies) if (account === each) found.add(deputy);
    }
    return [...found].filter((each) => !accounts.includes(each));
  }

  rich(): string {
    return this.pick(RICH);
  }

  /** An account with tokens and gas, and another one. */
  two(): [string, string] {
    const [first, second] = this.random.shuffled(RICH);
    return [first as string, second as string];
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.random.below(items.length)] as Item;
  }

  /** A name that nobody has, and that nobody is going to have. */
  nobody(): string {
    return `no_${this.random.below(40)}_one`;
  }

  /** The name that somebody is going to have, unless another takes the number. */
  nextName(prefix: string): string {
    return `${prefix}${this.#nameCount + 1}`;
  }

  newName(prefix: string): string {
    this.#nameCount += 1;
    return `${prefix}${this.#nameCount}`;
  }

  /** Whole tokens as text, at most `max`. */
  amount(max: number): string {
    const cents = 1 + this.random.below(max * 100);
    return String(cents / 100);
  }

  enter(id: string): void {
    this.keys.set(id, keyOf(id));
    this.newcomers.push(id);
  }
}
