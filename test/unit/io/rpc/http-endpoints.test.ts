import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { encodeTransaction } from '#core/chain/transaction.ts';
import { base58Encode } from '#core/crypto/base58.ts';
import { sha3 } from '#core/crypto/hash.ts';
import { ok } from '#core/result.ts';
import type { RpcServer } from '#io/rpc/rpc-server.ts';
import { writeTransactionJson } from '#io/rpc/transaction-json.ts';
import {
  FakeNode,
  NOW_MS,
  resultOf,
  sampleTransaction,
  startFakeServer,
} from '#test/support/rpc/fake-node.ts';

const node = new FakeNode();
let server: RpcServer;
let url = '';

before(async () => {
  ({ server, url } = await startFakeServer(node));
});
after(() => server.close());

async function get(path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`${url}${path}`);
  return { status: response.status, text: await response.text() };
}

async function post(path: string, body: string, type = 'text/plain') {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    body,
    headers: { 'content-type': type },
  });
  return { status: response.status, text: await response.text() };
}

const refused = (code: number, message: string) => ({
  status: 400,
  text: JSON.stringify({ code, message }),
});

describe('node and chain', () => {
  test('getNodeInfo has every field, int64 as text', async () => {
    assert.deepEqual(await get('/getNodeInfo'), {
      status: 200,
      text:
        '{"build_time":"20260101","git_hash":"abc","mode":"ModeNormal","network":{"id":"12D3",' +
        '"peer_count":3,"peer_count_inbound":1,"peer_count_outbound":2},"code_version":"0.1.0",' +
        `"server_time":"${NOW_MS}000000","tx_pool_size":"7"}`,
    });
  });

  test('getChainInfo answers the newest final root block as head and as irreversible', async () => {
    const members = [{ account: 'producer', publicKey: 'witness1' }];
    const committee = { period: 3, members, price: '0', candidates: 1 };
    const value = JSON.stringify(committee);
    node.root.put('b-pob.iost-committee', { kind: 'string', value, payer: 'system.iost' });
    const info = JSON.parse((await get('/getChainInfo')).text);
    const hash = base58Encode(node.root.head().hash);
    assert.equal(info.head_block_hash, hash);
    assert.equal(info.lib_block_hash, hash);
    assert.equal(info.head_block, `${node.root.head().height}`);
    assert.deepEqual(info.witness_list, ['witness1']);
    assert.deepEqual(info.pending_witness_list, ['witness1']);
    assert.equal(info.chain_id, 1020);
  });

  test('a host with a trailing slash is tolerated, an absolute URI too', async () => {
    assert.equal((await get('//getNodeInfo')).status, 200);
    assert.equal((await get('/getNodeInfo?x=1')).status, 200);
  });
});

describe('routes and path values', () => {
  test('an unknown route, a wrong method, a missing value: code 12', async () => {
    const notImplemented = refused(12, 'Not Implemented');
    assert.deepEqual(await get('/getTxReceiptByHash/abc'), notImplemented);
    assert.deepEqual(await get('/'), notImplemented);
    assert.deepEqual(await get('/sendTx'), notImplemented);
    assert.deepEqual(await get('/getTokenBalance/admin/iost'), notImplemented);
    assert.deepEqual(await get('/getAccount/admin/0/1'), notImplemented);
  });

  test('path booleans are those of ParseBool; `undefined` is refused with code 3', async () => {
    for (const word of ['1', 't', 'T', 'TRUE', 'true', 'True', '0', 'f', 'F', 'FALSE', 'false']) {
      assert.equal((await get(`/getTokenBalance/admin/iost/${word}`)).status, 200, word);
    }
    for (const word of ['undefined', 'yes', '2', 'tRUE', '%00']) {
      const { status, text } = await get(`/getTokenBalance/admin/iost/${word}`);
      assert.equal(status, 400);
      assert.equal(JSON.parse(text).code, 3, word);
    }
  });

  test('ids and hashes of impossible form are refused without a look-up', async () => {
    const reads = node.root.reads;
    assert.deepEqual(
      await get('/getContract/abc/0'),
      refused(2, 'id invalid. id length should be between 5,11 - 3 '),
    );
    assert.deepEqual(
      await get('/getContract/Abcdef/0'),
      refused(2, 'id invalid. id contains invalid character - 65'),
    );
    assert.deepEqual(
      await get(`/getTxByHash/${'1'.repeat(4000)}`),
      refused(2, 'hash len(4000) is greater then 100'),
    );
    assert.deepEqual(await get('/getTxByHash/'), refused(2, 'tx not found'));
    assert.deepEqual(
      await get('/getTxReceiptByTxHash/'),
      refused(2, 'failed to Get the receipt: not found'),
    );
    for (const number of ['1e9', '0x1', '%E1%90', '１', '', '99999999999999999999', '1.0']) {
      const { status, text } = await get(`/getBlockByNumber/${number}/0`);
      assert.equal(status, 400, number);
      assert.equal(JSON.parse(text).code, 3, number);
    }
    for (const number of ['-1', '9223372036854775807', '00000000000000000099']) {
      const answer = await get(`/getBlockByNumber/${number}/0`);
      assert.deepEqual(answer, refused(2, 'block not found'), number);
    }
    assert.equal(node.root.reads, reads + 1, 'only block 99 was looked for');
  });

  test('escaped slashes and dots name nothing outside the table', async () => {
    assert.equal((await get('/getNodeInfo%2f..%2f..%2fetc%2fpasswd')).status, 400);
    assert.equal((await get('/..%2f..%2fetc/passwd')).status, 400);
    assert.equal((await get('/getContract/..%2f..%2f/0')).status, 400);
  });
});

