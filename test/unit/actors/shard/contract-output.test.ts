import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ContractOutput } from '#actors/shard/contract-output.ts';
import type { ShardToRpc } from '#actors/shard/protocol.ts';
import { LockTally } from '#core/atomix/lock-counts.ts';
import { base58Encode } from '#core/crypto/base58.ts';
import type { Emission } from '#core/ledger/emission.ts';
import { BlockEmissions } from '#core/shard/block-emissions.ts';
import type { FinalBlockSummary } from '#core/shard/chain-effects.ts';
import { ActorHarness } from '#test/support/actor-harness.ts';

const ID = new Uint8Array(32).fill(7);

function line(text: string): Emission {
  return { kind: 'console', contract: 'ContractA', level: 'warn', text };
}

function event(data: string): Emission {
  return { kind: 'event', contract: 'ContractA', source: 'ContractA/run', data };
}

function block(height: number, emissions: readonly Emission[]): FinalBlockSummary {
  const said = new BlockEmissions();
  said.add(ID, emissions);
  const header = { height, hash: ID, timestamp: 5n, ids: ID, gasUsed: 0n, crosslinks: [] };
  return { ...header, unfinished: [], emissions: said.close(), locks: new LockTally() };
}

function output() {
  const harness = new ActorHarness({ onMessage: () => {}, onStart: () => {}, onStop: () => {} });
  const sender = harness.context.sender<ShardToRpc>('rpc');
  return { harness, output: new ContractOutput(3, harness.context, sender) };
}

test('what a block says goes to rpc as it was said, and its lines to the log', () => {
  const { harness, output: said } = output();
  said.onFinal(block(8, []));
  assert.deepEqual(harness.takeSent('rpc'), []);
  said.onFinal(block(9, [event('paid'), line('hello')]));
  assert.deepEqual(harness.takeSent('rpc'), [
    {
      kind: 'contractOutput',
      chain: 3,
      height: 9,
      timestamp: 5n,
      entries: [
        { ...event('paid'), transactionId: ID },
        { ...line('hello'), transactionId: ID },
      ],
    },
  ]);
  assert.deepEqual(harness.logged, [
    {
      level: 'info',
      text: 'console.warn: hello',
      fields: { contract: 'ContractA', hash: base58Encode(ID), height: 9 },
    },
  ]);
});

test('the log takes 200 lines a second, says so once, and counts the rest', () => {
  const { harness, output: said } = output();
  const lines = (count: number) => Array.from({ length: count }, (_, at) => line(`${at}`));
  said.onFinal(block(1, lines(150)));
  said.onFinal(block(2, lines(150)));
  assert.equal(harness.logged.length, 201);
  assert.match(harness.logged.at(-1)?.text ?? '', /more than 200 lines/);
  assert.equal(harness.metricTotals.get('contract_output_dropped_total'), 100);
  harness.nowMs += 1000;
  said.onFinal(block(3, lines(1)));
  assert.equal(harness.logged.length, 202);
});

test('a block says at most what fits into one message; what is left out is counted', () => {
  const said = block(
    1,
    Array.from({ length: 300 }, () => event('x'.repeat(1024))),
  ).emissions;
  assert.equal(said.entries.length + said.dropped, 300);
  assert.equal(said.entries.length, 204);
  const { harness, output: out } = output();
  out.onFinal(block(1, [event('€'.repeat(300_000)), event('€'.repeat(10))]));
  assert.deepEqual(harness.takeSent('rpc'), []);
  assert.equal(harness.metricTotals.get('contract_output_dropped_total'), 2);
});
