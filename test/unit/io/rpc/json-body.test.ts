import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isJsonNumber, JSON_DEPTH_MAX, parseJsonBody } from '#io/rpc/json-body.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function refusal(body: Uint8Array | string): string {
  const result = parseJsonBody(typeof body === 'string' ? bytes(body) : body);
  assert.equal(result.ok, false, 'the body must be refused');
  assert.equal(result.failure.code, 'json-invalid');
  return result.failure.message;
}

test('json body: a 19-digit number keeps every digit', () => {
  const result = parseJsonBody(bytes('{"time":1700000000054000001}'));
  assert.ok(result.ok);
  const time = result.value['time'];
  assert.ok(time !== undefined && isJsonNumber(time));
  assert.equal(time.value, '1700000000054000001');
});

test('json body: an empty body is an empty object', () => {
  assert.deepEqual(parseJsonBody(new Uint8Array(0)), { ok: true, value: {} });
});

test('json body: what is not one JSON object is refused', () => {
  const bodies = [
    '[]',
    '1',
    'null',
    '"x"',
    '{',
    '{"a":1,}',
    '{"a":[1,]}',
    '{"a":01}',
    '{} {}',
    'x',
  ];
  for (const body of bodies) refusal(body);
  for (const body of ["{'a':1}", '{"a":+1}', '{"a":.5}', '{"a":NaN}', '{a:1}', '//\n{}'])
    refusal(body);
});

test('json body: byte order mark, UTF-16 and invalid UTF-8 are refused', () => {
  refusal('\ufeff{}');
  refusal(new Uint8Array(Buffer.from('{"a":1}', 'utf16le')));
  assert.match(refusal(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])), /UTF-8/);
});

test('json body: half a surrogate pair is refused in values and in keys, a whole one is not', () => {
  assert.match(refusal('{"a":"\\ud800"}'), /surrogate/);
  assert.match(refusal('{"\\udc00":1}'), /surrogate/);
  assert.match(refusal('{"unknown":[{"b":"x\\ud83d"}]}'), /surrogate/);
  assert.ok(parseJsonBody(bytes('{"a":"\\ud83d\\ude00 😀"}')).ok);
});

test('json body: a repeated key is refused, whether or not the values agree', () => {
  assert.match(refusal('{"a":1,"a":2}'), /Duplicate|twice/);
  assert.match(refusal('{"a":1,"a":1}'), /twice/);
  assert.match(refusal('{"a":"x","a":"x"}'), /twice/);
  assert.match(refusal('{"a":[{"b":{},"b":{}}]}'), /twice/);
  assert.ok(parseJsonBody(bytes('{"a:":"::{\\"[","b":[{"a":1},{"a":1}]}')).ok);
});

test('json body: depth is bounded before anything recurses', () => {
  const nested = (depth: number): string =>
    `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
  assert.ok(parseJsonBody(bytes(nested(JSON_DEPTH_MAX))).ok);
  assert.match(refusal(nested(JSON_DEPTH_MAX + 1)), /deeper/);
  assert.match(refusal(`{"a":${'['.repeat(1_000_000)}`), /deeper/);
});

test('json body: __proto__ is a key like any other and pollutes nothing', () => {
  const result = parseJsonBody(bytes('{"__proto__":{"x":1},"constructor":{"prototype":{"y":2}}}'));
  assert.ok(result.ok);
  assert.equal(Object.getPrototypeOf(result.value), Object.prototype);
  assert.equal(({} as Record<string, unknown>)['x'], undefined);
  assert.equal(({} as Record<string, unknown>)['y'], undefined);
});
