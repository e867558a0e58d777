import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { contractOfJson } from '#core/iosvm/contract-json.ts';
import type { ContractObject } from '#core/iosvm/contract-object.ts';
import { decodeContract, encodeContract } from '#core/iosvm/contract-protobuf.ts';
import { contractProblem } from '#core/iosvm/validate.ts';

const HELLO: ContractObject = {
  id: 'ContractX',
  language: 'javascript',
  version: '1.0.0',
  abi: [
    { name: 'hello', args: ['string'], amountLimit: [{ token: 'iost', value: '1' }] },
    { name: 'other', args: [], amountLimit: [] },
  ],
  code: 'class C { init() {} hello(a) {} other() {} } module.exports = C;',
  originalCode: '',
};

const text = fc.string({ unit: 'grapheme' });
const PLAIN = { noNullPrototype: true };
const limits = fc.array(fc.record({ token: text, value: text }, PLAIN));
const abis = fc.array(fc.record({ name: text, args: fc.array(text), amountLimit: limits }, PLAIN));
const contracts: fc.Arbitrary<ContractObject> = fc.record(
  { id: text, language: text, version: text, abi: abis, code: text, originalCode: text },
  PLAIN,
);

test('protobuf: what is encoded comes back', () => {
  fc.assert(
    fc.property(contracts, (contract) => {
      assert.deepEqual(decodeContract(encodeContract(contract)), contract);
    }),
  );
});

test('protobuf: known bytes', () => {
  const contract = { ...HELLO, id: 'a', abi: [], code: 'b', language: 'c', version: '' };
  assert.deepEqual([...encodeContract(contract)], [10, 1, 97, 18, 3, 10, 1, 99, 26, 1, 98]);
});

test('protobuf: garbage is no contract, unknown fields are passed over', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      decodeContract(bytes);
    }),
  );
  assert.equal(decodeContract(Uint8Array.of(10, 200, 1, 97)), undefined);
  assert.equal(decodeContract(Uint8Array.of(10, 1, 0xff)), undefined);
  assert.equal(decodeContract(Uint8Array.of(11)), undefined);
  assert.equal(decodeContract(Uint8Array.of(72, 5, 10, 1, 97))?.id, 'a');
});

test('JSON: keys in any case, amounts under `val`', () => {
  const json = contractOfJson(
    '{"id":"ContractX","INFO":{"lang":"javascript","version":"1.0.0","abi":[{"name":"hello","args":["string"],"amountLimit":[{"token":"iost","val":"1"}]},{"name":"other"}]},"Code":"x"}',
  );
  assert.ok(json.ok);
  assert.deepEqual(json.value, { ...HELLO, code: 'x' });
  assert.equal(contractOfJson('{"info":[]}').ok, false);
  assert.equal(contractOfJson('{"code":1}').ok, false);
  assert.equal(contractOfJson('{').ok, false);
});

test('rules on the class and the ABI', () => {
  const problem = (change: Partial<ContractObject>) => contractProblem({ ...HELLO, ...change });
  const rule = (message: string) => `validate code error: , result: Error: ${message}`;
  const abi = (name: string, args: string[] = []) => [{ name, args, amountLimit: [] }];
  assert.equal(problem({}), undefined);
  assert.match(
    problem({ code: 'class {' }) ?? '',
    /^validate code error: Uncaught exception: Error: Line 1: .*, result: $/,
  );
  assert.equal(problem({ code: 'a;' }), rule('empty source code.'));
  assert.equal(
    problem({ code: 'class C {} module.exports = new C();' }),
    rule("last expression must be 'module.exports = CLASS_IDENTIFIER;'"),
  );
  assert.equal(
    problem({ code: 'const C = 1; module.exports = C;' }),
    rule('abi not match your source code.'),
  );
  assert.equal(
    problem({ code: 'class C { constructor() {} init() {} } module.exports = C;' }),
    rule("smart contract class shouldn't contain constructor method!!"),
  );
  assert.equal(
    problem({ code: 'class C { hello(a) {} } module.exports = C;' }),
    rule('init not found!'),
  );
  assert.equal(
    problem({ abi: abi('init') }),
    rule("abi shouldn't contain internal function: init"),
  );
  assert.equal(problem({ abi: abi('no') }), rule('abi not defined in source code: no'));
  assert.equal(problem({ abi: abi('hello') }), rule('args length not match: hello'));
  assert.equal(
    problem({ abi: abi('hello', ['int']) }),
    rule('args should be one of ["string", "bool", "number", "json"]'),
  );
  for (const name of ['_a', '', 'a-b', 'a'.repeat(33)]) {
    assert.match(problem({ abi: abi(name) }) ?? '', /abi name invalid\./);
  }
});
