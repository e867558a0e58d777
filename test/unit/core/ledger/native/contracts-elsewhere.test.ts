/**
 * Contracts that run on another chain than the publisher's, seen from there: what the publisher may
 * spend was reserved and carried. What comes out must be what one ledger without shards gives.
 */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { homeChain } from '#core/atomix/home.ts';
import { answerLock } from '#core/atomix/lock-answer.ts';
import { LockTable } from '#core/atomix/lock-table.ts';
import type { ChannelMessage } from '#core/atomix/message.ts';
import { reserve } from '#core/atomix/reservation.ts';
import { release, settlementOf } from '#core/atomix/settlement.ts';
import type { Receipt } from '#core/chain/receipt.ts';
import {
  type DecodedTransaction,
  decodeTransaction,
  encodeTransaction,
  type Signature,
} from '#core/chain/transaction.ts';
import { base58Decode } from '#core/crypto/base58.ts';
import { sha3 } from '#core/crypto/hash.ts';
import { ChainPlacement } from '#core/eds/chain-placement.ts';
import { ShardMap } from '#core/eds/shard-map.ts';
import { applyCredit } from '#core/ledger/apply-credit.ts';
import { applyTransaction } from '#core/ledger/apply-transaction.ts';
import { creditTargetKey } from '#core/ledger/credit.ts';
import { wholeState } from '#core/ledger/genesis/build-genesis.ts';
import { divideGenesis } from '#core/ledger/genesis/divide-genesis.ts';
import type { LedgerEnvironment } from '#core/ledger/host.ts';
import { invariantProblems } from '#core/ledger/invariants.ts';
import { withField } from '#core/ledger/map-index.ts';
import { builtinContracts } from '#core/ledger/native/builtin-contracts.ts';
import type { CarriedState } from '#core/ledger/outcome.ts';
import { type Placement, ROOT_CHAIN } from '#core/ledger/ports.ts';
import { balanceKey, mapIndexKey } from '#core/ledger/state-key.ts';
import { StateOverlay } from '#core/ledger/state-overlay.ts';
import { decodeStateValue, type StateValue } from '#core/ledger/state-value.ts';
import { accountView } from '#core/ledger/views/account-view.ts';
import { readGenesis } from '#test/support/genesis.ts';
import { viewSourceOf } from '#test/support/view-source.ts';

type State = ReadonlyMap<string, StateValue>;
type Call = readonly [contract: string, action: string, args: readonly unknown[]];

const GENESIS = readGenesis('dev');
const CONTRACTS = builtinContracts();
const KEY = GENESIS.accounts[0]?.activeKey ?? '';
const BLOCK = {
  number: 1,
  parentHash: new Uint8Array(32),
  witness: '',
  time: GENESIS.initialTimestamp + 3_000_000_000n,
  chainId: 1020,
};

const IOST = 100_000_000n;

/** The beginning, with something earned by user_0 and something to pay it with. */
function beginning(): Map<string, StateValue> {
  const state = new Map(wholeState(GENESIS, CONTRACTS));
  give(state, 'bonus.iost', 'iost', 100n * IOST);
  give(state, 'user_0', 'contribute', IOST);
  const system = 'system.iost';
  state.set('m-bonus.iost-earned', { kind: 'string', value: '@user_0', payer: system });
  const payer = 'bonus.iost';
  state.set('m-bonus.iost-earned-user_0', { kind: 'string', value: '"7.5"', payer });
  return state;
}

/** As if it had been issued. */
function give(state: Map<string, StateValue>, holder: string, token: string, units: bigint): void {
  const supply = state.get(`m-token.iost-TI${token}-supply`);
  assert.ok(supply?.kind === 'int');
  state.set(`m-token.iost-TI${token}-supply`, { ...supply, value: supply.value + units });
  state.set(balanceKey(holder, token), { kind: 'int', value: units, payer: 'token.iost' });
  const index = mapIndexKey('token.iost', `TB${holder}`);
  state.set(index, withField(state.get(index), token));
}

function signatureOf(id: string): Signature {
  const account = GENESIS.accounts.find((each) => each.id === id);
  const publicKey = base58Decode(account?.activeKey ?? '') ?? new Uint8Array();
  return { algorithm: 1, publicKey, signature: new Uint8Array(64) };
}

