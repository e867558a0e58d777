/**
 * The reference's test harness with the contracts of governance (spec go-iost §9.3): user_0 is the
 * administrator and has 21 billion IOST, user_1 is the foundation, user_0 … user_5 are the first
 * producers, and base.iost is a stand-in by which tests call what only base.iost may call.
 */

import { spendableBalance } from '#core/ledger/balances.ts';
import { bonusContract, earnedContribution } from '#core/ledger/native/bonus-contract.ts';
import { issueContract } from '#core/ledger/native/issue-contract.ts';
import { defineContract, type NativeAbi } from '#core/ledger/native/native-contract.ts';
import { voteContract } from '#core/ledger/native/vote/vote-contract.ts';
import { voteProducerContract } from '#core/ledger/native/vote-producer/vote-producer-contract.ts';
import { LedgerSimulator, publicKeyOf } from './ledger-simulator.ts';

export const USERS: readonly string[] = Array.from({ length: 10 }, (_, index) => `user_${index}`);
export const ADMIN = 'user_0';
export const FOUNDATION = 'user_1';
const FIRST_PRODUCERS = 6;

function relay(contract: string, name: string, args: NativeAbi['args']): NativeAbi {
  return { name, args, run: (host, values) => host.call(contract, name, values, true) };
}

/** Lends its authority to whoever asks. */
const fakeBase = defineContract('base.iost', '1.0.0', 'javascript', [
  relay('vote_producer.iost', 'stat', []),
  relay('bonus.iost', 'issueContribute', ['json']),
]);

export class Governance extends LedgerSimulator {
  constructor() {
    super({
      tokenVersion: '1.0.6',
      contracts: [issueContract, bonusContract, voteContract, voteProducerContract, fakeBase],
    });
    this.addAccounts(USERS.length);
    for (const user of USERS) this.setGas(user, 10_000_000_000n).setBalance(user, 'ram', 100_000n);
    this.number = 0;
    this.#deploy();
    this.number = 1;
  }

  /** Runs an action of the contract's that has to succeed, and answers what it returns. */
  act(publisher: string, contract: string, action: string, ...args: unknown[]): string {
    return String(this.returned(contract, action, args, publisher)[0]);
  }

  /** As `act` of vote_producer.iost. */
  produce(publisher: string, action: string, ...args: unknown[]): string {
    return this.act(publisher, 'vote_producer.iost', action, ...args);
  }

  register(account: string, isProducer = true): void {
    const details = [publicKeyOf(account), 'loc', 'url', 'netId', isProducer];
    this.produce(account, 'applyRegister', account, ...details);
  }

  /** Registered, approved and logged in. */
  enlist(account: string, isProducer = true): void {
    this.register(account, isProducer);
    this.produce(ADMIN, 'approveRegister', account);
    this.produce(account, 'logInProducer', account);
  }

  /** Units of IOST. */
  iost(holder: string): bigint {
    return spendableBalance({ get: (key) => this.base.get(key) }, holder, 'iost', this.time);
  }

  /** Units of `contribute`, issued or not. */
  contribution(account: string): bigint {
    const state = { get: (key: string) => this.base.get(key) };
    const issued = spendableBalance(state, account, 'contribute', this.time);
    return issued + earnedContribution(state, account);
  }

  /** What a contract has stored, as text. */
  stored(contract: string, key: string, field?: string): string | undefined {
    const name = field === undefined ? `b-${contract}-${key}` : `m-${contract}-${key}-${field}`;
    const value = this.base.get(name);
    return value?.kind === 'string' ? value.value : undefined;
  }

  #deploy(): void {
    const config = {
      FoundationAccount: FOUNDATION,
      IOSTTotalSupply: 90_000_000_000,
      IOSTDecimal: 8,
    };
    const balances = [{ ID: ADMIN, Balance: 21_000_000_000 }];
    this.succeed('issue.iost', 'init', []);
    this.succeed('issue.iost', 'initGenesis', [ADMIN, config, balances]);
    this.succeed('token.iost', 'issue', ['iost', 'vote_producer.iost', '1000']);
    for (const contract of ['bonus.iost', 'vote.iost', 'vote_producer.iost']) {
      this.succeed(contract, 'init', []);
      this.succeed(contract, 'initAdmin', [ADMIN]);
    }
    for (const user of USERS.slice(0, FIRST_PRODUCERS)) {
      this.produce(ADMIN, 'initProducer', user, publicKeyOf(user));
    }
  }
}
