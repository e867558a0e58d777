/**
 * Issuance, contributions and the bonuses of candidates and voters, with the figures of the
 * reference's issue_test, bonus_test and vote_bonus_test (spec go-iost §6.8, §6.10, §6.12, §9.3).
 */

import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { ADMIN, FOUNDATION, Governance, USERS } from '#test/support/governance.ts';
import { publicKeyOf } from '#test/support/ledger-simulator.ts';

const IOST = 100_000_000n;
const DAY_NS = 86_400_000_000_000n;
/** What the reference lets pass before it issues: 0.1 IOST a share. */
const MOMENT_NS = 5_073_358_980n;
const NEWCOMERS = USERS.slice(6);
const PLENTY = 10n ** 17n;

describe('bonuses', () => {
  let ledger: Governance;
  beforeEach(() => {
    ledger = new Governance();
  });

  const vote = (voter: string, producer: string, amount: number): void => {
    ledger.produce(voter, 'vote', voter, producer, String(amount));
  };
  const issue = () => ledger.succeed('issue.iost', 'issueIOST', []);
  const contribute = (witness: string): void => {
    ledger.act(ADMIN, 'base.iost', 'issueContribute', { parent: [witness, '1'] });
  };
  const stored = (key: string) => ledger.stored('vote_producer.iost', key);
  const emptyPockets = (): void => {
    for (const user of USERS) ledger.setBalance(user, 'iost', 0n);
  };
  const pool = () => ledger.iost('vote_producer.iost');
  /** user_0 votes 20 million times its number for everybody, user_2 20 million. */
  const everybodyVotes = (): void => {
    ledger.setBalance('user_2', 'iost', PLENTY);
    for (const [index, user] of USERS.entries()) {
      if (index > 0) vote(ADMIN, user, index * 20_000_000);
      vote('user_2', user, 20_000_000);
    }
  };

  test('genesis gives its balances, and 12 s later a third each is issued', () => {
    assert.equal(ledger.iost(ADMIN), 210n * 10n ** 16n);
    ledger.enlist('user_6');
    ledger.setBalance('user_2', 'iost', PLENTY);
    vote('user_2', 'user_6', 2_100_000);
    ledger.time += 12_000_000_000n;
    const receipt = issue();
    assert.equal(ledger.iost('bonus.iost'), 7_884_322_975n);
    assert.equal(ledger.iost(FOUNDATION), 7_884_323_211n);
    assert.equal(pool(), 1000n * IOST + 7_884_322_975n);
    const issued = receipt.receipts.filter(({ funcName }) => funcName === 'token.iost/issue');
    assert.deepEqual(
      issued.map(({ content }) => content),
      [
        '["iost","user_1","78.84323211"]',
        '["iost","bonus.iost","78.84322975"]',
        '["iost","issue.iost","78.84322975"]',
      ],
    );
  });

  test('where no candidate has enough votes the foundation gets their third', () => {
    ledger.time += 12_000_000_000n;
    issue();
    assert.equal(ledger.iost('bonus.iost'), 7_884_322_975n);
    assert.equal(ledger.iost(FOUNDATION), 7_884_323_211n + 7_884_322_975n);
    assert.equal(ledger.iost('issue.iost'), 0n);
    // At once nothing has come into being.
    issue();
    assert.equal(ledger.iost('bonus.iost'), 7_884_322_975n);
  });

  test('who may issue', () => {
    assert.match(ledger.failure('issue.iost', 'issueIOST', [], 'user_3'), /^require auth failed/);
    assert.equal(
      ledger.failure('issue.iost', 'issueIOSTTo', ['user_3', '1']),
      'issue iost permission denied',
    );
    assert.match(
      ledger.failure('bonus.iost', 'issueContribute', [{ parent: ['user_3'] }]),
      /^require auth failed/,
    );
    assert.equal(
      ledger.failure('issue.iost', 'initGenesis', [ADMIN, {}, []]),
      'init out of genesis block',
    );
  });

  test('makers of blocks earn contributions and exchange them', () => {
    // One by its key, the other, whose key is nobody's, by itself.
    contribute(publicKeyOf('user_1'));
    contribute('user_9');
    assert.equal(ledger.contribution('user_1'), 328_513_441n);
    assert.equal(ledger.contribution('user_9'), 328_513_441n);
    const exchange = (account: string, amount: string, publisher = account): string =>
      ledger.act(publisher, 'bonus.iost', 'exchangeIOST', account, amount);
    const refusal = (...args: readonly [string, string, string?]): string =>
      ledger.failure('bonus.iost', 'exchangeIOST', args.slice(0, 2), args[2] ?? args[0]);
    assert.equal(refusal('user_1', '1.9'), 'left bonus not enough, please wait');
    ledger.setBalance('bonus.iost', 'iost', 1000n * IOST);
    exchange('user_1', '1.9');
    assert.equal(ledger.contribution('user_1'), 138_513_441n);
    assert.equal(ledger.iost('user_1'), 190_000_000n);
    assert.equal(ledger.iost('bonus.iost'), 99_810_000_000n);
    const excess = 'invalid amount: negative or greater than contribute';
    assert.equal(refusal('user_1', '1.38513442'), excess);
    assert.equal(refusal('user_1', '-1'), excess);
    assert.equal(refusal('user_8', '0'), excess);
    assert.match(refusal('user_9', '1', 'user_1'), /^require auth failed/);
    exchange('user_9', '0');
    assert.equal(ledger.iost('user_9'), 328_513_441n);
    assert.equal(ledger.contribution('user_9'), 0n);
  });

  test('the bonus of candidates is split with their voters', () => {
    for (const user of NEWCOMERS) ledger.enlist(user);
    everybodyVotes();
    for (const [index, user] of USERS.entries()) {
      for (let block = 0; block <= index; block++) contribute(user);
      assert.equal(ledger.contribution(user), 328_513_441n * BigInt(index + 1));
    }
    assert.equal(
      ledger.stored('vote.iost', 'u_1', ADMIN),
      `{${USERS.slice(1)
        .map((user, index) => `"${user}":["${(index + 1) * 20_000_000}",1,"0"]`)
        .join(',')}}`,
    );
    ledger.time += MOMENT_NS;
    issue();
    assert.equal(pool(), 103_333_333_410n);
    assert.equal(ledger.iost('bonus.iost'), 3_333_333_410n);
    emptyPockets();

    ledger.act('user_1', 'bonus.iost', 'exchangeIOST', 'user_1', '0');
    assert.equal(ledger.contribution('user_1'), 0n);
    assert.equal(ledger.iost('user_1'), 657_026_882n);
    assert.equal(
      ledger.failure('bonus.iost', 'exchangeIOST', ['user_1', '0.00000001'], 'user_1'),
      'invalid amount: negative or greater than contribute',
    );

    // Two of 55 parts, half of them for the voters; the administrator may ask for it.
    ledger.produce(ADMIN, 'candidateWithdraw', 'user_1');
    assert.equal(ledger.iost('user_1'), 657_026_882n + 60_606_062n);
    assert.equal(pool(), 103_333_333_410n - 60_606_062n);
    ledger.produce('user_1', 'candidateWithdraw', 'user_1');
    assert.equal(ledger.iost('user_1'), 657_026_882n + 60_606_062n);

    assert.equal(ledger.produce(ADMIN, 'getVoterBonus', ADMIN), '0.30303031');
    const receipt = ledger.succeed('vote_producer.iost', 'voterWithdraw', [ADMIN]);
    assert.deepEqual(receipt.receipts[0], {
      funcName: 'vote_producer.iost/voterWithdraw',
      content: '{"user_1":"0.30303031"}',
    });
    assert.equal(ledger.iost(ADMIN), 30_303_031n);
    assert.equal(pool(), 103_242_424_317n);
    ledger.produce(ADMIN, 'voterWithdraw', ADMIN);
    assert.equal(ledger.iost(ADMIN), 30_303_031n);

    // Who has left keeps what it has earned.
    ledger.produce(ADMIN, 'forceUnregister', 'user_3');
    assert.match(
      ledger.failure('vote_producer.iost', 'unregister', ['user_3'], 'user_3'),
      /^producer in pending list/,
    );
    ledger.act('user_3', 'bonus.iost', 'exchangeIOST', 'user_3', '0');
    assert.equal(ledger.iost('user_3'), 1_314_053_764n);
    ledger.produce('user_3', 'candidateWithdraw', 'user_3');
    assert.equal(ledger.iost('user_3'), 1_314_053_764n + 121_212_124n);
    assert.equal(pool(), 103_242_424_317n - 121_212_124n);
    ledger.produce(ADMIN, 'voterWithdraw', ADMIN);
    assert.equal(ledger.iost(ADMIN), 30_303_031n + 90_909_093n);
    assert.equal(pool(), 103_121_212_193n - 90_909_093n);
    assert.match(
      ledger.failure('vote_producer.iost', 'voterWithdraw', ['user_2'], 'user_4'),
      /^require auth failed/,
    );
  });

  test('partners, who make no blocks, earn like the others', () => {
    for (const user of NEWCOMERS) ledger.enlist(user, false);
    everybodyVotes();
    ledger.time += MOMENT_NS;
    issue();
    assert.equal(pool(), 103_333_333_410n);
    emptyPockets();
    assert.equal(ledger.produce('user_6', 'getCandidateBonus', 'user_6'), '4.24242434');
    ledger.produce('user_6', 'candidateWithdraw', 'user_6');
    assert.equal(ledger.iost('user_6'), 212_121_217n);
    assert.equal(pool(), 103_333_333_410n - 212_121_217n);
    assert.equal(ledger.produce('user_6', 'getCandidateBonus', 'user_6'), '0.00000000');
    ledger.produce(ADMIN, 'voterWithdraw', 'user_2');
    assert.equal(ledger.iost('user_2'), 30_303_031n);
    assert.equal(pool(), 103_090_909_162n);
    ledger.produce('user_2', 'voterWithdraw', 'user_2');
    assert.equal(ledger.iost('user_2'), 30_303_031n);
  });

  test('who falls below the threshold earns nothing, and starts anew above it', () => {
    for (const user of NEWCOMERS) ledger.register(user);
    for (const [index, user] of USERS.entries()) {
      vote(ADMIN, user, (index + 1) * 2_000_000);
      const sum = ((index + 1) * (index + 2) * 2_000_000) / 2 - 2_000_000;
      assert.equal(stored('candAllKey'), index === 0 ? undefined : `"${sum}"`);
    }
    ledger.time += MOMENT_NS;
    issue();
    assert.equal(pool(), 103_333_333_410n);
    emptyPockets();
    ledger.produce('user_6', 'candidateWithdraw', 'user_6');
    assert.equal(ledger.iost('user_6'), 216_049_387n);
    ledger.produce(ADMIN, 'voterWithdraw', ADMIN);
    assert.equal(ledger.iost(ADMIN), 216_049_387n);
    assert.equal(pool(), 103_333_333_410n - 2n * 216_049_387n);

    ledger.setBalance('user_2', 'iost', PLENTY);
    vote('user_2', ADMIN, 100_000);
    assert.equal(stored('candAllKey'), '"110100000"');
    ledger.produce(ADMIN, 'candidateWithdraw', ADMIN);
    assert.equal(ledger.iost(ADMIN), 216_049_387n);

    ledger.time += DAY_NS + 1n;
    issue();
    assert.equal(pool(), 102_901_234_636n + 56_767_125_693_515n);
    assert.equal(ledger.iost('bonus.iost'), 3_333_333_410n + 56_767_125_693_515n);
    ledger.produce(ADMIN, 'candidateWithdraw', ADMIN);
    assert.equal(ledger.iost(ADMIN), 216_049_387n + 541_375_858_112n);

    ledger.produce('user_2', 'unvote', 'user_2', ADMIN, '100000');
    assert.equal(stored('candAllKey'), '"108000000"');
    ledger.time += DAY_NS + 1n;
    issue();
    ledger.produce(ADMIN, 'candidateWithdraw', ADMIN);
    assert.equal(ledger.iost(ADMIN), 216_049_387n + 541_375_858_112n);
  });

  test('anybody may add to the bonuses of a producer with votes', () => {
    ledger.enlist('user_6');
    assert.equal(ledger.produce(ADMIN, 'topupVoterBonus', 'user_6', '10', ADMIN), 'false');
    assert.equal(ledger.produce(ADMIN, 'topupCandidateBonus', '10', ADMIN), 'false');
    vote(ADMIN, 'user_6', 3_000_000);
    const before = pool();
    assert.equal(ledger.produce(ADMIN, 'topupVoterBonus', 'user_6', '10', ADMIN), 'true');
    assert.equal(ledger.produce(ADMIN, 'topupCandidateBonus', '7', ADMIN), 'true');
    assert.equal(pool(), before + 17n * IOST);
    assert.equal(
      ledger.stored('vote_producer.iost', 'voterCoef', 'user_6'),
      `"0.00000${'3'.repeat(45)}"`,
    );
    // 10 / 3,000,000 is cut at 50 decimals, so that a unit is never paid out.
    assert.equal(ledger.produce(ADMIN, 'getVoterBonus', ADMIN), '9.99999999');
    assert.equal(
      ledger.failure('vote_producer.iost', 'topupVoterBonus', ['user_6', '1', ADMIN], 'user_5'),
      'transaction has no permission',
    );
  });

  test('the rate of contributions follows the supply, week by week', () => {
    const witness = 'user_4';
    const key = publicKeyOf(witness);
    for (const [shares, contributed, rate] of [
      [397_466_566_222_260n, 2_299_780_636n, '3.28699990'],
      [795_158_817_680_693n, 4_600_867_205n, '3.28886629'],
    ] as const) {
      for (let day = 0; day < 7; day++) {
        ledger.time += DAY_NS;
        issue();
        contribute(key);
      }
      assert.equal(ledger.iost('bonus.iost'), shares);
      assert.equal(ledger.contribution(witness), contributed);
      assert.equal(ledger.stored('bonus.iost', 'blockContrib'), `"${rate}"`);
    }
  });
});
