import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments } from '#core/ledger/action-arguments.ts';
import type { ArgumentType } from '#core/ledger/native/native-contract.ts';

function parse(types: ArgumentType[], data: string): unknown {
  const result = parseArguments('abi', types, { data });
  return result.ok ? result.value : result.failure.message;
}

test('arguments come in the declared types', () => {
  assert.deepEqual(parse(['string', 'string'], '["a","b"]'), ['a', 'b']);
  assert.deepEqual(parse(['string', 'number', 'bool', 'json'], '["a", -7, true, {"b":1,"a":2}]'), [
    'a',
    -7n,
    true,
    '{"a":2,"b":1}',
  ]);
  assert.deepEqual(parse(['number'], '[9223372036854775807]'), [9223372036854775807n]);
});

test('elements that were read with the transaction are taken where they fit the types', () => {
  const text = { data: 'not looked at', plainStrings: ['1', 'b'] };
  const strings = parseArguments('abi', ['string', 'string'], text);
  assert.deepEqual(strings, { ok: true, value: ['1', 'b'] });
  const other = { data: '["1","b"]', plainStrings: ['1', 'b'] };
  for (const types of [['string'], ['number', 'string']] as ArgumentType[][]) {
    const refused = parseArguments('abi', types, other);
    const plainly = parseArguments('abi', types, { data: other.data });
    assert.equal(refused.ok, false);
    assert.deepEqual(refused, plainly);
  }
});

test('a trailing comma is tolerated', () => {
  assert.deepEqual(parse(['string'], '["a",]'), ['a']);
});

test('the number of arguments has to fit', () => {
  assert.equal(parse(['string'], '[]'), 'args length unmatched to abi abi. need 1, got 0');
  assert.equal(parse([], '["a"]'), 'args length unmatched to abi abi. need 0, got 1');
});

test('what is no array is refused', () => {
  assert.equal(
    parse([], '{"a":1}'),
    'error args should be array, type assertion to []interface{} failed, &{map[a:1]}',
  );
  assert.equal(parse([], '[1'), 'error in data: unexpected EOF, [1');
});

test('types are strict', () => {
  assert.equal(
    parse(['string'], '[12]'),
    'error parse string arg &{12}, type assertion to string failed',
  );
  assert.equal(
    parse(['string'], '[[1,2]]'),
    'error parse string arg &{[1 2]}, type assertion to string failed',
  );
  assert.equal(
    parse(['bool'], '["true"]'),
    'error parse bool arg &{true}, type assertion to bool failed',
  );
  assert.equal(parse(['number'], '["1"]'), 'error parse number arg &{1}, invalid value type');
  assert.equal(
    parse(['number'], '[1.5]'),
    'error parse number arg &{1.5}, strconv.ParseInt: parsing "1.5": invalid syntax',
  );
  assert.equal(
    parse(['number'], '[9223372036854775808]'),
    'error parse number arg &{9223372036854775808}, strconv.ParseInt: parsing "9223372036854775808": value out of range',
  );
});

test('a huge number is refused without being computed', () => {
  const digits = '9'.repeat(60_000);
  assert.match(String(parse(['number'], `[${digits}]`)), /value out of range$/);
});
