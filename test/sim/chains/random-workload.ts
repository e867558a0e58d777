/** Random transactions over the accounts of a genesis: every mechanism between chains is touched. */

import type { Genesis } from '#core/ledger/genesis/genesis-config.ts';
import type { Prng } from '../prng.ts';
import { call, type SimTransaction } from './sim-client.ts';

/** Mostly what needs locks, some of what waits for them. */
const CONTENDED = [8, 8, 8, 10, 7, 15];
const CONTENDED_USERS = 4;
const NS_PER_MS = 1_000_000;
const AMPLE_GAS = 400_000_00n;

export class RandomWorkload {
  readonly #isContended: boolean;
  readonly #random: Prng;
  readonly #clock: { readonly nowMs: number };
  readonly #users: readonly string[];
  readonly #keys: ReadonlyMap<string, string>;
  #accountCount = 0;
  #tokenCount = 0;

  constructor(
    random: Prng,
    genesis: Genesis,
    clock: { readonly nowMs: number },
    isContended = false,
  ) {
    this.#clock = clock;
    this.#random = random;
    const users = genesis.accounts.map(({ id }) => id);
    this.#users = isContended ? users.slice(0, CONTENDED_USERS) : users;
    this.#isContended = isContended;
    this.#keys = accountKeys(genesis);
  }

  next(): SimTransaction {
    const publisher = this.#user();
    switch (this.#isContended ? this.#random.pick(CONTENDED) : this.#random.below(16)) {
      case 0:
        return this.#call(
          publisher,
          'ram.iost',
          'buy',
          publisher,
          this.#user(),
          this.#amount(3000),
        );
      case 1:
        return this.#call(publisher, 'ram.iost', 'sell', publisher, publisher, this.#amount(3000));
      case 2:
        return this.#call(publisher, 'gas.iost', 'pledge', publisher, this.#user(), this.#text(90));
      case 3:
        return this.#call(
          publisher,
          'gas.iost',
          'unpledge',
          publisher,
          this.#user(),
          this.#text(90),
        );
      case 4:
        return this.#signUp(publisher);
      case 5:
        return this.#token(publisher);
      case 6: {
        const transfer = call('token.iost', 'transfer', 'iost', publisher, this.#user(), '1', '');
        const buy = call('ram.iost', 'buy', publisher, this.#user(), this.#amount(500));
        return { publisher, gasLimit: AMPLE_GAS, actions: [transfer, buy] };
      }
      case 7:
        return this.#freeze(publisher);
      case 8:
      case 9:
        return this.#forAnother(publisher);
      case 10:
        return this.#editRecord(publisher);
      default:
        return this.#transfer(publisher);
    }
  }

  /** Frozen for moments, so that amounts mature while the network runs. */
  #freeze(publisher: string): SimTransaction {
    const until = (this.#clock.nowMs + this.#random.below(3000)) * NS_PER_MS;
    const args = ['iost', publisher, this.#user(), this.#text(20), until, ''];
    return this.#call(publisher, 'token.iost', 'transferFreeze', ...args);
  }

  /** What belongs to another account, which signs; now and then it does not. */
  #forAnother(publisher: string): SimTransaction {
    const other = this.#user();
    const signers = this.#random.chance(100) ? [] : [`${other}@active`];
    const transfer = call('token.iost', 'transfer', 'iost', other, this.#user(), this.#text(9), '');
    const freezeArgs = ['iost', other, this.#user(), this.#text(9), 1, ''];
    const actions = [
      transfer,
      this.#random.pick([
        transfer,
        call('token.iost', 'transferFreeze', ...freezeArgs),
        call('gas.iost', 'pledge', other, this.#user(), this.#text(9)),
        call('gas.iost', 'unpledge', other, this.#user(), this.#text(9)),
        call('ram.iost', 'buy', other, this.#user(), this.#amount(200)),
        call('token.iost', 'balanceOf', 'iost', this.#user()),
      ]),
    ];
    const order = this.#random.chance(500) ? actions : actions.reverse();
    return { publisher, gasLimit: AMPLE_GAS, actions: order, signers };
  }

  #editRecord(publisher: string): SimTransaction {
    const item = `${this.#user()}@active`;
    const args = [publisher, 'active', item, this.#random.below(60)];
    const edit = call('auth.iost', 'assignPermission', ...args);
    const signers = [`${publisher}@owner`];
    return { publisher, gasLimit: AMPLE_GAS, actions: [edit], signers };
  }

  #transfer(publisher: string): SimTransaction {
    const to = this.#random.chance(50) ? 'nobody_here'.slice(0, 11) : this.#user();
    // Now and then more than there is.
    const amount = this.#random.chance(50) ? '99999999' : this.#text(2000);
    return this.#call(publisher, 'token.iost', 'transfer', 'iost', publisher, to, amount, '');
  }

  #signUp(publisher: string): SimTransaction {
    const key = this.#keys.get(publisher);
    // Some names are asked for twice.
    const id = `acct_${this.#random.chance(200) ? 0 : this.#accountCount++}`;
    return this.#call(publisher, 'auth.iost', 'signUp', id, key, key);
  }

  #token(publisher: string): SimTransaction {
    const token = `tok${this.#random.below(this.#tokenCount + 1)}`;
    switch (this.#random.below(4)) {
      case 0:
        this.#tokenCount += 1;
        return this.#call(publisher, 'token.iost', 'create', token, publisher, 10_000, {});
      case 1:
        return this.#call(publisher, 'token.iost', 'issue', token, this.#user(), this.#text(50));
      case 2:
        return this.#call(publisher, 'token.iost', 'destroy', token, publisher, this.#text(3));
      default: {
        const args = [token, publisher, this.#user(), this.#text(5), ''];
        return this.#call(publisher, 'token.iost', 'transfer', ...args);
      }
    }
  }

  #call(publisher: string, contract: string, abi: string, ...args: unknown[]): SimTransaction {
    return { publisher, gasLimit: AMPLE_GAS, actions: [call(contract, abi, ...args)] };
  }

  #user(): string {
    return this.#users[this.#random.below(this.#users.length)] as string;
  }

  #amount(below: number): number {
    return 1 + this.#random.below(below);
  }

  #text(below: number): string {
    return String(this.#amount(below));
  }
}

export function accountKeys(genesis: Genesis): ReadonlyMap<string, string> {
  return new Map(genesis.accounts.map(({ id, activeKey }) => [id, activeKey]));
}
