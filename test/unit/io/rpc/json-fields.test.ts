import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJsonBody } from '#io/rpc/json-body.ts';
import { type JsonFields, readFields } from '#io/rpc/json-fields.ts';

function read<Value>(text: string, reader: (fields: JsonFields) => Value): Value | string {
  const object = parseJsonBody(new TextEncoder().encode(text));
  assert.ok(object.ok, `not JSON: ${text}`);
  const result = readFields(object.value, reader);
  if (result.ok) return result.value;
  assert.equal(result.failure.code, 'json-field');
  return `refused: ${result.failure.message}`;
}

const int64 = (json: string) => read(`{"some_field":${json}}`, (f) => f.int64('some_field'));
const double = (json: string) => read(`{"x":${json}}`, (f) => f.double('x'));
const bytes = (json: string) => read(`{"x":${json}}`, (f) => f.bytes('x'));

test('json fields: int64: digits come from the text, number or string, any exact notation', () => {
  assert.equal(int64('1700000000054000001'), 1700000000054000001n);
  assert.equal(int64('"1700000000054000001"'), 1700000000054000001n);
  assert.equal(int64('9223372036854775807'), 9223372036854775807n);
  assert.equal(int64('-9223372036854775808'), -9223372036854775808n);
  assert.equal(int64('1.7e18'), 1_700_000_000_000_000_000n);
  assert.equal(int64('15.0'), 15n);
  assert.equal(int64('1.50E1'), 15n);
  assert.equal(int64('1500e-2'), 15n);
  assert.equal(int64('-0'), 0n);
  assert.equal(int64('0e999999999'), 0n);
  assert.equal(int64('null'), 0n);
});

test('json fields: int64: fractions, overflow and other notations are refused', () => {
  for (const json of ['1.5', '1e-1', '9223372036854775808', '1e19', '1e400', '1e999999999999']) {
    assert.match(String(int64(json)), /^refused: some_field (is out of range|must be an integer)$/);
  }
  for (const json of ['""', '" 1"', '"+1"', '"01"', '"0x10"', '"1n"', 'true', '[]', '{}']) {
    assert.equal(int64(json), 'refused: some_field must be an integer', json);
  }
});

test('json fields: both spellings are read, both at once are refused', () => {
  assert.equal(
    read('{"someField":7}', (f) => f.int64('some_field')),
    7n,
  );
  assert.match(
    String(read('{"someField":7,"some_field":7}', (f) => f.int64('some_field'))),
    /also given as someField/,
  );
  assert.equal(
    read('{"token_721_id":7}', (f) => f.int64('token_721_id')),
    7n,
  );
});

test('json fields: double: numbers and strings, out of range refused', () => {
  assert.equal(double('1.15'), 1.15);
  assert.equal(double('"2.29"'), 2.29);
  assert.equal(double('"Infinity"'), Number.POSITIVE_INFINITY);
  assert.ok(Number.isNaN(double('"NaN"')));
  for (const json of ['1e400', '"1e400"', '" 1"', '""', '"1,5"', 'true']) {
    assert.match(String(double(json)), /^refused/, json);
  }
});

test('json fields: bytes: standard and URL alphabet, padded or not; the rest refused', () => {
  const expected = new Uint8Array([0xfb, 0xff, 0xbf, 0x01]);
  for (const text of ['+/+/AQ==', '+/+/AQ', '-_-_AQ==', '-_-_AQ', '+/+/\\nAQ==']) {
    assert.deepEqual(bytes(`"${text}"`), expected, text);
  }
  for (const text of ['A', 'AA=', 'AAA==', '+_AA', 'A A=', '====', 'é']) {
    assert.equal(bytes(`"${text}"`), 'refused: x must be base64', text);
  }
  assert.deepEqual(bytes('""'), new Uint8Array(0));
});

test('json fields: enum: exact names and numbers, of which eight bits count', () => {
  const names = new Map([['ED25519', 2]]);
  const code = (json: string) => read(`{"x":${json}}`, (f) => f.enum8('x', names));
  assert.equal(code('"ED25519"'), 2);
  assert.equal(code('2'), 2);
  assert.equal(code('258'), 2);
  assert.equal(code('null'), 0);
  assert.equal(code('"ed25519"'), 'refused: x must be one of ED25519');
});

test('json fields: strings, booleans, lists and messages name the field that is wrong', () => {
  const list = (json: string) =>
    read(`{"x":${json}}`, (f) => f.messages('x', (i) => i.string('y')));
  assert.deepEqual(list('[{"y":"a"},{}]'), ['a', '']);
  assert.deepEqual(list('null'), []);
  assert.equal(list('[{"y":1}]'), 'refused: x[0].y must be a string');
  assert.equal(list('[null]'), 'refused: x[0] must be an object');
  assert.equal(list('{}'), 'refused: x must be an array');
  assert.equal(
    read('{"x":[1]}', (f) => f.strings('x').join()),
    'refused: x[0] must be a string',
  );
  assert.equal(
    read('{"x":"true"}', (f) => f.bool('x')),
    'refused: x must be true or false',
  );
  assert.equal(
    read('{"x":{"y":1}}', (f) => f.message('x', (i) => i.int64('y'))),
    1n,
  );
  assert.equal(
    read('{}', (f) => f.message('x', (i) => i.int64('y'))),
    undefined,
  );
  assert.match(String(read('{"x":{"y":[]}}', (f) => f.message('x', (i) => i.int64('y')))), /x\.y/);
});

test('json fields: names of Object.prototype are not fields', () => {
  assert.equal(
    read('{}', (f) => f.string('constructor')),
    '',
  );
});
