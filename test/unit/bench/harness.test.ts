import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measure, type Operation } from '../../../bench/harness.ts';

const BUDGET = { timeMs: 0, iterations: 3, warmupMs: 0 };
const signal = new AbortController().signal;

function operation(name: string, run: Operation['run'], units = 1): Operation {
  return { name, unit: 'thing', units, run };
}

test('an operation that says how long it took is measured by that, for each of its units', async () => {
  const { results, failures } = await measure([operation('ten', () => 20, 10)], {
    budget: BUDGET,
    signal,
  });
  assert.deepEqual(failures, []);
  const [result] = results;
  assert.equal(result?.name, 'ten');
  assert.equal(result.perSecond, 500);
  assert.equal(result.nanoseconds.p50, 2_000_000);
  assert.equal(result.samples, 3);
});

test('asynchronous work is waited for, and is measured where it says nothing', async () => {
  let done = 0;
  const work = async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    done += 1;
    return undefined;
  };
  const { results } = await measure([operation('late', work)], { budget: BUDGET, signal });
  assert.equal(done, 3);
  assert.ok((results[0]?.nanoseconds.p50 as number) >= 4_000_000, 'not before it was done');
});

test('a failure is answered with its name, and what comes after it still runs', async () => {
  const broken = operation('broken', () => {
    throw new Error('a good signature was refused');
  });
  const seen: string[] = [];
  const { results, failures } = await measure([broken, operation('whole', () => 1)], {
    budget: BUDGET,
    signal,
    onResult: ({ name }) => seen.push(name),
  });
  assert.deepEqual(failures, [{ name: 'broken', message: 'a good signature was refused' }]);
  assert.deepEqual(
    results.map(({ name }) => name),
    ['whole'],
  );
  assert.deepEqual(seen, ['whole']);
});

test('an operation that fails only after some iterations is a failure all the same', async () => {
  let calls = 0;
  const flaky = operation('flaky', () => {
    calls += 1;
    if (calls === 3) throw new Error('third time');
    return 1;
  });
  const { results, failures } = await measure([flaky], { budget: BUDGET, signal });
  assert.deepEqual(failures, [{ name: 'flaky', message: 'third time' }]);
  assert.deepEqual(results, []);
});

test('an aborted run says so of everything that did not complete', async () => {
  const { results, failures } = await measure([operation('never', () => 1)], {
    budget: BUDGET,
    signal: AbortSignal.abort(),
  });
  assert.deepEqual(results, []);
  assert.deepEqual(
    failures.map(({ name }) => name),
    ['never'],
  );
});
