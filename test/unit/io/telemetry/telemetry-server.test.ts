import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ActorSamples } from '#io/telemetry/metrics-text.ts';
import { type NodeHealth, startTelemetry, type Telemetry } from '#io/telemetry/telemetry-server.ts';

const loop = {
  turns: 3,
  messagesIn: 5,
  messagesOut: 2,
  messagesDropped: 0,
  queueBytes: 64,
  overflowBytes: 0,
  busyMs: 1500,
  turnMsMax: 20,
  heartbeatMs: 1_700_000_000_000,
};
const actors: readonly ActorSamples[] = ['shard-0', 'shard-1'].map((actor, index) => ({
  actor,
  status: index === 0 ? 'ready' : 'waiting',
  restartCount: index,
  busyShare: 0.25,
  loop,
  custom: [
    {
      type: 'gauge',
      name: 'mempool_bytes',
      help: 'Bytes in the pool',
      label: null,
      value: 7 + index,
    },
    ...['0', '1'].map((value) => ({
      type: 'gauge' as const,
      name: 'silent_views',
      help: 'Views',
      label: { name: 'member', value },
      value: 3,
    })),
    {
      type: 'histogram',
      name: 'block_seconds',
      help: 'a\nb',
      bounds: [0.1, 1],
      bucketCounts: [2, 0, 1],
      sum: 3.5,
    },
  ],
}));
let peers: string | undefined;
let health: NodeHealth = { ready: true, reasons: [], details: {} };
let telemetry: Telemetry;

before(async () => {
  telemetry = await startTelemetry({
    host: '127.0.0.1',
    port: 0,
    metrics: () => actors,
    health: () => health,
    peers: () => peers,
  });
});
after(() => telemetry.close());

const get = async (path: string, method = 'GET') => {
  const response = await fetch(`http://127.0.0.1:${telemetry.port}${path}`, { method });
  return { status: response.status, text: await response.text(), headers: response.headers };
};

test('one family per name, one series per actor, buckets cumulated', async () => {
  const { status, text, headers } = await get('/metrics');
  assert.equal(status, 200);
  assert.match(headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  const lines = text.split('\n');
  const of = (name: string) => lines.filter((line) => line.startsWith(name));
  assert.deepEqual(of('iost_silent_views'), [
    'iost_silent_views{actor="shard-0",member="0"} 3',
    'iost_silent_views{actor="shard-0",member="1"} 3',
    'iost_silent_views{actor="shard-1",member="0"} 3',
    'iost_silent_views{actor="shard-1",member="1"} 3',
  ]);
  assert.deepEqual(of('iost_mempool_bytes'), [
    'iost_mempool_bytes{actor="shard-0"} 7',
    'iost_mempool_bytes{actor="shard-1"} 8',
  ]);
  assert.deepEqual(of('# HELP iost_mempool_bytes'), [
    '# HELP iost_mempool_bytes Bytes in the pool',
  ]);
  assert.deepEqual(of('iost_block_seconds').slice(0, 5), [
    'iost_block_seconds_bucket{actor="shard-0",le="0.1"} 2',
    'iost_block_seconds_bucket{actor="shard-0",le="1"} 2',
    'iost_block_seconds_bucket{actor="shard-0",le="+Inf"} 3',
    'iost_block_seconds_sum{actor="shard-0"} 3.5',
    'iost_block_seconds_count{actor="shard-0"} 3',
  ]);
  assert.deepEqual(of('iost_actor_ready'), [
    'iost_actor_ready{actor="shard-0"} 1',
    'iost_actor_ready{actor="shard-1"} 0',
  ]);
  assert.ok(lines.includes('iost_actor_busy_seconds_total{actor="shard-0"} 1.5'));
  assert.ok(lines.includes('# HELP iost_block_seconds a\\nb'));
  assert.ok(of('process_resident_memory_bytes').length > 0, 'numbers of the process');
});

test('readiness says why not', async () => {
  assert.deepEqual(JSON.parse((await get('/readyz')).text), {
    ready: true,
    reasons: [],
    details: {},
  });
  health = {
    ready: false,
    reasons: ['shard-1 is waiting'],
    details: { 'shard-0': 'block 3' },
  };
  const answer = await get('/readyz');
  assert.equal(answer.status, 503);
  assert.deepEqual(JSON.parse(answer.text), health);
  assert.equal((await get('/healthz')).status, 200, 'not ready is alive');
});

test('nothing else is here', async () => {
  assert.equal((await get('/debug/pprof')).status, 404);
  assert.equal((await get('/metrics', 'POST')).status, 405);
});

test('a taken port is an error of the start', async () => {
  const { port } = telemetry;
  const again = startTelemetry({
    host: '127.0.0.1',
    port,
    metrics: () => [],
    health: () => health,
    peers: () => peers,
  });
  await assert.rejects(again, /EADDRINUSE/);
});

test('the peers are told as the network has reported them, and none where there is no network', async () => {
  peers = '{"peers":[{"key":"one"}],"bans":[],"left_out":0}';
  const { status, text } = await get('/peers');
  assert.deepEqual([status, text], [200, peers]);
  peers = undefined;
  assert.deepEqual(JSON.parse((await get('/peers')).text), { peers: [], bans: [], left_out: 0 });
});
