import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Mempool, type MempoolLimits, type TakeLimits } from '#core/mempool/mempool.ts';
import type { PoolEntry } from '#core/mempool/pool-entry.ts';
import { makeId, makeTransaction, type PoolFields } from './make-transaction.ts';

const ROOMY: MempoolLimits = {
  countMax: 100_000,
  bytesMax: 1e9,
  complexUpToCount: 100_000,
  parkedMax: 100_000,
};
const EVERYTHING: TakeLimits = { countMax: 1e9, bytesMax: 1e12, blockTimeNs: 10n ** 19n };

function idsOf(entries: readonly PoolEntry<number>[]): number[] {
  return entries.map((entry) => entry.tag);
}

function poolOf(fields: readonly PoolFields[], limits = ROOMY): Mempool<number> {
  const pool = new Mempool<number>(limits);
  for (const [index, item] of fields.entries()) {
    assert.ok(pool.admit(makeId(index), makeTransaction(item), index).ok);
  }
  return pool;
}

test('orders as the reference: simple, shorter data, ratio, time, hash', () => {
  const pool = poolOf([
    { contract: 'ContractAbc', gasRatio: 10_000n, time: 1n },
    { data: '["a"]', gasRatio: 10_000n },
    { data: '[]', gasRatio: 100n, time: 7n },
    { data: '[]', gasRatio: 200n, time: 9n },
    { data: '[]', gasRatio: 100n, time: 6n },
    { data: '[]', gasRatio: 100n, time: 7n },
    { data: `["${'x'.repeat(70)}"]`, gasRatio: 9_000n, time: 2n },
  ]);
  assert.deepEqual(idsOf(pool.take(EVERYTHING)), [3, 4, 2, 5, 1, 0, 6]);
});

test('data counts in bytes of UTF-8', () => {
  const seventy = `["${'é'.repeat(33)}"]`;
  const seventyOne = `["${'é'.repeat(33)}x"]`;
  const pool = poolOf([{ data: seventyOne, gasRatio: 10_000n }, { data: seventy }]);
  assert.deepEqual(idsOf(pool.take(EVERYTHING)), [1, 0]);
});

/** The order written down a second time, as plainly as it can be said. */
function naiveOrder(
  left: { id: Uint8Array; fields: Required<PoolFields> },
  right: { id: Uint8Array; fields: Required<PoolFields> },
): number {
  const bytes = (text: string) => Buffer.byteLength(text);
  const simple = ({ fields }: typeof left) =>
    fields.contract === 'token.iost' && bytes(fields.data) <= 70;
  if (simple(left) !== simple(right)) return simple(left) ? -1 : 1;
  if (simple(left) && bytes(left.fields.data) !== bytes(right.fields.data)) {
    return bytes(left.fields.data) - bytes(right.fields.data);
  }
  if (left.fields.gasRatio !== right.fields.gasRatio) {
    return left.fields.gasRatio > right.fields.gasRatio ? -1 : 1;
  }
  if (left.fields.time !== right.fields.time) return left.fields.time < right.fields.time ? -1 : 1;
  return Buffer.compare(left.id, right.id);
}

const poolFields = fc.record({
  contract: fc.constantFrom('token.iost', 'token.iost', 'token.iosx'),
  data: fc.oneof(
    fc.nat(4).map((length) => 'y'.repeat(length)),
    fc.string({ unit: 'grapheme', minLength: 30, maxLength: 75 }),
  ),
  gasRatio: fc.constantFrom(100n, 101n, 10_000n),
  // Neighbours beyond 2^53 that round to one number, so that exact times must decide.
  time: fc.nat(6).map((offset) => 1_700_000_000_000_000_000n + BigInt(offset)),
  expiration: fc.constant(2_000_000_000_000_000_000n),
});