/** The owners of records that are edited sign too. */
function transactionOf(publisher: string, calls: readonly Call[]): DecodedTransaction {
  const edited = calls.filter(
    ([contract, action]) => contract === 'auth.iost' && action !== 'signUp',
  );
  const owners = edited.map(([, , args]) => String(args[0]));
  const bytes = encodeTransaction({
    time: BLOCK.time,
    expiration: BLOCK.time + 90_000_000_000n,
    gasRatio: 100n,
    gasLimit: 100_000_000n,
    delay: 0n,
    chainId: 1020,
    signers: owners.map((owner) => `${owner}@owner`),
    actions: calls.map(([contract, actionName, args]) => ({
      contract,
      actionName,
      data: JSON.stringify(args),
    })),
    amountLimits: [{ token: '*', value: 'unlimited' }],
    signatures: owners.map(signatureOf),
    publisher,
    publisherSignatures: [signatureOf(publisher)],
  });
  const transaction = decodeTransaction(bytes);
  assert.ok(transaction !== undefined);
  return transaction;
}

function environmentOf(state: State, placement: Placement) {
  return { overlay: new StateOverlay(state, placement), block: BLOCK, contracts: CONTRACTS };
}

function changed(state: State, overlay: StateOverlay): State {
  const after = new Map(state);
  for (const [key, value] of overlay.changes()) {
    if (value === undefined) after.delete(key);
    else after.set(key, value);
  }
  return after;
}

function runWhole(transaction: DecodedTransaction): {
  receipt: Receipt;
  chains: Map<number, State>;
} {
  const state = beginning();
  const environment = environmentOf(state, { self: 0, chainOf: () => 0 });
  const outcome = applyTransaction(environment, transaction, sha3(transaction.bytes));
  assert.equal(outcome.kind, 'executed');
  assert.ok(outcome.kind === 'executed');
  assert.deepEqual(outcome.credits, []);
  return { receipt: outcome.receipt, chains: new Map([[0, changed(state, environment.overlay)]]) };
}

/** Runs with what was reserved, and again with the publisher's exact balances where it needs them. */
function runWithLocks(
  entry: LedgerEnvironment,
  home: LedgerEnvironment,
  transaction: DecodedTransaction,
  id: Uint8Array,
  reserved: CarriedState,
) {
  const carried = new Map(reserved);
  const locked = new Set<string>();
  for (;;) {
    const outcome = applyTransaction({ ...home, exact: locked }, transaction, id, carried);
    if (outcome.kind === 'executed') return { ...outcome, carried };
    assert.ok(outcome.kind === 'missing', outcome.kind);
    const { keys } = outcome;
    const request = { kind: 'lock', id, since: transaction.time, keys, exclusive: false } as const;
    const locks = new LockTable(entry.overlay, () => false);
    const answer = answerLock(entry.overlay, locks, request, BLOCK);
    assert.ok(answer.kind === 'granted', answer.kind);
    for (const { key, value } of answer.entries) {
      carried.set(key, value === undefined ? undefined : decodeStateValue(value));
      locked.add(key);
    }
  }
}

/** Reservation at the entry shard, run at the home, settlement and credits: all in one go. */
function runAtHome(transaction: DecodedTransaction, shards: ShardMap) {
  const chains = divideGenesis(beginning(), shards);
  const environments = new Map(
    [...chains].map(([chain, state]) => [
      chain,
      environmentOf(state, new ChainPlacement(shards, chain)),
    ]),
  );
  const at = (chain: number) => {
    const environment = environments.get(chain);
    assert.ok(environment !== undefined);
    return environment;
  };
  const stateOfAll = (): Map<number, State> =>
    new Map([...chains].map(([chain, state]) => [chain, changed(state, at(chain).overlay)]));
  const id = sha3(transaction.bytes);
  const placement = new ChainPlacement(shards, ROOT_CHAIN);
  const home = homeChain(transaction, placement, CONTRACTS, id);
  const entry = at(shards.shardOfAccount(transaction.publisher));
  if (at(home) === entry) {
    const outcome = applyTransaction(entry, transaction, id);
    assert.ok(outcome.kind === 'executed', outcome.kind);
    assert.deepEqual(outcome.credits, []);
    return { receipt: outcome.receipt, chains: stateOfAll(), placement };
  }
  const reservation = reserve(entry, transaction, id);
  assert.ok(reservation.kind === 'reserved', reservation.kind);
  const outcome = runWithLocks(entry, at(home), transaction, id, reservation.carried.state);
  const settle: ChannelMessage = {
    kind: 'settle',
    id,
    publisher: transaction.publisher,
    written: settlementOf(transaction.publisher, outcome.carried, outcome.carriedWrites),
  };
  release(entry.overlay, BLOCK, settle);
  for (const credit of outcome.credits) {
    const target = at(placement.chainOf(creditTargetKey(credit))).overlay;
    target.begin();
    assert.deepEqual(applyCredit(target, credit, BLOCK), []);
    target.commit();
  }
  return { receipt: outcome.receipt, chains: stateOfAll(), placement };
}

