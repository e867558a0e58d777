/**
 * Goal: no name in a transaction or a path, however long or odd, stops a shard or is stored.
 * Method: every place of every system contract that takes a name gets each odd name, signed properly,
 * on a real node of three shards; the node still serves and has restarted nothing.
 */

import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import { encodeBase, encodePublish, encodeTransaction } from '#core/chain/transaction.ts';
import { sha3 } from '#core/crypto/hash.ts';
import { type KeyPair, keyPairOfText, signDigest } from '#core/crypto/key-pair.ts';
import { encodeBinary } from '#io/rpc/push.ts';
import { decodeFrame } from '#ipc/frame.ts';
import { readGenesis } from '#test/support/genesis.ts';
import { complaintsIn, RunningNode } from '#test/support/running-node.ts';

const ODD_NAMES = {
  long: 'a'.repeat(5000),
  'long in bytes': '名'.repeat(290),
  'with the separator of keys': 'user-0',
  'with the separators of fields': 'a@b@c:d',
  'with control characters': 'us\u0000er\n',
  empty: '',
  prototype: '__proto__',
  constructor: 'constructor',
  system: 'gas.iost',
  contract: `Contract${'x'.repeat(900)}`,
} as const;

let node: RunningNode;
const { accounts } = readGenesis('dev');
let nonce = 0n;

after(() => node?.remove());

before(async () => {
  node = await RunningNode.start({
    profile: 'dev',
    shards: 3,
    settings: { 'log.format': 'json', 'log.level': 'warn' },
  });
});

type Action = { readonly contract: string; readonly actionName: string; readonly data: string };

function call(contract: string, actionName: string, ...args: readonly unknown[]): Action {
  return { contract, actionName, data: JSON.stringify(args) };
}

const transfer = (from: string, to: string, token = 'iost'): Action =>
  call('token.iost', 'transfer', token, from, to, '1', '');

/** One transaction per place that takes a name. */
function withName(
  name: string,
  publisher: string,
): readonly Partial<Parameters<typeof encodeTransaction>[0]>[] {
  const publicKey = '217WLmtNfLsTzNjuyKfBo4jvApUUdVoxVLEcEktS3zM3U';
  const plain = [transfer(publisher, 'user_1')];
  return [
    { publisher: name, actions: [transfer(name, 'user_1')] },
    { amountLimits: [{ token: name, value: '1' }], actions: plain },
    { signers: [`${name}@active`], actions: plain },
    { signers: [`${publisher}@${name}`], actions: plain },
    ...[
      transfer(publisher, name),
      transfer(name, 'user_1'),
      transfer(publisher, 'user_1', name),
      call('token.iost', 'transferFreeze', 'iost', publisher, name, '1', 1, ''),
      call('token.iost', 'create', name, publisher, 100, {}),
      call('token.iost', 'create', 'oddtok', name, 100, {}),
      call('token.iost', 'issue', 'iost', name, '1'),
      call('token.iost', 'balanceOf', 'iost', name),
      call('token.iost', name),
      call('token721.iost', 'create', name, publisher, 100),
      call('token721.iost', 'transfer', name, name, name, name),
      call('gas.iost', 'pledge', publisher, name, '10'),
      call('gas.iost', 'unpledge', publisher, name, '10'),
      call('ram.iost', 'buy', publisher, name, 100),
      call('ram.iost', 'sell', name, publisher, 100),
      call('auth.iost', 'signUp', name, publicKey, publicKey),
      call('auth.iost', 'addPermission', name, 'perm', 1),
      call('auth.iost', 'addPermission', publisher, name, 1),
      call('auth.iost', 'assignPermission', publisher, 'active', `${name}@active`, 1),
      call('exchange.iost', 'transfer', 'iost', name, '100', ''),
      call('exchange.iost', 'transfer', 'iost', '', '200', `create:${name}:${name}:${name}`),
      call('system.iost', 'requireAuth', name, name),
      call(name, 'anything'),
    ].map((action) => ({ actions: [action] })),
  ];
}

