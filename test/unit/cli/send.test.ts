import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { base58Encode } from '#core/crypto/base58.ts';
import { ed25519KeyPair } from '#core/crypto/key-pair.ts';
import { type CliRun, runCli } from '#test/support/run-cli.ts';
import { ScriptedNode } from '#test/support/scripted-node.ts';

const folder = mkdtempSync(join(tmpdir(), 'iostd-cli-send-'));
after(() => rmSync(folder, { recursive: true }));

const pair = ed25519KeyPair(new Uint8Array(32).fill(5));
const secret = join(folder, 'admin.secret');
writeFileSync(secret, `${base58Encode(pair.secretKey)}\n`, { mode: 0o600 });

async function withNode(
  run: (node: ScriptedNode, cli: (...args: string[]) => Promise<CliRun>) => Promise<void>,
) {
  const node = await ScriptedNode.listen();
  const key = ['--secret-file', secret];
  const ports = ['--set', `rpc.port=${node.port}`, '--set', 'telemetry.port=1'];
  try {
    await run(node, (...args) => runCli([...args, ...key, ...ports]));
  } finally {
    node.close();
  }
}

test('transfer: the amount goes out as typed, signed, at the time and chain of the node', async () => {
  await withNode(async (node, cli) => {
    const run = await cli('transfer', 'admin', 'alice', '0.00000001', '--memo', 'tea "1"');
    assert.equal(run.code, 0, run.stderr);
    const [sent] = node.received;
    assert.deepEqual(sent?.actions, [
      {
        contract: 'token.iost',
        actionName: 'transfer',
        data: '["iost","admin","alice","0.00000001","tea \\"1\\""]',
      },
    ]);
    assert.deepEqual(sent.amountLimits, [{ token: 'iost', value: '0.00000001' }]);
    assert.equal(sent.time, 1700000000123456789n);
    assert.equal(sent.expiration, 1700000090123456789n);
    assert.equal(sent.chainId, 1020);
    assert.equal(sent.gasLimit, 10_000_000n);
    assert.match(run.stderr, /PENDING after .*\nPACKED after .*\nIRREVERSIBLE after /);
    assert.match(run.stdout, /^status +IRREVERSIBLE$/m);
    assert.match(run.stdout, /^result +SUCCESS$/m);
  });
});

test('transfer --wait packed --json: stops at PACKED and prints one document', async () => {
  await withNode(async (_node, cli) => {
    const run = await cli('transfer', 'admin', 'alice', '1', '--wait', 'packed', '--json');
    assert.equal(run.code, 0, run.stderr);
    const outcome = JSON.parse(run.stdout);
    assert.equal(outcome.status, 'PACKED');
    assert.equal(outcome.receipt.status_code, 'SUCCESS');
    assert.match(outcome.hash, /^[1-9A-Za-z]{43,44}$/);
  });
});

test('transfer: a failed receipt and a refusal end with 1 and the words of the node', async () => {
  await withNode(async (node, cli) => {
    node.states = [{ status: 'IRREVERSIBLE', result: 'RUNTIME_ERROR' }];
    const failed = await cli('transfer', 'admin', 'alice', '1');
    assert.equal(failed.code, 1);
    assert.match(failed.stderr, /error: the transaction failed: RUNTIME_ERROR why/);
    node.refusal = 'gas not enough: user admin has 1 < 2';
    const refused = await cli('transfer', 'admin', 'alice', '1');
    assert.equal(refused.code, 1);
    assert.match(
      refused.stderr,
      /error: the node refused \/sendTx: gas not enough: user admin has 1 < 2/,
    );
  });
});

test('transfer: a transaction that the node drops is reported, one unknown for a moment is not', async () => {
  await withNode(async (node, cli) => {
    node.states = [{ status: 'unknown' }, { status: 'IRREVERSIBLE', result: 'SUCCESS' }];
    const slow = await cli('transfer', 'admin', 'alice', '1');
    assert.equal(slow.code, 0, slow.stderr);
    node.states = [{ status: 'unknown' }];
    const dropped = await cli('transfer', 'admin', 'alice', '1');
    assert.equal(dropped.code, 1);
    assert.match(dropped.stderr, /dropped it: it did nothing\nfix: check that the key/);
  });
});

