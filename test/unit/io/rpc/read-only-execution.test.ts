import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RECEIPT_STATUS } from '#core/chain/receipt.ts';
import { encodeTransaction } from '#core/chain/transaction.ts';
import { base58Decode } from '#core/crypto/base58.ts';
import { sha3 } from '#core/crypto/hash.ts';
import { ChainPlacement } from '#core/eds/chain-placement.ts';
import { ShardMap } from '#core/eds/shard-map.ts';
import { wholeState } from '#core/ledger/genesis/build-genesis.ts';
import { divideGenesis } from '#core/ledger/genesis/divide-genesis.ts';
import { builtinContracts } from '#core/ledger/native/builtin-contracts.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { tokenBalanceView } from '#core/ledger/views/token-view.ts';
import { CommittedBlocks } from '#io/rpc/committed-blocks.ts';
import { executeOnHead } from '#io/rpc/read-only-execution.ts';
import { readGenesis } from '#test/support/genesis.ts';
import { FakeChain } from '#test/support/rpc/fake-chain.ts';
import { sampleTransaction } from '#test/support/rpc/fake-node.ts';
import { viewSourceOf } from '#test/support/view-source.ts';

const SHARDS = 4;
const contracts = builtinContracts();
const genesis = readGenesis('dev');
const shards = ShardMap.balanced(SHARDS);
const placement = new ChainPlacement(shards, ROOT_CHAIN);
const state = viewSourceOf(divideGenesis(wholeState(genesis, contracts), shards), (anchor) =>
  placement.chainOfAnchor(anchor),
);
const head = new CommittedBlocks(new FakeChain(ROOT_CHAIN), []).head();
const time = genesis.initialTimestamp + 1_000_000_000n;
const keyOf = (id: string) =>
  base58Decode(
    genesis.accounts.find((account) => account.id === id)?.activeKey ?? '',
  ) as Uint8Array;

/** A transfer from user_0, said to be signed by `signer`. */
function transfer(to: string, amount: string, signer: string) {
  return encodeTransaction(
    sampleTransaction({
      publisher: 'user_0',
      signers: [],
      actions: [
        {
          contract: 'token.iost',
          actionName: 'transfer',
          data: JSON.stringify(['iost', 'user_0', to, amount, '']),
        },
      ],
      publisherSignatures: [
        { algorithm: 1, signature: new Uint8Array(64), publicKey: keyOf(signer) },
      ],
    }),
  );
}

test('runs over all shards at once, with gas and receipts, and changes nothing', () => {
  const others = genesis.accounts.map(({ id }) => id).filter((id) => id !== 'user_0');
  const homes = new Set(others.map((id) => placement.chainOfAccount(id)));
  assert.ok(homes.size > 1, 'receivers on several shards');
  for (const to of others) {
    const encoded = transfer(to, '1', 'user_0');
    const result = executeOnHead(state, { contracts }, head, encoded, time);
    assert.ok(result.ok, to);
    assert.equal(result.value.statusCode, RECEIPT_STATUS.SUCCESS);
    assert.deepEqual(result.value.txHash, sha3(encoded));
    assert.ok(result.value.gasUsage > 0n);
    assert.equal(result.value.receipts[0]?.funcName, 'token.iost/transfer');
  }
  assert.equal(tokenBalanceView(state, 'user_0', 'iost', time).balance, 100_000_000_000_000n);
});

test('a failing action is a receipt, a foreign key is a refusal', () => {
  const tooMuch = executeOnHead(
    state,
    { contracts },
    head,
    transfer('user_1', '1000001', 'user_0'),
    time,
  );
  assert.ok(tooMuch.ok);
  assert.equal(tooMuch.value.statusCode, RECEIPT_STATUS.RUNTIME_ERROR);
  assert.match(tooMuch.value.message, /balance not enough/);
  const foreign = executeOnHead(
    state,
    { contracts },
    head,
    transfer('user_1', '1', 'user_1'),
    time,
  );
  assert.ok(!foreign.ok);
  assert.equal(foreign.failure.message, 'unauthorized publisher: user_0');
});