describe('transactions', () => {
  const transaction = sampleTransaction({ time: BigInt(NOW_MS) * 1_000_000n + 1n });
  const receipt = {
    gasUsage: 345_678n,
    ramUsage: [
      ['9999a', 3n],
      ['10000', -5n],
    ] as const,
    returns: ['["1"]'],
    receipts: [{ funcName: 'token.iost/transfer', content: '["iost"]' }],
  };
  const result = resultOf(transaction, receipt, [{ chain: 1, seq: 4 }]);
  const hash = base58Encode(result.id);

  test('PENDING while in a pool: no receipt, block -1', async () => {
    node.pending.set(Buffer.from(result.id).toString('hex'), result.transaction);
    const answer = JSON.parse((await get(`/getTxByHash/${hash}`)).text);
    assert.equal(answer.status, 'PENDING');
    assert.equal(answer.transaction.tx_receipt, null);
    assert.equal(answer.block_number, '-1');
    assert.equal(answer.transaction.hash, hash);
  });

  test('PENDING while it is only reserved at its entry shard, gone when its time is over', async () => {
    const reserved = resultOf(sampleTransaction({ publisher: 'reserver' }), undefined);
    node.shards[0]?.append({ results: [reserved] });
    const path = `/getTxByHash/${base58Encode(reserved.id)}`;
    assert.equal(JSON.parse((await get(path)).text).status, 'PENDING');
    assert.equal((await get(`/getTxReceiptByTxHash/${base58Encode(reserved.id)}`)).status, 400);
    node.nowMs += 200_000;
    assert.deepEqual(await get(path), refused(2, 'tx not found'));
    node.nowMs = NOW_MS;
  });

  test('PACKED in a final shard block, IRREVERSIBLE once crosslinked and every leg consumed', async () => {
    const height = node.shards[0]?.append({ results: [result] }) ?? 0;
    const status = async () => JSON.parse((await get(`/getTxByHash/${hash}`)).text).status;
    assert.equal(await status(), 'PACKED');
    assert.equal((await get(`/getTxReceiptByTxHash/${hash}`)).status, 400);

    const rootHeight = node.root.append({
      crosslinks: [{ chain: 0, fromHeight: 1, toHeight: height }],
    });
    assert.equal(await status(), 'PACKED', 'the credit is still on its way');
    node.root.put('x-cursor-1-0', { kind: 'int', value: 4n, payer: '' });
    assert.equal(await status(), 'PACKED', 'sequence 4 is the next one expected');
    node.root.put('x-cursor-1-0', { kind: 'int', value: 5n, payer: '' });
    const answer = JSON.parse((await get(`/getTxByHash/${hash}`)).text);
    assert.equal(answer.status, 'IRREVERSIBLE');
    assert.equal(answer.block_number, `${rootHeight}`);
  });

  test('the receipt is exact: hundredths as doubles, maps sorted as text, codes by name', async () => {
    assert.deepEqual(await get(`/getTxReceiptByTxHash/${hash}`), {
      status: 200,
      text:
        `{"tx_hash":"${hash}","gas_usage":3456.78,"ram_usage":{"10000":"-5","9999a":"3"},` +
        '"status_code":"SUCCESS","message":"","returns":["[\\"1\\"]"],' +
        '"receipts":[{"func_name":"token.iost/transfer","content":"[\\"iost\\"]"}]}',
    });
  });

  test('the transaction is exact: field order of the message, no signatures', async () => {
    const { text } = await get(`/getTxByHash/${hash}`);
    const receiptText = (await get(`/getTxReceiptByTxHash/${hash}`)).text;
    assert.equal(
      text,
      `{"status":"IRREVERSIBLE","transaction":{"hash":"${hash}","time":"${NOW_MS}000001",` +
        `"expiration":"${NOW_MS + 90_000}000000","gas_ratio":1,"gas_limit":10000,"delay":"0",` +
        '"chain_id":1020,"actions":[{"contract":"token.iost","action_name":"transfer",' +
        '"data":"[\\"iost\\",\\"alice\\",\\"bob00\\",\\"1\\",\\"\\"]"}],"signers":["alice@active"],' +
        '"publisher":"alice","referred_tx":"","amount_limit":[{"token":"*","value":"unlimited"}],' +
        `"tx_receipt":${receiptText}},"block_number":"1"}`,
    );
  });

  test('a transaction on the root chain is irreversible with its block', async () => {
    const rooted = resultOf(sampleTransaction({ publisher: 'rooted' }), {}, [{ chain: 0, seq: 0 }]);
    const height = node.root.append({ results: [rooted] });
    const path = `/getTxByHash/${base58Encode(rooted.id)}`;
    assert.equal(JSON.parse((await get(path)).text).status, 'PACKED');
    node.root.put('x-cursor-0-255', { kind: 'int', value: 1n, payer: '' });
    const answer = JSON.parse((await get(path)).text);
    assert.deepEqual([answer.status, answer.block_number], ['IRREVERSIBLE', `${height}`]);
  });

  test('where it ran counts, whatever other chains know of it', async () => {
    const ran = resultOf(sampleTransaction({ publisher: 'reserved' }), { message: 'here' });
    const reserved = { ...ran, receipt: new Uint8Array(0) };
    node.shards[0]?.append({ results: [reserved] });
    node.shards[1]?.append({ results: [ran] });
    const answer = JSON.parse((await get(`/getTxByHash/${base58Encode(ran.id)}`)).text);
    assert.equal(answer.status, 'PACKED');
    assert.equal(answer.transaction.tx_receipt.message, 'here');
  });

  test('an answer to the root chain counts when the root has consumed it', async () => {
    const asked = resultOf(sampleTransaction({ publisher: 'asker' }), {}, [{ chain: 255, seq: 2 }]);
    const shard = node.shards[1];
    const height = shard?.append({ results: [asked] }) ?? 0;
    node.root.append({ crosslinks: [{ chain: 1, fromHeight: height, toHeight: height }] });
    const path = `/getTxByHash/${base58Encode(asked.id)}`;
    assert.equal(JSON.parse((await get(path)).text).status, 'PACKED');
    node.root.put('x-inbox-1', { kind: 'int', value: 3n, payer: '' });
    assert.equal(JSON.parse((await get(path)).text).status, 'IRREVERSIBLE');
  });
});

