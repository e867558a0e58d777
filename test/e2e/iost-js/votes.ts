/** Producers and votes on them, as the client's users see them: their IOST, their bonus, the tables. */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { base58Encode } from '#core/crypto/base58.ts';
import { sha256 } from '#core/crypto/hash.ts';
import { readGenesis } from '#test/support/genesis.ts';
import { type Account, accountOf, keyOf, type Receipt } from '#test/support/iost-client.ts';
import { failedWith, refusal, succeeded, type World } from './world.ts';

const SEVEN_DAYS_MS = 7 * 86_400_000;

type VoteInfo = { readonly option: string; readonly votes: number; readonly cleared_votes: number };

export function votes(world: () => World): void {
  const produce = (
    publisher: Account,
    abi: string,
    args: readonly unknown[],
    iost = '0',
  ): Promise<Receipt> =>
    world().client.call(publisher, 'vote_producer.iost', abi, args, { approve: { iost } });
  const info = (account: Account) => world().client.rpc.blockchain.getAccountInfo(account.getID());
  const producerInfo = (id: string) => world().client.get(`getProducerVoteInfo/${id}/1`);
  const stored = async (id: string, key: string, field: string): Promise<string> => {
    const { data } = await world().client.rpc.blockchain.getContractStorage(id, key, field);
    return data;
  };
  /** Registered and approved. */
  const newProducer = async (shard: number): Promise<Account> => {
    const account = await world().newAccount({ shard });
    const id = account.getID();
    const key = base58Encode(sha256(`blocks of ${id}`));
    const details = [id, key, 'somewhere', 'https://example.org', 'net', true];
    succeeded(await produce(account, 'applyRegister', details));
    succeeded(await produce(world().admin, 'approveRegister', [id]));
    return account;
  };

  test('a vote is given, counted, and taken back frozen for seven days', async () => {
    const [producer, voter] = await Promise.all([newProducer(1), world().newAccount({ shard: 2 })]);
    const [option, me] = [producer.getID(), voter.getID()];
    const receipt = succeeded(await produce(voter, 'vote', [me, option, '250.5'], '250.5'));
    assert.deepEqual(
      receipt.receipts.map(({ func_name }) => func_name),
      ['token.iost/transfer', 'vote_producer.iost/vote'],
    );
    assert.equal((await info(voter)).balance, 749.5);
    const seen = await producerInfo(option);
    assert.deepEqual(seen, {
      pubkey: base58Encode(sha256(`blocks of ${option}`)),
      loc: 'somewhere',
      url: 'https://example.org',
      net_id: 'net',
      is_producer: true,
      status: 'APPROVED',
      online: false,
      votes: 250.5,
    });
    const asked = succeeded(await produce(voter, 'getVote', [me]));
    assert.match(asked.returns[0] ?? '', /\\"votes\\":\\"250.5\\"/);
    const beforeUnvote = Date.now();
    succeeded(await produce(voter, 'unvote', [me, option, '50.5']));
    const after = await info(voter);
    assert.equal(after.balance, 749.5);
    const frozen = after.frozen_balances as { amount: number; time: string }[];
    assert.deepEqual(
      frozen.map(({ amount }) => amount),
      [50.5],
    );
    const until = Number(frozen[0]?.time) / 1e6 - SEVEN_DAYS_MS;
    assert.ok(Math.abs(until - beforeUnvote) < 60_000);
    const votesOf = after.vote_infos as VoteInfo[];
    assert.deepEqual(votesOf, [{ option, votes: 200, cleared_votes: 0 }]);
    assert.equal((await producerInfo(option)).votes, 200);
    succeeded(await produce(voter, 'unvote', [me, option, '200']));
    assert.deepEqual((await info(voter)).vote_infos, []);
    assert.equal(await stored('vote.iost', 'u_1', me), 'null');
  });

  test('bonus goes to voters and can be withdrawn', async () => {
    const [producer, one, two] = await Promise.all([
      newProducer(2),
      world().newAccount({ shard: 1 }),
      world().newAccount({ shard: 3 }),
    ]);
    const option = producer.getID();
    const [first, second] = [one.getID(), two.getID()];
    succeeded(await produce(one, 'vote', [first, option, '300'], '300'));
    succeeded(await produce(two, 'vote', [second, option, '100'], '100'));
    succeeded(await produce(two, 'topupVoterBonus', [option, '8', second], '8'));
    const bonus = await world().client.get(`getVoterBonus/${first}/1`);
    assert.deepEqual(bonus, { bonus: 6, detail: { [option]: 6 } });
    succeeded(await produce(one, 'voterWithdraw', [first]));
    assert.equal((await info(one)).balance, 706);
    assert.deepEqual(await world().client.get(`getVoterBonus/${first}/1`), {
      bonus: 0,
      detail: {},
    });
    // Too few votes for a share of what is issued.
    assert.deepEqual(await world().client.get(`getCandidateBonus/${option}/1`), { bonus: 0 });
    assert.equal(await stored('vote_producer.iost', 'voterCoef', option), '"0.02"');
  });

  test('who makes blocks exchanges what it has earned', async () => {
    const { client, admin } = world();
    const { witnesses } = readGenesis('dev');
    const secret = witnesses[0]?.publishedSecretKey;
    assert.ok(secret !== undefined);
    const producer = accountOf('producer000', keyOf(secret));
    // Nothing has been issued yet that could be paid out.
    const fund = ['iost', 'admin', 'bonus.iost', '5', 'for the makers of blocks'];
    const gift = await client.call(admin, 'token.iost', 'transfer', fund, {
      approve: { iost: '5' },
    });
    succeeded(gift);
    const before = await world().balance('producer000');
    const exchange = (amount: string) =>
      client.call(producer, 'bonus.iost', 'exchangeIOST', ['producer000', amount], {
        approve: { contribute: '10' },
      });
    const receipt = succeeded(await exchange('1.25'));
    assert.deepEqual(
      receipt.receipts.map(({ func_name }) => func_name),
      ['token.iost/issue', 'token.iost/destroy', 'token.iost/transfer'],
    );
    assert.equal(await world().balance('producer000'), before + 1.25);
    const excess = /invalid amount: negative or greater than contribute/;
    failedWith(await exchange('1e9'), excess);
  });

  test('what is refused', async () => {
    const [producer, voter] = await Promise.all([newProducer(3), world().newAccount({ shard: 1 })]);
    const [option, me] = [producer.getID(), voter.getID()];
    failedWith(await produce(voter, 'vote', [me, 'nobody', '1'], '1'), /producer not exists/);
    failedWith(await produce(voter, 'vote', [me, option, '5000'], '5000'), /balance not enough/);
    failedWith(await produce(voter, 'vote', [me, option, '2'], '1'), /exceed amountLimit in tx/);
    failedWith(await produce(voter, 'vote', [option, option, '1'], '1'), /require auth failed/);
    failedWith(await produce(voter, 'unvote', [me, option, '1']), /account didn't vote/);
    failedWith(await produce(voter, 'approveRegister', [option]), /require auth failed/);
    failedWith(await produce(voter, 'logInProducer', [option]), /require auth failed/);
    failedWith(await produce(producer, 'applyRegister', [option, 'k', '', '', '', true]), /exists/);
    const { message } = await refusal(producerInfo('nobody'));
    assert.match(message, /can't get producer info/);
    assert.equal((await info(voter)).balance, 1000);
  });

  test('the contracts of governance show their ABIs, and the makers of blocks earn', async () => {
    const abis = async (id: string): Promise<string[]> => {
      const contract = await world().client.rpc.blockchain.getContract(id);
      assert.equal(contract.language, 'javascript');
      return contract.abis.map(({ name }: { name: string }) => name);
    };
    const voting = await abis('vote.iost');
    for (const abi of ['newVote', 'addOption', 'vote', 'unvote', 'getResult', 'delVote']) {
      assert.ok(voting.includes(abi), abi);
    }
    const producing = await abis('vote_producer.iost');
    for (const abi of ['applyRegister', 'vote', 'unvote', 'candidateWithdraw', 'stat']) {
      assert.ok(producing.includes(abi), abi);
    }
    assert.deepEqual((await abis('bonus.iost')).toSorted(), [
      'can_update',
      'exchangeIOST',
      'initAdmin',
      'issueContribute',
    ]);
    assert.deepEqual((await abis('base.iost')).toSorted(), ['can_update', 'exec', 'initAdmin']);
    assert.ok((await world().balance('producer000', 'contribute')) > 0);
    assert.ok(Number(await stored('base.iost', 'execBlockNumber', '')) > 0);
  });
}
