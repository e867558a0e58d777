import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { SubmissionBook, type SubmissionOutcome } from '#io/rpc/submission-book.ts';

type Batch = { readonly tags: readonly number[]; readonly transactions: readonly Uint8Array[] };

function bookOf(overrides: Partial<ConstructorParameters<typeof SubmissionBook>[0]> = {}) {
  const sent: Batch[] = [];
  let flushes = 0;
  const book = new SubmissionBook({
    capacity: 8,
    timeoutMs: 1000,
    batchTransactionsMax: 4,
    batchBytesMax: 100,
    send: (tags, transactions) => sent.push({ tags, transactions }),
    requestFlush: () => {
      flushes += 1;
    },
    ...overrides,
  });
  return { book, sent, flushes: () => flushes };
}

const transaction = (fill: number, length = 10) => new Uint8Array(length).fill(fill);
const idOf = (fill: number) => new Uint8Array(32).fill(fill);

describe('submissions of one turn', () => {
  test('leave together, asked for once, within the bounds of a batch', () => {
    const { book, sent, flushes } = bookOf();
    book.submit([transaction(1), transaction(2)], 0, () => {});
    book.submit([transaction(3)], 0, () => {});
    assert.equal(sent.length, 0);
    assert.equal(flushes(), 1);
    book.submit([transaction(4), transaction(5)], 0, () => {});
    assert.equal(sent.length, 1, 'four are a full batch');
    book.flush();
    assert.deepEqual(
      sent.map(({ transactions }) => transactions.map((bytes) => bytes[0])),
      [[1, 2, 3, 4], [5]],
    );
    book.flush();
    assert.equal(sent.length, 2, 'nothing is sent twice');
  });

  test('a batch is cut before its bytes exceed the bound', () => {
    const { book, sent } = bookOf();
    book.submit([transaction(1, 60), transaction(2, 60), transaction(3, 200)], 0, () => {});
    book.flush();
    assert.deepEqual(
      sent.map(({ transactions }) => transactions.length),
      [1, 1, 1],
    );
  });
});

describe('answers', () => {
  test('find their submission in any order, refusals by their position', () => {
    const { book, sent } = bookOf();
    const outcomes = new Map<number, SubmissionOutcome>();
    book.submit([transaction(1), transaction(2)], 0, (outcome) => {
      outcomes.set(0, outcome);
    });
    book.submit([transaction(3)], 0, (outcome) => {
      outcomes.set(1, outcome);
    });
    book.flush();
    const [first = 0, second = 0, third = 0] = sent[0]?.tags ?? [];
    book.answer([third, first], Buffer.concat([idOf(3), idOf(1)]), []);
    assert.deepEqual(Buffer.from(outcomes.get(1)?.ids ?? []), Buffer.from(idOf(3)));
    assert.equal(outcomes.get(0), undefined, 'one of two is open');
    book.answer([], new Uint8Array(0), [{ tag: second, code: 'c', message: 'm' }]);
    assert.deepEqual(outcomes.get(0)?.rejected, [{ index: 1, code: 'c', message: 'm' }]);
    const ids = Buffer.concat([idOf(1), new Uint8Array(32)]);
    assert.deepEqual(Buffer.from(outcomes.get(0)?.ids ?? []), ids);
    assert.equal(book.unanswered, 0);
  });

  test('a second answer to one tag changes nothing', () => {
    const { book, sent } = bookOf({ capacity: 1 });
    let done = 0;
    book.submit([transaction(1)], 0, () => {
      done += 1;
    });
    book.flush();
    const tags = sent[0]?.tags ?? [];
    book.answer(tags, idOf(1), []);
    book.answer(tags, idOf(9), []);
    assert.equal(done, 1);
    // The slot is used again, under a tag of another generation.
    let outcome: SubmissionOutcome | undefined;
    book.submit([transaction(2)], 0, (answer) => {
      outcome = answer;
    });
    book.flush();
    book.answer(tags, idOf(9), []);
    assert.equal(outcome, undefined, 'the old tag does not answer the new transaction');
    book.answer(sent[1]?.tags ?? [], idOf(2), []);
    assert.deepEqual(
      Buffer.from((outcome as SubmissionOutcome | undefined)?.ids ?? []),
      Buffer.from(idOf(2)),
    );
  });

  test('too many are refused whole, and room comes back', () => {
    const { book, sent } = bookOf({ capacity: 2 });
    assert.equal(
      book.submit([transaction(1)], 0, () => {}),
      true,
    );
    assert.equal(
      book.submit([transaction(2), transaction(3)], 0, () => {}),
      false,
    );
    book.flush();
    assert.equal(sent[0]?.transactions.length, 1);
    book.answer(sent[0]?.tags ?? [], idOf(1), []);
    assert.equal(
      book.submit([transaction(2), transaction(3)], 0, () => {}),
      true,
    );
  });

  test('silence ends in a refusal that says what is not known', () => {
    const { book, sent } = bookOf();
    let outcome: SubmissionOutcome | undefined;
    book.submit([transaction(1), transaction(2)], 0, (answer) => {
      outcome = answer;
    });
    book.flush();
    book.answer([sent[0]?.tags[1] ?? 0], idOf(2), []);
    book.expire(999);
    assert.equal(outcome, undefined);
    book.expire(1000);
    const ended = outcome as SubmissionOutcome | undefined;
    assert.deepEqual(
      ended?.rejected.map(({ index, code }) => [index, code]),
      [[0, 'timeout']],
    );
    assert.equal(book.unanswered, 0);
    book.answer([sent[0]?.tags[0] ?? 0], idOf(1), []);
    assert.equal(book.unanswered, 0, 'the late answer meets nobody');
  });
});

test('every submission is answered once and no slot is lost, whatever the order', () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant('submit' as const), count: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ kind: fc.constant('answer' as const), pick: fc.nat(), accept: fc.boolean() }),
      fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 700 }) }),
      fc.record({ kind: fc.constant('again' as const), pick: fc.nat() }),
    ),
    { maxLength: 80 },
  );
  fc.assert(
    fc.property(steps, (script) => {
      const open: number[] = [];
      const used: number[] = [];
      const { book } = bookOf({ send: (tags) => open.push(...tags) });
      let now = 0;
      let taken = 0;
      let answered = 0;
      const answer = (tag: number, accept: boolean) =>
        accept
          ? book.answer([tag], idOf(1), [])
          : book.answer([], new Uint8Array(0), [{ tag, code: 'c', message: 'm' }]);
      for (const step of script) {
        if (step.kind === 'submit') {
          const transactions = Array.from({ length: step.count }, () => transaction(1));
          const ended = () => {
            answered += 1;
          };
          if (book.submit(transactions, now, ended)) taken += 1;
          book.flush();
        } else if (step.kind === 'answer' && open.length > 0) {
          const [tag = 0] = open.splice(step.pick % open.length, 1);
          used.push(tag);
          answer(tag, step.accept);
        } else if (step.kind === 'again' && used.length > 0) {
          answer(used[step.pick % used.length] ?? 0, true);
        } else if (step.kind === 'wait') {
          now += step.ms;
          book.expire(now);
        }
        assert.ok(book.unanswered >= 0 && book.unanswered <= 8);
      }
      book.expire(now + 1000);
      assert.equal(book.unanswered, 0);
      assert.equal(answered, taken);
      assert.ok(
        book.submit(
          Array.from({ length: 8 }, () => transaction(1)),
          now,
          () => {},
        ),
      );
    }),
    { numRuns: 200 },
  );
});
