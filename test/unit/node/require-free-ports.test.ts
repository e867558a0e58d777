import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { loadConfig } from '#node/config/load-config.ts';
import type { NodeConfig } from '#node/config/schema.ts';
import { requireFreePorts } from '#node/require-free-ports.ts';
import { StartRefusal } from '#node/start-refusal.ts';

function config(...assignments: readonly string[]): NodeConfig {
  const ports = ['rpc.port=0', 'telemetry.port=0', 'p2p.port=0'];
  const loaded = loadConfig({ profile: 'dev', assignments: [...ports, ...assignments] });
  assert.ok(loaded.ok);
  return loaded.value.config;
}

const refusal = (cause: RegExp) => (error: unknown) => {
  assert.ok(error instanceof StartRefusal);
  assert.match(error.message, cause);
  assert.match(error.fix, /--set (rpc|telemetry)\.port=/);
  assert.equal(error.exitCode, 78);
  return true;
};

test('ports: free ones pass and are free afterwards', async () => {
  await requireFreePorts(config());
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  await requireFreePorts(config(`rpc.port=${port}`));
  await requireFreePorts(config(`rpc.port=${port}`));
});

test('ports: a taken one and a foreign address are refused, each by its section', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const taken = requireFreePorts(config(`telemetry.port=${port}`));
  await assert.rejects(taken, refusal(/^telemetry\.port: 127\.0\.0\.1:\d+ is in use/));
  server.close();
  const foreign = requireFreePorts(config('rpc.host=192.0.2.1'));
  await assert.rejects(
    foreign,
    refusal(/^rpc\.port: 192\.0\.2\.1:0 is no address of this machine/),
  );
});
