import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { encode } from 'msgpackr';
import { WebSocket } from 'ws';
import type { RpcInbound } from '#actors/rpc/protocol.ts';
import { RpcActor } from '#actors/rpc/rpc-actor.ts';
import type { RpcToShard } from '#actors/shard/protocol.ts';
import type { VerifierInbound } from '#actors/verifier/protocol.ts';
import { encodeTransaction } from '#core/chain/transaction.ts';
import { base58Encode } from '#core/crypto/base58.ts';
import { sha3 } from '#core/crypto/hash.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { packChanges } from '#core/msb/packed-changes.ts';
import { encodeCommit, openCommit } from '#core/shard/commit-codec.ts';
import { ChainStore } from '#io/lmdb/chain-store.ts';
import { writeTransactionJson } from '#io/rpc/transaction-json.ts';
import { ActorHarness } from '#test/support/actor-harness.ts';
import { FakeChain } from '#test/support/rpc/fake-chain.ts';
import { NOW_MS, RPC_OPTIONS, sampleTransaction } from '#test/support/rpc/fake-node.ts';

const SHARDS = 2;
const NOTHING = new Uint8Array(0);

let dataDir = '';
let harness: ActorHarness<RpcInbound>;
let actor: RpcActor;
let url = '';
let stopped = false;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'iost-rpc-'));
  for (const chain of [0, 1, ROOT_CHAIN]) await storeGenesis(chain);
  ({ actor, harness } = newActor(0));
  await harness.start();
  stopped = false;
  const port = harness.logged.find(({ text }) => text === 'the API listens')?.fields['port'];
  url = `http://127.0.0.1:${port}`;
});

