/** A contract from its source to its last update, by the command line, against a node of two shards. */

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import { runCli } from '#test/support/run-cli.ts';
import { RunningNode } from '#test/support/running-node.ts';

const GENESIS = new URL('../../config/genesis/dev.json', import.meta.url);
const SALE = new URL('../contracts/token-sale.js', import.meta.url);

type Genesis = {
  readonly accounts: readonly { readonly id: string; readonly publishedSecretKey: string }[];
};
type Said = Readonly<Record<string, unknown>>;

const folder = mkdtempSync(join(tmpdir(), 'iostd-e2e-contract-'));
const said: Said[] = [];
let node: RunningNode;
let streamed = '';
let listener: WebSocket;

before(async () => {
  node = await RunningNode.start({ profile: 'dev', shards: 2 });
  const { accounts } = JSON.parse(readFileSync(GENESIS, 'utf8')) as Genesis;
  for (const { id, publishedSecretKey } of accounts) {
    writeFileSync(join(folder, `${id}.secret`), publishedSecretKey, { mode: 0o600 });
  }
  writeFileSync(join(folder, 'sale.js'), readFileSync(SALE));
  listener = new WebSocket(node.websocketUrl);
  await new Promise((resolve) => listener.once('open', resolve));
  listener.on('message', (data) => said.push(JSON.parse(String(data)) as Said));
  listener.send('{"kind":"subscribe","id":1,"topic":"events"}');
  listener.send('{"kind":"subscribe","id":2,"topic":"console"}');
  // It is cut off when the node stops.
  readStream().catch(() => {});
});
after(async () => {
  listener.terminate();
  await node.remove();
  rmSync(folder, { recursive: true });
});

/** The reference's way to listen. */
async function readStream(): Promise<void> {
  const body = '{"topics":["CONTRACT_EVENT"]}';
  const { body: stream } = await fetch(`${node.rpcUrl}/subscribe`, { method: 'POST', body });
  const text = new TextDecoder();
  for await (const chunk of stream ?? []) streamed += text.decode(chunk);
}

/** `iostd contract …` on the node. */
function contract(...args: readonly string[]) {
  return runCli(['contract', ...args, '--rpc', node.rpcUrl], { cwd: folder });
}

/** As `contract`, signed by a user of the genesis, as soon as it is in a final block. */
function signed(user: string, ...args: readonly string[]) {
  const key = ['--secret-file', `${user}.secret`, '--algorithm', 'secp256k1'];
  return contract(...args, '--account', user, ...key, '--wait', 'packed');
}

async function fine(run: ReturnType<typeof contract>): Promise<string> {
  const { code, stdout, stderr } = await run;
  assert.equal(code, 0, stderr);
  return stdout;
}

test('a contract is published, used across shards, read, refused and updated', async () => {
  const token = (abi: string, ...args: readonly unknown[]) =>
    fine(signed('user_0', 'call', 'token.iost', abi, '--args', JSON.stringify(args)));
  await token('create', 'gem', 'user_0', 1000, {});
  await token('issue', 'gem', 'user_0', '100');

  const published = await fine(signed('user_0', 'publish', 'sale.js'));
  const id = /^contract +(Contract\w+)$/m.exec(published)?.[1] ?? '';
  assert.match(published, /^gas +\d+/m);
  assert.match(published, /^RAM +\d+ bytes of user_0$/m);
  assert.match(
    await fine(contract('show', id)),
    /^abi +buy\(string, string\) +takes up to unlimited iost/m,
  );
  assert.equal(await fine(contract('show', id, '--code')), `${readFileSync(SALE, 'utf8')}\n`);

  await fine(signed('user_0', 'call', id, 'open', 'gem', '2.5', '10'));
  await fine(signed('user_0', 'call', id, 'stock', '100', '--amount-limit', 'gem:100'));
  // Of five buyers some live on the other shard.
  for (const user of ['user_1', 'user_2', 'user_3']) {
    const bought = await fine(
      signed(user, 'call', id, 'buy', user, '4', '--amount-limit', 'iost:10'),
    );
    assert.match(bought, /^returns +\[""\]$/m);
    assert.match(bought, /^receipt +token\.iost\/transfer \["iost",/m);
  }
  assert.equal(await fine(contract('storage', id, 'sold')), '12\n');
  assert.equal(await fine(contract('storage', id, 'bought', 'user_2')), '4\n');
  assert.equal(
    await fine(contract('storage', id, 'bought', '--fields')),
    'user_1\nuser_2\nuser_3\n',
  );
  const nothing = await contract('storage', id, 'nothing');
  assert.deepEqual([nothing.code, nothing.stdout], [1, '']);

  const refused = await signed(
    'user_1',
    'call',
    id,
    'buy',
    'user_1',
    '7',
    '--amount-limit',
    'iost:20',
  );
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /failed with RUNTIME_ERROR$/m);
  assert.match(
    refused.stderr,
    /^error: Contract\w+:\d+:13: Uncaught exception: Error: user_1 may buy 10 in all$/m,
  );
  assert.match(refused.stderr, /^ {10}throw new Error\(message\);\n {16}\^$/m);

  const update = (user: string) => signed(user, 'update', id, 'new.js');
  writeFileSync(
    join(folder, 'new.js'),
    readFileSync(SALE, 'utf8').replace(
      '  /** Ends',
      "  version() {\n    return 'two';\n  }\n\n  /** Ends",
    ),
  );
  assert.match((await update('user_1')).stderr, /update refused/);
  await fine(update('user_0'));
  assert.match(await fine(signed('user_3', 'call', id, 'version')), /^returns +\["two"\]$/m);
  assert.equal(await fine(contract('storage', id, 'sold')), '12\n');

  const ofSale = said.filter((each) => each['contract'] === id);
  const events = ofSale.filter((each) => each['topic'] === 'CONTRACT_EVENT');
  assert.deepEqual(
    events.map(({ data }) => data),
    ['user_1', 'user_2', 'user_3'].map(
      (buyer) => `{"buyer":"${buyer}","amount":"4","cost":"10.00000000"}`,
    ),
  );
  const lines = ofSale.filter(({ kind }) => kind === 'console');
  assert.deepEqual(
    lines.map(({ text }) => text),
    [
      'user_1 buys 4 for 10.00000000 iost',
      'user_2 buys 4 for 10.00000000 iost',
      'user_3 buys 4 for 10.00000000 iost',
    ],
  );
  assert.equal(events[0]?.['hash'], lines[0]?.['hash']);
  const ofReference = streamed
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).result.event);
  assert.deepEqual(
    ofReference.map(({ topic, data }) => [topic, data]),
    events.map(({ data }) => ['CONTRACT_EVENT', data]),
  );
  const { code, stderr } = await node.stop();
  assert.equal(code, 0, stderr);
  assert.match(stderr, /console\.info: user_1 buys 4/);
});