describe('blocks', () => {
  test('a block holds the transactions of the shard blocks it crosslinks, with both Merkle hashes', async () => {
    const { text } = await get('/getBlockByNumber/1/true');
    const { status, block } = JSON.parse(text);
    assert.equal(status, 'IRREVERSIBLE');
    assert.equal(block.tx_count, '1');
    assert.equal(block.transactions.length, 1, 'the reservation is not a transaction of the block');
    const id = sha3(
      encodeTransaction(sampleTransaction({ time: BigInt(NOW_MS) * 1_000_000n + 1n })),
    );
    assert.equal(block.tx_merkle_hash, base58Encode(sha3(Buffer.concat([id, id]))));
    assert.equal(block.gas_usage, 3456.78);
    assert.equal(block.info, null);
    assert.deepEqual(Object.keys(block), [
      'hash',
      'version',
      'parent_hash',
      'tx_merkle_hash',
      'tx_receipt_merkle_hash',
      'number',
      'witness',
      'time',
      'gas_usage',
      'tx_count',
      'info',
      'orig_info',
      'transactions',
    ]);
    const short = JSON.parse((await get('/getBlockByNumber/1/0')).text).block;
    assert.deepEqual(short, { ...block, transactions: [] });
    const byHash = await get(`/getBlockByHash/${block.hash}/1`);
    assert.equal(byHash.text, text);
  });

  test('blocks chain by their hashes', async () => {
    const first = JSON.parse((await get('/getBlockByNumber/0/0')).text).block;
    const second = JSON.parse((await get('/getBlockByNumber/1/0')).text).block;
    assert.equal(second.parent_hash, first.hash);
    assert.equal(first.witness, '0');
  });

  test('raw blocks carry bytes as base64 and camel-case names', async () => {
    const whole = JSON.parse((await get('/getRawBlockByNumber/1/1')).text);
    assert.equal(whole.block.blockType, 'NORMAL');
    assert.equal(whole.block.txs[0].publishSigns[0].pubKey, Buffer.alloc(32, 2).toString('base64'));
    assert.equal(whole.block.txs[0].gasLimit, '1000000');
    assert.equal(whole.block.receipts[0].status.code, 0);
    const hashes = JSON.parse((await get('/getRawBlockByNumber/1/0')).text);
    assert.equal(hashes.block.blockType, 'ONLYHASH');
    assert.deepEqual(hashes.block.txs, []);
    assert.equal(hashes.block.txHashes.length, 1);
  });

  test('a header range is half open and bounded', async () => {
    const { text } = await post('/getBlockHeaderByRange', '{"start":"0","end":2}');
    const numbers = JSON.parse(text).block_list.map(
      (one: { head: { number: string } }) => one.head.number,
    );
    assert.deepEqual(numbers, ['0', '1']);
    for (const body of ['{"start":2,"end":2}', '{"start":0,"end":111}', '{"start":-1,"end":1}']) {
      assert.equal((await post('/getBlockHeaderByRange', body)).status, 400, body);
    }
  });

  test('transactions by contract and action, blocks without match left out', async () => {
    const ask = (contract: string, action: string) =>
      post(
        '/getBlockTxsByContract',
        JSON.stringify({ from_block: 0, to_block: 99, contract, action_name: action }),
      );
    const found = JSON.parse((await ask('token.iost', 'transfer')).text).blocktx_list;
    assert.equal(found.length, 3);
    assert.equal(found[0].block_number, '1');
    assert.equal(found[0].tx_list[0].actions[0].action_name, 'transfer');
    assert.deepEqual(JSON.parse((await ask('token.iost', 'issue')).text), { blocktx_list: [] });
  });

  test('gas ratio of the head block', async () => {
    const ratios = [300n, 100n, 200n, 400n];
    node.root.append({
      results: ratios.map((gasRatio) => resultOf(sampleTransaction({ gasRatio }), {})),
    });
    assert.equal((await get('/getGasRatio')).text, '{"lowest_gas_ratio":1,"median_gas_ratio":3}');
    node.root.append({});
    assert.equal((await get('/getGasRatio')).text, '{"lowest_gas_ratio":1,"median_gas_ratio":1}');
  });
});

