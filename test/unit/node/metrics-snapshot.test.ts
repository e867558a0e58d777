import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MetricRegistered } from '#actors/runtime/control-protocol.ts';
import { LoopMetrics } from '#actors/runtime/loop-metrics.ts';
import { createCounters, readCounters } from '#ipc/shared-counters.ts';
import { metricValue } from '#node/metrics-snapshot.ts';

test('metrics: gauges of one name differ by a label, and a series is registered once', () => {
  const registered: MetricRegistered[] = [];
  const memory = createCounters();
  const metrics = new LoopMetrics(memory, (metric) => registered.push(metric));
  for (const value of ['0', '1']) {
    metrics.gauge('silent_views', 'Views', { name: 'member', value }).set(Number(value) + 5);
  }
  metrics.publish();
  const values = registered.map((metric) => metricValue(metric, readCounters(memory)));
  assert.deepEqual(
    values.map((sample) => sample.type === 'gauge' && [sample.label?.value, sample.value]),
    [
      ['0', 5],
      ['1', 6],
    ],
  );
  assert.throws(() => metrics.gauge('silent_views', 'Views', { name: 'member', value: '1' }));
  assert.throws(() => metrics.gauge('views', 'Views', { name: 'member', value: 'a"b' }));
});

test('metrics: what an actor counts is what the supervisor reads', () => {
  const memory = createCounters();
  const registered: MetricRegistered[] = [];
  const metrics = new LoopMetrics(memory, (metric) => registered.push(metric));
  const blocks = metrics.counter('blocks_total', 'Blocks');
  const latency = metrics.histogram('latency_ms', 'Latency', [1, 10]);
  const bytes = metrics.gauge('mempool_bytes', 'Bytes');
  blocks.add();
  blocks.add(4);
  bytes.set(77);
  for (const value of [0.5, 1, 1.5, 10, 11, 1000]) latency.observe(value);
  metrics.publish();
  const values = registered.map((metric) => metricValue(metric, readCounters(memory)));
  assert.deepEqual(values, [
    { type: 'counter', name: 'blocks_total', help: 'Blocks', label: null, value: 5 },
    {
      type: 'histogram',
      name: 'latency_ms',
      help: 'Latency',
      bounds: [1, 10],
      bucketCounts: [2, 2, 2],
      sum: 1024,
    },
    { type: 'gauge', name: 'mempool_bytes', help: 'Bytes', label: null, value: 77 },
  ]);
});