test('transfer: amounts that the token contract would refuse are not sent', async () => {
  await withNode(async (node, cli) => {
    for (const amount of ['', '1e3', '.5', '1.', '１', '0x10', 'NaN', '1,5']) {
      const run = await cli('transfer', 'admin', 'alice', amount);
      assert.equal(run.code, 64, amount);
      assert.match(run.stderr, /is no amount\nfix: write digits/);
    }
    assert.equal(node.received.length, 0);
  });
});

test('transfer: a key is needed, and a port that is no node is said to be none', async () => {
  const none = await runCli(['transfer', 'admin', 'alice', '1']);
  assert.equal(none.code, 1);
  assert.match(none.stderr, /fix: give either --keystore or --secret-file/);
  const silent = ['--rpc', 'http://127.0.0.1:1', '--secret-file', secret];
  const run = await runCli(['transfer', 'admin', 'alice', '1', ...silent]);
  assert.equal(run.code, 75);
  assert.match(run.stderr, /error: no answer from http:\/\/127\.0\.0\.1:1: /);
});

test('account create: registers, buys RAM and pledges, with a bound on the cost', async () => {
  await withNode(async (node, cli) => {
    const publicKey = base58Encode(ed25519KeyPair(new Uint8Array(32).fill(6)).publicKey);
    const account = ['account', 'create', 'alice', '--creator', 'admin', '--public-key', publicKey];
    const run = await cli(...account, '--ram', '2000', '--pledge', '5.5');
    assert.equal(run.code, 0, run.stderr);
    const [sent] = node.received;
    assert.deepEqual(
      sent?.actions.map((action) => [action.contract, action.actionName, action.data]),
      [
        ['auth.iost', 'signUp', `["alice","${publicKey}","${publicKey}"]`],
        ['ram.iost', 'buy', '["admin","alice",2000]'],
        ['gas.iost', 'pledge', '["admin","alice","5.5"]'],
      ],
    );
    assert.equal(sent.publisher, 'admin');
    assert.deepEqual(sent.amountLimits, [{ token: 'iost', value: '28' }]);
    const bare = await cli(...account, '--ram', '0');
    assert.equal(bare.code, 0, bare.stderr);
    assert.equal(node.received[1]?.actions.length, 1);
  });
});

test('account create: bad names and keys are refused before anything is sent', async () => {
  await withNode(async (node, cli) => {
    const create = (name: string, ...args: string[]) =>
      cli('account', 'create', name, '--creator', 'admin', ...args);
    assert.equal((await create('Ab', '--public-key', 'x')).code, 64);
    assert.equal((await create('alice')).code, 64);
    assert.equal((await create('alice', '--public-key', '0OIl')).code, 64);
    assert.equal((await create('alice', '--public-key', 'abc', '--ram', '-1')).code, 64);
    assert.equal(node.received.length, 0);
  });
});

test('status: words, JSON, and an exit code for scripts', async () => {
  const node = await ScriptedNode.listen();
  try {
    const ports = [
      '--set',
      `rpc.port=${node.port}`,
      '--telemetry',
      `http://127.0.0.1:${node.port}`,
    ];
    const ready = await runCli(['status', ...ports]);
    assert.equal(ready.code, 0, ready.stderr);
    assert.match(ready.stdout, /^ready +yes$/m);
    assert.match(ready.stdout, /^network +devnet, chain id 1020$/m);
    assert.match(ready.stdout, /^head block +12, 0\.1 s old$/m);
    assert.match(ready.stdout, /^checkpointed +up to block 8, by the votes of all candidates$/m);
    assert.match(ready.stdout, /^peers +3 connected$/m);
    assert.match(ready.stdout, /^root chain +block 12, in step with its peers$/m);
    node.reasons = ['shard 1 is behind', 'disk is full'];
    const json = await runCli(['status', '--json', ...ports]);
    assert.equal(json.code, 1);
    const seen = JSON.parse(json.stdout);
    assert.equal(seen.ready, false);
    assert.deepEqual(seen.reasons, ['shard 1 is behind', 'disk is full']);
    assert.equal(seen.chain.head_block, '12');
  } finally {
    node.close();
  }
});
