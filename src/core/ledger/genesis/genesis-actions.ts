/**
 * The contract calls that make the first state, in the reference's order (spec go-iost §8): tokens,
 * accounts, governance, the RAM market, gas and RAM of the system, then the accounts of the file.
 */

import { POB_CONTRACT } from '../../pob/pob-state.ts';
import { DEAD_ACCOUNT } from '../native/account-id.ts';
import type { Argument } from '../native/native-contract.ts';
import type { SystemAction } from '../system-call.ts';
import { benchAccountList } from './bench-accounts.ts';
import type { Genesis, GenesisAccount } from './genesis-config.ts';
import { iostUnits } from './iost-units.ts';

/** Nobody has the key of the account that burnt tokens go to. */
const NO_KEY = '0';

export function* genesisActions(genesis: Genesis): Generator<SystemAction> {
  yield* firstTokens(genesis);
  yield* systemAccounts(genesis);
  yield* governance(genesis);
  yield* systemResources(genesis);
  yield* issued(POB_CONTRACT, String(genesis.pob?.rewards?.pool ?? 0));
  for (const account of genesis.accounts) yield* givenAccount(genesis, account);
  if (genesis.benchAccounts === undefined) return;
  for (const account of benchAccountList(genesis.benchAccounts)) {
    yield* givenAccount(genesis, account);
  }
}

function* firstTokens({ iost, admin, foundation, witnesses }: Genesis): Generator<SystemAction> {
  const settings = {
    FoundationAccount: foundation.id,
    IOSTTotalSupply: iost.totalSupply,
    IOSTDecimal: iost.decimals,
  };
  const balances = [...witnesses, admin].map(({ id, ownerKey, activeKey, balance }) => ({
    ID: id,
    Owner: ownerKey,
    Active: activeKey,
    Balance: balance,
  }));
  const args = [admin.id, JSON.stringify(settings), JSON.stringify(balances)];
  yield { contract: 'issue.iost', abi: 'init', args: [] };
  yield { contract: 'issue.iost', abi: 'initGenesis', args };
}

function* systemAccounts(genesis: Genesis): Generator<SystemAction> {
  const { admin, foundation, witnesses } = genesis;
  yield { contract: 'auth.iost', abi: 'initAdmin', args: [admin.id] };
  for (const account of [admin, foundation, ...witnesses]) yield signUp(account);
  yield signUp({ id: DEAD_ACCOUNT, ownerKey: NO_KEY, activeKey: NO_KEY });
}

/** Rewards, the vote on the producers, and the witnesses as the first of them. */
function* governance({ admin, witnesses }: Genesis): Generator<SystemAction> {
  for (const contract of ['bonus.iost', 'vote.iost', 'vote_producer.iost', 'base.iost']) {
    yield { contract, abi: 'init', args: [] };
    yield { contract, abi: 'initAdmin', args: [admin.id] };
  }
  for (const { id, signatureKey } of witnesses) {
    yield { contract: 'vote_producer.iost', abi: 'initProducer', args: [id, signatureKey] };
  }
}

function* systemResources(genesis: Genesis): Generator<SystemAction> {
  const { admin, foundation, witnesses, ram, systemGasPledge, systemRamBytes } = genesis;
  yield* pledged(admin.id, admin.id, systemGasPledge);
  yield { contract: 'ram.iost', abi: 'initAdmin', args: [admin.id] };
  yield {
    contract: 'ram.iost',
    abi: 'issue',
    args: [ram.initialTotal, ram.increaseIntervalSeconds, ram.increaseAmount, ram.reserved].map(
      BigInt,
    ),
  };
  yield* boughtRam(admin.id, admin.id, systemRamBytes);
  if (ram.reserved > 0) {
    yield token('transfer', ['ram', 'ram.iost', foundation.id, String(ram.reserved), '']);
  }
  for (const witness of witnesses) yield* boughtRam(admin.id, witness.id, systemRamBytes);
  for (const account of [foundation, ...witnesses]) {
    yield* pledged(admin.id, account.id, systemGasPledge);
  }
  for (const { id, votes } of witnesses) {
    if (votes === undefined || iostUnits(votes) === 0n) continue;
    yield* issued(id, votes);
    yield { contract: 'vote_producer.iost', abi: 'vote', args: [id, id, votes] };
  }
}

function* givenAccount(genesis: Genesis, account: GenesisAccount): Generator<SystemAction> {
  yield signUp(account);
  yield* issued(account.id, account.balance);
  yield* issued(account.id, account.gasPledge);
  yield* pledged(account.id, account.id, account.gasPledge);
  yield* boughtRam(genesis.admin.id, account.id, account.ramBytes);
}

function token(abi: string, args: readonly Argument[]): SystemAction {
  return { contract: 'token.iost', abi, args };
}

function signUp(account: Pick<GenesisAccount, 'id' | 'ownerKey' | 'activeKey'>): SystemAction {
  const args = [account.id, account.ownerKey, account.activeKey];
  return { contract: 'auth.iost', abi: 'signUp', args };
}

function* issued(to: string, amount: string): Generator<SystemAction> {
  if (iostUnits(amount) > 0n) yield token('issue', ['iost', to, amount]);
}

function* pledged(pledger: string, user: string, amount: string): Generator<SystemAction> {
  if (iostUnits(amount) === 0n) return;
  yield { contract: 'gas.iost', abi: 'pledge', args: [pledger, user, amount] };
}

function* boughtRam(payer: string, account: string, bytes: number): Generator<SystemAction> {
  if (bytes > 0) yield { contract: 'ram.iost', abi: 'buy', args: [payer, account, BigInt(bytes)] };
}
