import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stage } from './stage.ts';

const record = (index: number, length = 40) => ({
  name: `record ${index}`,
  text: `${index} `.padEnd(length, 'x'),
});
const batch = (from: number, count = 50) =>
  Array.from({ length: count }, (_, at) => record(from + at));

test('archive: hundreds of records, more than a map lists, by pages', () => {
  const stage = new Stage('archive.js');
  for (let from = 0; from < 400; from += 50) {
    assert.equal(stage.call('user_1', 'put', ['user_1', batch(from)]), `${from + 50}`);
  }
  assert.equal(stage.call('user_2', 'read', ['record 399']), record(399).text);
  const names: string[] = [];
  for (let from = 0; from < 500; from += 100) {
    names.push(...JSON.parse(stage.call('user_2', 'page', [from, 100])));
  }
  assert.deepEqual(
    names,
    Array.from({ length: 400 }, (_, index) => record(index).name),
  );
});

test('archive: what is deleted gives its RAM back to who had paid for it', () => {
  const stage = new Stage('archive.js');
  const before = [stage.ledger.balance('user_1', 'ram'), stage.ledger.balance('user_0', 'ram')];
  stage.call('user_1', 'put', ['user_1', batch(0)]);
  assert.ok(stage.ledger.balance('user_1', 'ram') < (before[0] ?? 0n) - 50n * 40n);
  const names = batch(0).map(({ name }) => name);
  assert.equal(stage.call('user_1', 'remove', ['user_1', names]), '0');
  assert.deepEqual(
    [stage.ledger.balance('user_1', 'ram'), stage.ledger.balance('user_0', 'ram')],
    before,
  );
  assert.equal(stage.call('user_1', 'page', [0, 10]), '[]');
});

test('archive: gaps are filled, whoever wrote the last record', () => {
  const stage = new Stage('archive.js');
  stage.call('user_1', 'put', ['user_1', batch(0, 3)]);
  const long = { name: 'a much longer name than the others have', text: 'y' };
  stage.call('user_2', 'put', ['user_2', [long]]);
  assert.equal(stage.call('user_1', 'remove', ['user_1', ['record 0', 'record 2']]), '2');
  assert.deepEqual(JSON.parse(stage.call('user_1', 'page', [0, 10])), [long.name, 'record 1']);
  stage.call('user_2', 'remove', ['user_2', [long.name]]);
  assert.deepEqual(JSON.parse(stage.call('user_1', 'page', [0, 10])), ['record 1']);
});

test('archive: records are replaced by their writer alone, batches are bounded', () => {
  const stage = new Stage('archive.js');
  stage.call('user_1', 'put', ['user_1', batch(0, 2)]);
  assert.equal(stage.call('user_1', 'put', ['user_1', [{ name: 'record 1', text: 'new' }]]), '2');
  assert.equal(stage.call('user_1', 'read', ['record 1']), 'new');
  assert.match(stage.refusal('user_2', 'put', ['user_2', batch(0, 1)]), /belongs to user_1/);
  assert.match(stage.refusal('user_2', 'put', ['user_1', batch(5, 1)]), /user_1 has not signed/);
  assert.match(
    stage.refusal('user_2', 'remove', ['user_2', ['record 0']]),
    /record 0 is no record of user_2/,
  );
  assert.match(stage.refusal('user_1', 'put', ['user_1', batch(0, 51)]), /at most 50 records/);
  assert.match(stage.refusal('user_1', 'page', [0, 101]), /1 to 100 names/);
  assert.match(
    stage.refusal('user_1', 'put', ['user_1', [{ name: 'no-hyphen', text: '' }]]),
    /invalid char/,
  );
  assert.equal(stage.call('user_1', 'read', ['nothing']), 'null');
});