type Command =
  | { readonly kind: 'admit'; readonly fields: Required<PoolFields> }
  | { readonly kind: 'take'; readonly count: number; readonly horizon: bigint }
  | { readonly kind: 'hold' | 'giveBack' | 'remove' | 'park'; readonly target: number }
  | { readonly kind: 'unpark'; readonly reason: number };

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: poolFields.map((fields) => ({ kind: 'admit', fields }) as const) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('take' as const),
      count: fc.nat(6),
      horizon: fc.nat(8).map((offset) => 1_700_000_000_000_000_000n + BigInt(offset)),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'hold' as const,
        'giveBack' as const,
        'remove' as const,
        'park' as const,
      ),
      target: fc.nat(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unpark' as const), reason: fc.nat(2) }) },
);

type Modelled = {
  readonly id: Uint8Array;
  readonly number: number;
  readonly fields: Required<PoolFields>;
  state: 'ready' | 'taken' | 'parked';
};

test('any history gives the order and the states of a naive pool', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 120, size: 'max' }), (commands) => {
      const pool = new Mempool<number>(ROOMY);
      const model: Modelled[] = [];
      let numbers = 0;
      for (const step of commands) {
        if (step.kind === 'admit') {
          // One fingerprint for all: the ids must be told apart by their other bytes.
          const id = makeId(numbers * 7919, [1, 2, 3, 4]);
          pool.admit(id, makeTransaction(step.fields), numbers);
          model.push({ id, number: numbers, fields: step.fields, state: 'ready' });
          numbers += 1;
        } else if (step.kind === 'take') {
          const limits = { ...EVERYTHING, countMax: step.count, blockTimeNs: step.horizon };
          const expected = model
            .filter((item) => item.state === 'ready' && item.fields.time <= step.horizon)
            .sort(naiveOrder)
            .slice(0, step.count);
          assert.deepEqual(
            idsOf(pool.take(limits)),
            expected.map((item) => item.number),
          );
          for (const item of expected) item.state = 'taken';
        } else if (step.kind === 'unpark') {
          const waiting = model.filter(
            (item) => item.state === 'parked' && item.number % 3 === step.reason,
          );
          assert.equal(pool.unpark(`reason ${step.reason}`), waiting.length);
          for (const item of waiting) item.state = 'ready';
        } else {
          applyToOne(pool, model, step.kind, step.target);
        }
        assert.equal(pool.count, model.length);
        assert.equal(pool.readyCount, model.filter((item) => item.state === 'ready').length);
        assert.equal(pool.parkedCount, model.filter((item) => item.state === 'parked').length);
      }
    }),
    { numRuns: 200 },
  );
});

function applyToOne(
  pool: Mempool<number>,
  model: Modelled[],
  kind: 'hold' | 'giveBack' | 'remove' | 'park',
  target: number,
): void {
  const item = model[target % Math.max(1, model.length)];
  if (item === undefined) return;
  if (kind === 'hold') {
    pool.hold(item.id);
    item.state = 'taken';
  } else if (kind === 'giveBack') {
    pool.giveBack(item.id);
    if (item.state === 'taken') item.state = 'ready';
  } else if (kind === 'remove') {
    assert.equal(pool.remove(item.id)?.tag, item.number);
    model.splice(model.indexOf(item), 1);
  } else if (item.state !== 'parked') {
    assert.ok(pool.park(item.id, `reason ${item.number % 3}`));
    item.state = 'parked';
  }
}

test('order survives late arrivals, sweeping and compaction', () => {
  const pool = new Mempool<number>(ROOMY);
  const count = 20_000;
  for (let index = 0; index < count; index++) {
    const time = BigInt((index * 7_919) % count);
    pool.admit(makeId(index, [index, index >> 8]), makeTransaction({ time }), Number(time));
  }
  for (let index = 0; index < count; index += 4) {
    for (const offset of [1, 2, 3]) {
      const number = index + offset;
      pool.remove(makeId(number, [number, number >> 8]));
    }
  }
  const tags: number[] = [];
  while (pool.readyCount > 0) tags.push(...idsOf(pool.take({ ...EVERYTHING, countMax: 700 })));
  assert.equal(tags.length, count / 4);
  assert.deepEqual(
    tags,
    tags.toSorted((left, right) => left - right),
  );
});