describe('sendTx and execTx', () => {
  const transaction = sampleTransaction();
  const body = writeTransactionJson(transaction);

  test('hash of the full encoding, whatever the content type', async () => {
    const hash = base58Encode(sha3(encodeTransaction(transaction)));
    for (const type of [
      'text/plain',
      'application/json',
      'text/plain; charset=utf-8',
      'a\tb',
      ';;;',
    ]) {
      const expected = { status: 200, text: `{"hash":"${hash}","pre_tx_receipt":null}` };
      assert.deepEqual(await post('/sendTx', body, type), expected, type);
    }
  });

  test('a time beyond 2^53 as a JSON number keeps its digits', async () => {
    const time = '1700000000054000001';
    const json = body.replace(/"time":"\d+"/, `"time":${time}`);
    const { text } = await post('/sendTx', json);
    const expected = encodeTransaction(sampleTransaction({ time: BigInt(time) }));
    assert.equal(JSON.parse(text).hash, base58Encode(sha3(expected)));
  });

  test('the node’s refusal is code 2 with its text', async () => {
    const original = node.onSubmit;
    node.onSubmit = ({ done }) => {
      done({
        ids: new Uint8Array(32),
        rejected: [{ index: 0, code: 'duplicate', message: 'tx exists in pending' }],
      });
      return true;
    };
    assert.deepEqual(await post('/sendTx', body), refused(2, 'tx exists in pending'));
    node.onSubmit = () => false;
    assert.equal(JSON.parse((await post('/sendTx', body)).text).code, 8);
    node.onSubmit = original;
  });

  test('a transaction that is too large is refused before anybody verifies it', async () => {
    const before = node.submitted.length;
    const huge = writeTransactionJson(
      sampleTransaction({
        actions: [{ contract: 'a', actionName: 'b', data: 'x'.repeat(66_000) }],
      }),
    );
    const { status, text } = await post('/sendTx', huge);
    assert.equal(status, 400);
    assert.match(JSON.parse(text).message, /tx size illegal, should <= 65536, got \d+/);
    assert.equal(node.submitted.length, before);
  });

  test('execTx is off unless configured, and answers a receipt when it is on', async () => {
    assert.deepEqual(await post('/execTx', body), refused(2, "the node has't enabled this method"));
    const on = await startFakeServer(node, { execTx: true });
    const ask = async () => (await fetch(`${on.url}/execTx`, { method: 'POST', body })).text();
    assert.equal(await ask(), refused(2, 'unauthorized publisher: alice').text);
    node.execute = () =>
      ok({
        txHash: new Uint8Array(32),
        gasUsage: 100n,
        statusCode: 4,
        message: 'out of gas',
        ramUsage: [],
        returns: [],
        receipts: [],
      });
    assert.equal(JSON.parse(await ask()).status_code, 'RUNTIME_ERROR');
    await on.server.close();
  });

  test('tryTx refuses what would fail and answers the receipt of what would not', async () => {
    const trying = await startFakeServer(node, { tryTx: true });
    const ask = async () => (await fetch(`${trying.url}/sendTx`, { method: 'POST', body })).text();
    assert.equal(JSON.parse(await ask()).message, 'try transaction failed: out of gas');
    await trying.server.close();
  });
});