function signed(
  fields: Partial<Parameters<typeof encodeTransaction>[0]>,
  publisher: string,
): Uint8Array {
  const key = keyOf(publisher);
  nonce += 1n;
  const time = BigInt(Date.now()) * 1_000_000n - nonce;
  const algorithm = 1;
  const unsigned = {
    time,
    expiration: time + 90_000_000_000n,
    gasRatio: 100n,
    gasLimit: 600_000_00n,
    delay: 0n,
    chainId: 1020,
    signers: [],
    actions: [],
    amountLimits: [{ token: '*', value: 'unlimited' }],
    signatures: [],
    publisher,
    publisherSignatures: [],
    ...fields,
  };
  const sign = (bytes: Uint8Array) => ({
    algorithm,
    signature: signDigest(key, sha3(bytes)),
    publicKey: key.publicKey,
  });
  const withSigners =
    unsigned.signers.length === 0
      ? unsigned
      : { ...unsigned, signatures: [sign(encodeBase(unsigned))] };
  return encodeTransaction({
    ...withSigners,
    publisherSignatures: [sign(encodePublish(withSigners))],
  });
}

test('hostile names: in every place of a transaction: answered, and nothing dies', async () => {
  const socket = new WebSocket(node.websocketUrl);
  await new Promise((resolve) => socket.once('open', resolve));
  // A publisher each: transactions of one account wait for each other.
  const transactions = Object.values(ODD_NAMES).flatMap((name, index) => {
    const publisher = accounts[index]?.id as string;
    return withName(name, publisher).map((fields) => signed(fields, publisher));
  });
  let answered = 0;
  const done = new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer) => {
      const message = decodeFrame(data, 0, data.length) as unknown as { readonly kind: string };
      if (message.kind === 'submitted') answered += 1;
      if (answered === transactions.length) resolve();
    });
  });
  for (const [id, transaction] of transactions.entries()) {
    socket.send(encodeBinary({ kind: 'submit', id, transactions: [transaction] }));
  }
  await done;
  await poolIsEmpty();
  socket.close();
});

test('hostile names: in paths and bodies of reads: an answer each, and nothing dies', async () => {
  for (const name of Object.values(ODD_NAMES)) {
    const text = encodeURIComponent(name);
    for (const path of [
      `/getAccount/${text}/1`,
      `/getTokenBalance/${text}/iost/1`,
      `/getTokenBalance/user_0/${text}/1`,
      `/getToken721Balance/user_0/${text}/1`,
      `/getContract/${text}/1`,
      `/getTokenInfo/${text}/1`,
    ]) {
      const answer = await fetch(node.rpcUrl + path);
      assert.ok([200, 400, 414, 431].includes(answer.status), `${path.slice(0, 60)}`);
      await answer.arrayBuffer();
    }
    const body = JSON.stringify({ id: name, key: name, field: name });
    const answer = await fetch(`${node.rpcUrl}/getContractStorage`, { method: 'POST', body });
    assert.ok([200, 400].includes(answer.status));
    await answer.arrayBuffer();
  }
});

test('hostile names: the data directory still starts', async () => {
  const first = await node.stop();
  assert.deepEqual(complaintsIn(first.stderr), []);
  await node.start();
  const account = await fetch(`${node.rpcUrl}/getAccount/user_0/1`);
  assert.equal(account.status, 200);
  assert.deepEqual(complaintsIn((await node.stop()).stderr), []);
});

function keyOf(account: string): KeyPair {
  const secret = accounts.find(({ id }) => id === account)?.publishedSecretKey as string;
  const pair = keyPairOfText('secp256k1', secret);
  assert.ok(pair.ok);
  return pair.value;
}

async function poolIsEmpty(): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const answer = await fetch(`${node.rpcUrl}/getNodeInfo`);
    const { tx_pool_size } = (await answer.json()) as { readonly tx_pool_size: string };
    if (tries > 20 && tx_pool_size === '0') return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail('transactions with odd names stay in the pool');
}