const CASES: readonly (readonly [string, readonly Call[]])[] = [
  ['a new account', [['auth.iost', 'signUp', ['newuser', KEY, KEY]]]],
  [
    'a new account with RAM, gas and tokens, as wallets make it',
    [
      ['auth.iost', 'signUp', ['newuser', KEY, KEY]],
      ['ram.iost', 'buy', ['user_0', 'newuser', 600]],
      ['gas.iost', 'pledge', ['user_0', 'newuser', '5']],
      ['token.iost', 'transfer', ['iost', 'user_0', 'newuser', '1.5', 'hi']],
    ],
  ],
  ['RAM for oneself', [['ram.iost', 'buy', ['user_0', 'user_0', 1000]]]],
  ['RAM for another', [['ram.iost', 'buy', ['user_0', 'user_1', 1000]]]],
  ['RAM sold', [['ram.iost', 'sell', ['user_0', 'user_1', 700]]]],
  [
    'RAM sold and bought',
    [
      ['ram.iost', 'sell', ['user_0', 'user_0', 700]],
      ['ram.iost', 'buy', ['user_0', 'user_0', 50]],
    ],
  ],
  ['RAM lent', [['ram.iost', 'lend', ['user_0', 'user_1', 700]]]],
  [
    'a withdrawal that makes an account',
    [['exchange.iost', 'transfer', ['iost', '', '123.45', `create:newuser:${KEY}:${KEY}`]]],
  ],
  ["one's own record", [['auth.iost', 'addPermission', ['user_0', 'games', 1]]]],
  [
    'the record of another who signs',
    [
      ['auth.iost', 'addGroup', ['user_1', 'friends']],
      ['auth.iost', 'assignGroup', ['user_1', 'friends', 'user_0@active', 1]],
    ],
  ],
  ['a vote', [['vote_producer.iost', 'vote', ['user_0', 'producer000', '1000.5']]]],
  [
    'votes given and taken back',
    [
      ['vote_producer.iost', 'vote', ['user_0', 'producer000', '1000']],
      ['vote_producer.iost', 'unvote', ['user_0', 'producer000', '300']],
      ['vote_producer.iost', 'topupVoterBonus', ['producer000', '5', 'user_0']],
      ['vote_producer.iost', 'voterWithdraw', ['user_0']],
    ],
  ],
  [
    'a registration',
    [
      ['vote_producer.iost', 'applyRegister', ['user_0', KEY, 'here', 'url', 'net', true]],
      ['vote_producer.iost', 'logInProducer', ['user_0']],
    ],
  ],
  [
    'a vote of its own making',
    [
      [
        'vote.iost',
        'newVote',
        ['user_0', 'which?', { resultNumber: 1, minVote: '1', options: ['yes', 'no'] }],
      ],
      ['vote.iost', 'vote', ['2', 'user_0', 'yes', '3']],
      ['vote.iost', 'delVote', ['2']],
    ],
  ],
  ['contributions exchanged', [['bonus.iost', 'exchangeIOST', ['user_0', '2.5']]]],
  ['a name that is taken', [['auth.iost', 'signUp', ['user_3', KEY, KEY]]]],
  ['RAM that is not there', [['ram.iost', 'sell', ['user_0', 'user_0', 100_001]]]],
];

describe('contracts that run elsewhere', () => {
  for (const [name, calls] of CASES) {
    test(`${name}: the same without shards and with 1, 2 and 8`, () => {
      const transaction = transactionOf('user_0', calls);
      const whole = runWhole(transaction);
      const single = viewSourceOf(whole.chains, () => 0);
      for (const shards of [1, 2, 8]) {
        const { receipt, chains, placement } = runAtHome(transaction, ShardMap.balanced(shards));
        assert.deepEqual(receipt, whole.receipt);
        const source = viewSourceOf(chains, (anchor) => placement.chainOfAnchor(anchor));
        for (const id of ['user_0', 'user_1', 'newuser', 'deadaddr']) {
          assert.deepEqual(
            accountView(source, id, BLOCK.time),
            accountView(single, id, BLOCK.time),
          );
        }
        const states = [...chains].map(([chain, entries]) => ({ chain, entries }));
        assert.deepEqual(invariantProblems(states), []);
      }
    });
  }

  test('what was meant to work did, and what was not did not', () => {
    const statuses = CASES.map(
      ([, calls]) => runWhole(transactionOf('user_0', calls)).receipt.statusCode,
    );
    assert.deepEqual(statuses, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 4]);
  });
});