describe('state', () => {
  const root = node.root;
  const owner = { id: 'K1', is_key_pair: true, weight: 100 };
  const record = {
    id: 'alice',
    referrer: 'admin',
    permissions: {
      owner: { name: 'owner', groups: [], items: [owner], threshold: 100 },
      active: {
        name: 'active',
        groups: ['grp'],
        items: [{ id: 'bob00', permission: 'active', is_key_pair: false, weight: 50 }],
        threshold: 100,
      },
    },
    groups: {},
  };
  before(() => {
    node.shards[0]?.put('m-auth.iost-auth-alice', {
      kind: 'json',
      value: JSON.stringify(record),
      payer: 'auth.iost',
    });
    node.shards[0]?.put('m-token.iost-TBalice-iost', { kind: 'int', value: 150n, payer: 'x' });
    root.put('m-token721.iost-T721Inft-0', { kind: 'string', value: 'alice', payer: 'x' });
    root.put('m-token721.iost-T721Mnft#alice-0', { kind: 'string', value: 'meta', payer: 'x' });
  });

  test('getAccount in the field order that clients compare as text', async () => {
    const { text } = await get('/getAccount/alice/0');
    assert.match(
      text,
      /^\{"name":"alice","balance":0\.0000015,"gas_info":\{"current_total":0,"transferable_gas":0,"pledge_gas":0,"increase_speed":0,"limit":0,"pledged_info":\[\]\},"ram_info":\{"available":"0","used":"0","total":"0"\},/,
    );
    assert.ok(
      text.includes(
        '"permissions":{"active":{"name":"active","group_names":["grp"],"items":[{"id":"bob00",' +
          '"is_key_pair":false,"weight":"50","permission":"active"}],"threshold":"100"},"owner":' +
          '{"name":"owner","group_names":[],"items":[{"id":"K1","is_key_pair":true,' +
          '"weight":"100","permission":""}],"threshold":"100"}}',
      ),
      text,
    );
    assert.ok(
      text.endsWith(
        ',"groups":{},"frozen_balances":[],"vote_infos":[],"balance_string":"0.0000015"}',
      ),
      text,
    );
    assert.deepEqual(await get('/getAccount/nobody/1'), refused(2, 'account not found'));
  });

  test('NFT owner and metadata', async () => {
    assert.equal((await get('/getToken721Owner/nft/0/0')).text, '{"owner":"alice"}');
    assert.equal((await get('/getToken721Metadata/nft/0/0')).text, '{"metadata":"meta"}');
  });

  test('getContract of a system contract; others are not found', async () => {
    assert.equal(
      (await get('/getContract/token.iost/0')).text,
      '{"id":"token.iost","code":"codes","language":"native","version":"1.0.6","orig_code":"",' +
        '"abis":[{"name":"supply","args":["string"],"amount_limit":[]}]}',
    );
    assert.deepEqual(await get('/getContract/nosuch.iost/0'), refused(2, 'contract not found'));
  });

  test('storage answers name the head block', async () => {
    const hash = base58Encode(root.head().hash);
    const at = `"block_hash":"${hash}","block_number":"${root.head().height}"`;
    assert.equal(
      (await post('/getContractStorage', '{"id":"token721.iost","key":"T721Inft","field":"0"}'))
        .text,
      `{"data":"alice",${at}}`,
    );
    assert.equal(
      (await post('/getContractStorage', '{"id":"nosuch.iost","key":"k","by_longest_cahin":true}'))
        .text,
      `{"data":"null",${at}}`,
    );
    assert.equal(
      (
        await post(
          '/getBatchContractStorage',
          '{"id":"token721.iost","keyFields":[{"key":"T721Inft","field":"0"},{"key":"z"}]}',
        )
      ).text,
      `{"datas":["alice","null"],${at}}`,
    );
    assert.equal(
      (await post('/getContractStorageFields', '{"id":"token721.iost","key":"T721Inft"}')).text,
      `{"fields":["0"],${at}}`,
    );
  });

  test('listContractStorage caps its page', async () => {
    const ask = (limit: number | string) =>
      post(
        '/listContractStorage',
        JSON.stringify({ id: 'token721.iost', storageType: 'MAP', prefix: '', limit }),
      );
    assert.equal(JSON.parse((await ask(1)).text).datas.length, 1);
    assert.equal(JSON.parse((await ask(0)).text).datas.length, 2);
    const invalid = refused(2, 'invalid limit in request. Max: 500');
    assert.deepEqual(await ask(1e9), invalid);
    assert.deepEqual(await ask('9223372036854775807'), invalid);
    assert.deepEqual(await ask(-1), invalid);
  });

  test('votes of a network without votes', async () => {
    assert.deepEqual(
      await get('/getProducerVoteInfo/alice/0'),
      refused(2, "can't get producer info"),
    );
    assert.equal((await get('/getVoterBonus/alice/0')).text, '{"bonus":0,"detail":{}}');
    assert.equal((await get('/getCandidateBonus/alice/0')).text, '{"bonus":0}');
    assert.equal((await get('/getContractVote/alice/0')).text, '{"vote_infos":[]}');
  });

  test('every endpoint of the specification is there', async () => {
    const named = [
      'getNodeInfo getChainInfo getRAMInfo getTxByHash/a getTxReceiptByTxHash/a getBlockByHash/a/0',
      'getBlockByNumber/0/0 getRawBlockByNumber/0/0 getAccount/a/0 getTokenBalance/a/b/0',
      'getToken721Balance/a/b/0 getToken721Metadata/a/b/0 getToken721Owner/a/b/0 getGasRatio',
      'getProducerVoteInfo/a/0 getContract/a/0 getContractVote/a/0 getVoterBonus/a/0',
      'getCandidateBonus/a/0 getTokenInfo/a/0',
    ].join(' ');
    for (const path of named.split(' ')) {
      const { text } = await get(`/${path}`);
      assert.notEqual(JSON.parse(text).code, 12, path);
    }
    const posted =
      'getBlockHeaderByRange getContractStorage getBatchContractStorage listContractStorage getContractStorageFields sendTx execTx getBlockTxsByContract';
    for (const path of posted.split(' ')) {
      const { text } = await post(`/${path}`, '');
      assert.notEqual(JSON.parse(text).code, 12, path);
    }
  });
});
