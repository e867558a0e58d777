/** Goal: an operator reads who is connected and who is kept out, and scripts get it as JSON. */

import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { runCli } from '#test/support/run-cli.ts';

const REPORT = {
  peers: [
    {
      key: 'Kone',
      address: '10.0.0.1:30000',
      direction: 'out',
      validator: true,
      points: 0,
      ping_ms: 1.5,
      heads: { 'shard 0': 12, root: 34 },
    },
    {
      key: 'Ktwo',
      address: '10.0.0.2:41234',
      direction: 'in',
      validator: false,
      points: 50,
      ping_ms: null,
      heads: {},
    },
  ],
  bans: [{ key: 'Kbad', reason: 'a frame of unknown form', seconds: 42 }],
  left_out: 3,
};

let answer = JSON.stringify(REPORT);
const server = createServer((_, response) => response.end(answer));
let address: string;

before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

after(() => server.close());

test('iostd peers says it in words', async () => {
  const { code, stdout } = await runCli(['peers', '--telemetry', address]);
  assert.equal(code, 0);
  assert.deepEqual(stdout.trimEnd().split('\n'), [
    'peer  address         direction  role       ping    points  heads',
    'Kone  10.0.0.1:30000  out        validator  1.5 ms  0       shard 0: 12, root: 34',
    'Ktwo  10.0.0.2:41234  in         observer   -       50      -',
    'kept out for 42 s: Kbad, a frame of unknown form',
    'and 3 more',
  ]);
});

test('iostd peers --json is the report', async () => {
  const { stdout } = await runCli(['peers', '--telemetry', address, '--json']);
  assert.deepEqual(JSON.parse(stdout), REPORT);
});

test('iostd peers says so where there is nobody, or no such endpoint', async () => {
  answer = JSON.stringify({ peers: [], bans: [], left_out: 0 });
  const nobody = await runCli(['peers', '--telemetry', address]);
  assert.equal(nobody.stdout, 'no peer is connected\n');
  answer = '/metrics, /healthz and /readyz are here\n';
  const older = await runCli(['peers', '--telemetry', address]);
  assert.equal(older.code, 1);
  assert.match(older.stderr, /did not answer with a list of peers[\s\S]*fix: /);
});