afterEach(async () => {
  if (!stopped) await actor.onStop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function storeGenesis(chain: number): Promise<void> {
  const fake = new FakeChain(chain);
  const { hash } = fake.head();
  const store = ChainStore.open(
    dataDir,
    { chain, shards: SHARDS, genesis: 'aa' },
    { freeBytesMin: 0 },
  );
  const commit = {
    chain,
    height: 0,
    hash,
    block: fake.block(0) ?? NOTHING,
    receipts: fake.receipts(0) ?? NOTHING,
    changes: packChanges([]),
    transactionIds: NOTHING,
  };
  store.append({ commits: [openCommit(encodeCommit(commit))], votes: [] });
  await store.close();
}

function newActor(port: number) {
  const made = new RpcActor({
    rpc: { ...RPC_OPTIONS, port },
    network: {
      name: 'devnet',
      protocolVersion: '1.0',
      chainId: 1020,
      codeVersion: '1',
      gitHash: '',
      buildTime: '',
    },
    dataDir,
    shards: SHARDS,
    contractConsole: false,
    nodeId: 'node',
  });
  return {
    actor: made,
    harness: new ActorHarness<RpcInbound>(made, { startMs: NOW_MS, tickMs: 250 }),
  };
}

async function waitFor<Value>(look: () => Value | undefined): Promise<Value> {
  const deadline = Date.now() + 5000;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    assert.ok(Date.now() < deadline, 'in time');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

async function post(body: string) {
  const response = await fetch(`${url}/sendTx`, { method: 'POST', body });
  return JSON.parse(await response.text());
}

/** What went to the verifier; the harness has no turns of its own, so they are made here. */
function verifierBatch(): Promise<VerifierInbound> {
  return waitFor(() => {
    harness.turnEnd();
    return harness.takeSent<VerifierInbound>('verifier')[0];
  });
}

describe('sendTx', () => {
  test('requests of one turn travel in one batch and are answered by tag', async () => {
    const transactions = [0, 1, 2].map((index) =>
      sampleTransaction({ time: BigInt(NOW_MS) * 1_000_000n + BigInt(index) }),
    );
    const answers = transactions.map((one) => post(writeTransactionJson(one)));
    await waitFor(() => {
      actor.onTick();
      return harness.metricTotals.get('rpc_unanswered_transactions') === 3 || undefined;
    });
    harness.turnEnd();
    const batches = harness.takeSent<VerifierInbound>('verifier');
    assert.equal(batches.length, 1);
    const batch = batches[0];
    const tags = new Map<string, number>();
    for (const [index, bytes] of (batch?.transactions ?? []).entries()) {
      tags.set(Buffer.from(bytes).toString('hex'), batch?.tags[index] ?? -1);
    }
    const [first, second, third] = transactions.map((one) => encodeTransaction(one));
    const tagOf = (bytes: Uint8Array | undefined) =>
      tags.get(Buffer.from(bytes ?? NOTHING).toString('hex')) ?? -1;
    harness.deliver('shard-0', {
      kind: 'transactionsAdmitted',
      tags: [tagOf(second)],
      ids: sha3(second ?? NOTHING),
      rejected: [{ tag: tagOf(first), code: 'full', message: 'txpool is full' }],
    });
    harness.deliver('verifier', {
      kind: 'transactionsRejected',
      rejected: [{ tag: tagOf(third), code: 'signature', message: 'VerifyError publisher error' }],
    });
    assert.deepEqual(await answers[0], { code: 2, message: 'txpool is full' });
    assert.deepEqual(await answers[1], {
      hash: base58Encode(sha3(second ?? NOTHING)),
      pre_tx_receipt: null,
    });
    assert.deepEqual(await answers[2], { code: 2, message: 'VerifyError publisher error' });
  });

  test('what is wrong without state never reaches the verifier', async () => {
    const refusals = [
      [{ chainId: 1024 }, 'VerifyError invalid chain_id, should be 1020, yours:1024'],
      [{ delay: 1n }, 'VerifyError invalid delay time'],
      [{ gasRatio: 0n }, 'VerifyError gas ratio illegal, should in [1, 100]'],
      [{ gasLimit: 100n }, 'VerifyError gas limit illegal, should in [6000, 4000000]'],
      [{ publisherSignatures: [] }, 'VerifyError publisher empty error'],
    ] as const;
    for (const [fields, message] of refusals) {
      const answer = await post(writeTransactionJson(sampleTransaction(fields)));
      assert.deepEqual(answer, { code: 2, message });
    }
    harness.turnEnd();
    assert.deepEqual(harness.takeSent('verifier'), []);
  });

  test('amounts that are none: each refused in the words of the checks', async () => {
    for (const amount of ['-1', '1e30', '0.000000001', '', 'NaN', '0x10', '１', '1.', '.5', ' 1']) {
      const data = JSON.stringify(['iost', 'alice', 'bob00', amount, '']);
      const actions = [{ contract: 'token.iost', actionName: 'transfer', data }];
      const answer = await post(writeTransactionJson(sampleTransaction({ actions })));
      assert.equal(answer.code, 2, amount);
      assert.match(answer.message, /amount|decimal/, `${amount}: ${answer.message}`);
    }
    for (const data of ['', 'x', '{}', '["iost","a","b","1"]', '["iost"']) {
      const actions = [{ contract: 'token.iost', actionName: 'transfer', data }];
      const answer = await post(writeTransactionJson(sampleTransaction({ actions })));
      assert.match(answer.message, /invalid json array|wrong args num/, data);
    }
  });

  test('times in other units, ahead, behind, and what is no int64', async () => {
    const nowNs = BigInt(NOW_MS) * 1_000_000n;
    const answerTo = (time: bigint) => post(writeTransactionJson(sampleTransaction({ time })));
    assert.match((await answerTo(BigInt(NOW_MS))).message, /^TimeError: tx.time is expired/);
    assert.match((await answerTo(nowNs / 1000n)).message, /^TimeError: tx.time is expired/);
    assert.match(
      (await answerTo(nowNs - 91_000_000_000n)).message,
      /^TimeError: tx.time is expired/,
    );
    assert.match(
      (await answerTo(nowNs + 31_000_000_000n)).message,
      /^TimeError: tx.time is too large/,
    );
    const text = writeTransactionJson(sampleTransaction());
    for (const wrong of ['"9223372036854775808"', '1e400', '1.5', '"x"', '{}', 'true']) {
      const answer = await post(text.replace(/"time":"\d+"/, `"time":${wrong}`));
      assert.equal(answer.code, 3, wrong);
    }
    for (const ratio of ['"NaN"', '"Infinity"', '101', '0', '-1']) {
      const answer = await post(text.replace('"gas_ratio":1', `"gas_ratio":${ratio}`));
      assert.match(answer.message, /gas ratio illegal/, ratio);
    }
    harness.turnEnd();
    assert.deepEqual(harness.takeSent('verifier'), []);
  });

  test('an expiration far beyond 90 s and a fractional gas limit are fine', async () => {
    const expiration = BigInt(NOW_MS) * 1_000_000n + 90_000_000_000_000_000n;
    const body = writeTransactionJson(sampleTransaction({ expiration, gasLimit: 399_999_950n }));
    const open = post(body);
    const batch = await verifierBatch();
    const ids = new Uint8Array(32).fill(1);
    harness.deliver('shard-0', {
      kind: 'transactionsAdmitted',
      tags: batch.tags,
      ids,
      rejected: [],
    });
    assert.equal((await open).hash, base58Encode(ids));
  });

  test('silence ends in an answer', async () => {
    const answer = post(writeTransactionJson(sampleTransaction()));
    await verifierBatch();
    harness.advance(11_000);
    assert.match((await answer).message, /did not answer in time/);
  });

  test('a congested node refuses at once, a draining one too', async () => {
    actor.onCongestion(true);
    assert.equal((await post(writeTransactionJson(sampleTransaction()))).code, 8);
    actor.onCongestion(false);
    const open = post(writeTransactionJson(sampleTransaction()));
    const batch = await verifierBatch();
    actor.onDrain();
    assert.equal(actor.isDrained(), false, 'one is unanswered');
    assert.equal((await post(writeTransactionJson(sampleTransaction()))).code, 8);
    const ids = sha3(batch.transactions[0] ?? NOTHING);
    harness.deliver('shard-0', {
      kind: 'transactionsAdmitted',
      tags: batch.tags,
      ids,
      rejected: [],
    });
    assert.equal((await open).hash, base58Encode(ids));
    assert.equal(actor.isDrained(), true);
  });
});

describe('look-ups', () => {
  const transaction = encodeTransaction(sampleTransaction());
  const path = `/getTxByHash/${base58Encode(sha3(transaction))}`;

  async function ask(): Promise<{ answer: Promise<Response>; questions: readonly RpcToShard[] }> {
    const answer = fetch(url + path);
    const questions = await waitFor(() => {
      const sent = [0, 1].flatMap((shard) => harness.takeSent<RpcToShard>(`shard-${shard}`));
      return sent.length === SHARDS ? sent : undefined;
    });
    return { answer, questions };
  }

  test('a pending transaction is asked of every shard; the first that has it answers', async () => {
    const { answer, questions } = await ask();
    const requestId = questions[0]?.requestId ?? -1;
    assert.deepEqual(
      questions.map((one) => one.requestId),
      [requestId, requestId],
    );
    harness.deliver('shard-1', { kind: 'pendingFound', requestId, transaction: NOTHING });
    harness.deliver('shard-0', { kind: 'pendingFound', requestId, transaction });
    assert.equal(JSON.parse(await (await answer).text()).status, 'PENDING');
  });

  test('no shard has it, or one is silent: not found', async () => {
    for (const answers of [2, 1]) {
      const { answer, questions } = await ask();
      for (let at = 0; at < answers; at++) {
        const requestId = questions[0]?.requestId ?? -1;
        harness.deliver('shard-0', { kind: 'pendingFound', requestId, transaction: NOTHING });
      }
      harness.advance(3000);
      assert.equal(JSON.parse(await (await answer).text()).message, 'tx not found');
    }
  });
});

test('final blocks reach subscribers, pool sizes add up', async () => {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`);
  const frames: string[] = [];
  socket.on('message', (data: Buffer) => frames.push(data.toString()));
  await new Promise((resolve) => socket.on('open', resolve));
  socket.send('{"kind":"subscribe","id":1,"topic":"blocks"}');
  await waitFor(() => frames[0]);
  const ids = new Uint8Array(64);
  harness.deliver('shard-1', {
    kind: 'blockFinal',
    chain: 1,
    height: 4,
    timestamp: 9n,
    ids,
    unfinished: [],
  });
  harness.deliver('consensus', {
    kind: 'rootBlockFinal',
    height: 0,
    timestamp: 9n,
    crosslinks: [],
  });
  await waitFor(() => frames[3]);
  assert.deepEqual(
    frames.slice(1).map((frame) => JSON.parse(frame)),
    [
      { kind: 'block', chain: 1, height: 4, timestamp: '9', count: 2 },
      { kind: 'block', chain: 255, height: 0, timestamp: '9', count: 0 },
      { kind: 'rootBlock', height: 0, timestamp: '9', crosslinks: [] },
    ],
  );
  harness.deliver('shard-0', { kind: 'poolSize', chain: 0, transactions: 5 });
  harness.deliver('shard-1', { kind: 'poolSize', chain: 1, transactions: 7 });
  harness.deliver('shard-0', { kind: 'poolSize', chain: 0, transactions: 6 });
  const info = JSON.parse(await (await fetch(`${url}/getNodeInfo`)).text());
  assert.equal(info.tx_pool_size, '13');
  socket.terminate();
});

test('stopping does not wait for clients that keep still', async () => {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`);
  await new Promise((resolve) => socket.on('open', resolve));
  // It neither reads the close frame nor answers it.
  socket.pause();
  socket.send(encode({ kind: 'subscribe', id: 1, topic: 'blocks' }));
  const stream = await fetch(`${url}/subscribe`, { method: 'POST', body: '' });
  assert.equal(stream.status, 200);
  const began = Date.now();
  await actor.onStop();
  stopped = true;
  assert.ok(Date.now() - began < 5000, 'before the supervisor loses patience');
  socket.terminate();
  await stream.text().catch(() => '');
});

test('a taken port ends the node with a reason and what to do', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  const second = newActor(port);
  await assert.rejects(
    second.harness.start(),
    /cannot listen on 127\.0\.0\.1 port \d+: .*EADDRINUSE/,
  );
  taken.close();
  await second.actor.onStop();
});
