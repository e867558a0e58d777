import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { spendableBalance } from '#core/ledger/balances.ts';
import { wholeState } from '#core/ledger/genesis/build-genesis.ts';
import { governBlock } from '#core/ledger/govern-block.ts';
import { invariantProblems, tokenTotals } from '#core/ledger/invariants.ts';
import { earnedContribution } from '#core/ledger/native/bonus-contract.ts';
import { builtinContracts } from '#core/ledger/native/builtin-contracts.ts';
import type { KeyLocks } from '#core/ledger/ports.ts';
import { StateOverlay } from '#core/ledger/state-overlay.ts';
import type { StateValue } from '#core/ledger/state-value.ts';
import { readGenesis } from '#test/support/genesis.ts';
import { WholeLedger } from '#test/support/whole-ledger.ts';

const GENESIS = readGenesis('dev');
const CONTRACTS = builtinContracts();
const WITNESS = GENESIS.witnesses[0]?.signatureKey ?? '';
const PRODUCER = 'producer000';
/** 3.28513441 a block, before the rate follows the supply. */
const RATE = 328_513_441n;
const STAT = 1200;
const ISSUE = 172_800;
const BLOCK_NS = 500_000_000n;

describe('what the root does by itself', () => {
  let state: Map<string, StateValue>;
  beforeEach(() => {
    state = new Map(wholeState(GENESIS, CONTRACTS));
  });

  const run = (number: number, locks?: KeyLocks) => {
    const overlay = new StateOverlay(state, { self: 0, chainOf: () => 0 });
    const block = {
      number,
      parentHash: new Uint8Array(32),
      witness: WITNESS,
      time: GENESIS.initialTimestamp + BigInt(number) * BLOCK_NS,
      chainId: 1020,
    };
    const environment = { overlay, block, contracts: CONTRACTS };
    const outcome = governBlock(locks === undefined ? environment : { ...environment, locks });
    for (const [key, value] of overlay.changes()) {
      if (value === undefined) state.delete(key);
      else state.set(key, value);
    }
    return { outcome, changes: overlay.changes().size };
  };
  const text = (key: string) => {
    const value = state.get(key);
    return value?.kind === 'string' ? value.value : undefined;
  };
  const produced = () => text('b-base.iost-witness_produced');
  const contribute = () => spendableBalance(state, PRODUCER, 'contribute', 0n);
  const sound = (): void => {
    assert.deepEqual(invariantProblems([{ chain: 0, entries: state }]), []);
  };

  test('every block is counted, and its maker earns with the next one', () => {
    assert.deepEqual(run(1).outcome, []);
    assert.equal(earnedContribution(state, PRODUCER), 0n);
    assert.equal(text('b-base.iost-execBlockNumber'), '1');
    run(2);
    run(3);
    assert.equal(produced(), `{"${WITNESS}":3}`);
    assert.equal(earnedContribution(state, PRODUCER), 2n * RATE);
    assert.equal(contribute(), 0n);
    sound();
  });

  test('a block is governed once', () => {
    run(1);
    run(2);
    const before = new Map(state);
    assert.equal(run(2).changes, 0);
    assert.deepEqual(state, before);
  });

  test('every 1200 blocks votes are counted and contributions issued', () => {
    for (let number = 1; number < STAT; number++) run(number);
    assert.equal(text('b-vote_producer.iost-currentProducerList'), '[]');
    assert.equal(run(STAT).outcome.length, 0);
    assert.equal(text('b-vote_producer.iost-currentProducerList'), `["${WITNESS}"]`);
    assert.equal(text('b-vote_producer.iost-pendingProducerList'), `["${WITNESS}"]`);
    assert.equal(produced(), undefined);
    assert.equal(earnedContribution(state, PRODUCER), 0n);
    assert.equal(contribute(), BigInt(STAT - 1) * RATE);
    const totals = tokenTotals([{ chain: 0, entries: state }]);
    assert.equal(totals.get('contribute'), BigInt(STAT - 1) * RATE);
    sound();
  });

  test('every 172800 blocks IOST come into being, and nothing else changes their number', () => {
    const issued = () => tokenTotals([{ chain: 0, entries: state }]).get('iost');
    const before = issued();
    run(1);
    run(ISSUE - 1);
    assert.equal(issued(), before);
    run(ISSUE);
    const elapsed = BigInt(ISSUE) * BLOCK_NS;
    const year = 31_536_000_000_000_000n;
    const expected = ((before ?? 0n) * 296n * elapsed) / (10_000n * year);
    const grown = (issued() ?? 0n) - (before ?? 0n);
    // Three shares are cut to units.
    assert.ok(expected - grown >= 0n && expected - grown <= 3n, `${grown} of ${expected}`);
    sound();
  });

  test('what is locked is waited for, and made up for', () => {
    for (let number = 1; number < STAT; number++) run(number);
    const isHeld = (key: string) => key === 'm-vote.iost-preResult-1';
    const locks = { isHeld, isFixed: () => false };
    assert.deepEqual(run(STAT, locks), { outcome: 'locked', changes: 0 });
    assert.deepEqual(run(STAT + 1, locks), { outcome: 'locked', changes: 0 });
    run(STAT + 2);
    assert.equal(text('b-vote_producer.iost-currentProducerList'), `["${WITNESS}"]`);
    assert.equal(contribute(), BigInt(STAT + 1) * RATE);
    run(STAT + 3);
    assert.equal(produced(), `{"${WITNESS}":1}`);
    sound();
  });

  test('a failure leaves no trace and the block goes on', () => {
    for (let number = 1; number < STAT; number++) run(number);
    state.delete('b-vote_producer.iost-voteId');
    assert.deepEqual(run(STAT), { outcome: [], changes: 0 });
    sound();
  });

  test('who calls it from outside comes too late', () => {
    const ledger = new WholeLedger(GENESIS);
    const receipt = ledger.call('user_0', 'base.iost', 'exec', [{ parent: ['x', '1', false] }]);
    assert.deepEqual(receipt.returns, ['["true"]']);
    assert.equal(ledger.state.get('b-base.iost-current_block_info'), undefined);
    for (const contract of ['base.iost', 'bonus.iost', 'vote.iost', 'vote_producer.iost']) {
      const { message } = ledger.call('user_0', contract, 'init', []);
      assert.match(message, /cannot call 'init' manually/);
    }
  });
});