test('refuses duplicates, and what exceeds a bound, in the words of the reference', () => {
  const small = makeTransaction({});
  const pool = new Mempool<number>({
    countMax: 3,
    bytesMax: small.bytes.length * 2,
    complexUpToCount: 0,
    parkedMax: 1,
  });
  assert.ok(pool.admit(makeId(0), small, 0).ok);
  const refusal = (result: ReturnType<typeof pool.admit>) =>
    result.ok ? undefined : result.failure.message;
  assert.equal(refusal(pool.admit(makeId(0), small, 0)), 'tx exists in pending');
  const complex = makeTransaction({ contract: 'x' });
  assert.equal(refusal(pool.admit(makeId(1), complex, 1)), 'txpool is full');
  assert.ok(pool.admit(makeId(1), small, 1).ok);
  assert.equal(refusal(pool.admit(makeId(2), small, 2)), 'txpool is full');
  assert.equal(pool.bytes, small.bytes.length * 2);
  assert.ok(pool.park(makeId(0), 'a'));
  assert.equal(pool.park(makeId(1), 'a'), false);
  assert.equal(pool.readyCount, 1);
  pool.remove(makeId(0));
  assert.ok(pool.park(makeId(1), 'b'), 'a removed entry leaves its place in the lot');
});

test('bytes of one take are bounded, and the entry that did not fit comes first next time', () => {
  const pool = poolOf([{ time: 1n }, { time: 2n }, { time: 3n }]);
  const bytes = makeTransaction({}).bytes.length;
  const limits = { ...EVERYTHING, bytesMax: bytes * 2 };
  assert.deepEqual(idsOf(pool.take(limits)), [0, 1]);
  assert.deepEqual(idsOf(pool.take(limits)), [2]);
});

test('an entry that came after the pool was last looked through expires at its own time', () => {
  const now = 200_000_000_000n;
  const pool = poolOf([{ time: now, expiration: now + 50n }]);
  assert.deepEqual(idsOf(pool.expire(now)), []);
  pool.admit(makeId(1), makeTransaction({ time: now, expiration: now + 20n }), 1);
  assert.deepEqual(idsOf(pool.expire(now + 19n)), []);
  assert.deepEqual(idsOf(pool.expire(now + 20n)), [1]);
  assert.deepEqual(idsOf(pool.expire(now + 49n)), []);
  assert.deepEqual(idsOf(pool.expire(now + 50n)), [0]);
  pool.admit(makeId(2), makeTransaction({ time: now, expiration: 2n * now }), 2);
  assert.deepEqual(idsOf(pool.expire(now + 90_000_000_000n)), []);
  assert.deepEqual(idsOf(pool.expire(now + 90_000_000_001n)), [2]);
});

test('expires by age and by expiration, but never what is in a proposal', () => {
  const now = 200_000_000_000n;
  const pool = poolOf([
    { time: now - 90_000_000_000n, expiration: now + 1n },
    { time: now - 90_000_000_001n, expiration: now + 1n },
    { time: now - 1n, expiration: now },
    { time: 1n, expiration: 2n, gasRatio: 200n },
    { time: 1n, expiration: 2n },
  ]);
  pool.take({ ...EVERYTHING, countMax: 1 });
  pool.park(makeId(4), 'fact');
  assert.deepEqual(
    idsOf(pool.expire(now)).toSorted((left, right) => left - right),
    [1, 2, 4],
  );
  assert.equal(pool.count, 2);
  assert.equal(pool.unpark('fact'), 0);
  assert.equal(pool.get(makeId(3))?.tag, 3);
});
