import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { goJson, goJsonString } from '#core/ledger/go-json.ts';
import { describeJson, encodeJson, JSON_DEPTH_MAX, readJson } from '#core/ledger/go-json-value.ts';

test('arrays are written without spaces', () => {
  assert.equal(goJson(['iost', 12n, true]), '["iost",12,true]');
  assert.equal(goJson([]), '[]');
});

test('markup, separators and control characters are escaped as Go escapes them', () => {
  assert.equal(goJsonString('<a & "b">\\'), '"\\u003ca \\u0026 \\"b\\"\\u003e\\\\"');
  assert.equal(goJsonString('\u2028\u2029'), '"\\u2028\\u2029"');
  assert.equal(goJsonString('\n\t\r\b\f\u0001'), '"\\n\\t\\r\\u0008\\u000c\\u0001"');
  assert.equal(goJsonString('\\b\\f'), '"\\\\b\\\\f"');
  assert.equal(goJsonString('中文 😀'), '"中文 😀"');
  assert.equal(goJsonString('\ud800'), '"\ufffd"');
});

test('every well-formed text survives', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      assert.equal(JSON.parse(goJsonString(text)), text.toWellFormed());
    }),
  );
});

function read(text: string): string {
  const json = readJson(text);
  return json.ok ? encodeJson(json.value) : `! ${json.failure.message}`;
}

test('objects are re-encoded with sorted keys and numbers as they stand', () => {
  assert.equal(
    read('{"b": 1.50, "a": [true, null, "x<"]}'),
    '{"a":[true,null,"x\\u003c"],"b":1.50}',
  );
  assert.equal(read('123456789012345678901'), '123456789012345678901');
});

test('reading stops after the first value', () => {
  assert.equal(read('["a"] and more'), '["a"]');
});

test('broken texts are refused in the words of the decoder', () => {
  assert.equal(read(''), '! EOF');
  assert.equal(read('["a"'), '! unexpected EOF');
  assert.equal(read('["a'), '! unexpected EOF');
  assert.equal(read('abc'), "! invalid character 'a' looking for beginning of value");
  assert.equal(read('["a" "b"]'), "! invalid character '\\\"' after array element");
  assert.equal(read('{a:1}'), "! invalid character 'a' looking for beginning of object key string");
  assert.equal(read('{"a" 1}'), "! invalid character '1' after object key");
  assert.equal(read('{"a":1 "b":2}'), "! invalid character '\\\"' after object key:value pair");
  assert.equal(read('["\\x"]'), '! invalid character in string literal');
  assert.equal(read(`${'['.repeat(JSON_DEPTH_MAX + 2)}`), '! exceeded max depth');
});

test('whatever JSON.parse reads is read the same', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      assert.deepEqual(JSON.parse(read(text)), JSON.parse(text));
    }),
  );
});

test('values are described as the reference prints them', () => {
  const described = (text: string) => {
    const json = readJson(text);
    return json.ok ? describeJson(json.value) : '';
  };
  assert.equal(described('[1,"a",[true,null]]'), '[1 a [true <nil>]]');
  assert.equal(described('{"b":1,"a":{}}'), 'map[a:map[] b:1]');
});
