// biome-ignore-all lint/suspicious/noTemplateCurlyInString: sources of contracts are texts
/**
 * Gas of contract code (spec go-iost §5.3, §5.4, §5.8, §5.10), each figure added up by hand from the
 * cost tables. The sources are ours; docs/conformance.md says which figures of the reference's own
 * tests come out with the reference's sources.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArgumentType } from '#core/ledger/native/native-contract.ts';
import { ContractLedger } from '#test/unit/io/iosvm/contracts.ts';

/** A class with two methods and its export, which every call evaluates: 150 + 2 × (2 + 1) + 7. */
const LOAD = 163;

/** Gas of a method's body alone. */
function gasOf(body: string, ...args: readonly string[]): number {
  const contracts = new ContractLedger();
  const parameters = ['a', 'b', 'c'].slice(0, args.length).join(', ');
  contracts.place(
    'ContractGas',
    `class Gas { init() {} run(${parameters}) { ${body} } } module.exports = Gas;`,
    { run: args.map((): ArgumentType => 'string') },
  );
  return contracts.gasOf('ContractGas', 'run', ...args) - LOAD;
}

function expectGas(rows: readonly (readonly [body: string, gas: number])[]): void {
  for (const [body, gas] of rows) assert.equal(gasOf(body), gas, body);
}

test('operators: 4 for the call, 2.1 or 2.2 for its name, 3 when it runs, and what texts take', () => {
  expectGas([
    ['', 0],
    // 4 + 2.1, cut off, + 3.
    ['1 + 2;', 6 + 3],
    ['1 === 2;', 6 + 3],
    // Two literals more, 2.2 each: 10.5. The sum has 4 units.
    ["'ab' + 'cd';", 10 + 3 + 4],
    // 4 + 2.3 + 2 × 2.3 = 10.9; both lengths count.
    ["'abc' === 'abd';", 10 + 3 + 6],
    // A number is as long as its text.
    ["'ab' < 1000;", 8 + 3 + 2 + 4],
    // Assignment 3; `let` 3 each.
    ['let x = 1; x = 2;', 3 + 3],
    ['let x = 1; x += 2;', 3 + (3 + 6) + 3],
    ['let x = 1; x++;', 3 + 3],
    ['let x; typeof x; !x; x && x; x in {};', 3 + 3 + 3 + 3 + 3],
  ]);
});

test('branches and loops pay for what runs', () => {
  expectGas([
    ['if (true) { 1 + 1; }', 9],
    ['if (false) { 1 + 1; } else { 2; }', 0],
    ['true ? 1 + 1 : 2;', 3 + 9],
    ['false ? 1 + 1 : 2;', 3],
    // Head 3; each test 6 + 3, each round 1 and 3 for the update; one test more than rounds.
    ['for (let i = 0; i < 4; i++) {}', 3 + 5 * 9 + 4 * (1 + 3)],
    ['let i = 0; while (i < 4) { i++; }', 3 + 5 * (7 + 3) + 4 * (1 + 3)],
    ['let i = 0; do { i++; } while (i < 4);', 3 + 4 * (1 + 3) + 4 * (7 + 3)],
    // A list of three 2.3, `const` 3: 5.3; 2 a round.
    ['for (const x of [1, 2, 3]) {}', 5 + 3 * 2],
    // An object of two 2.2.
    ['for (const k in { a: 1, b: 2 }) {}', 5 + 2 * 4],
    // Tests of cases run until one fits: 2.1 each, cut off each time.
    ["switch ('b') { case 'a': break; case 'b': 1 + 1; case 'c': 2 + 2; }", 2 + 2 + 2 + 9 + 9],
  ]);
});

test('functions are paid where they are made, and calls by 4', () => {
  expectGas([
    // The arrow 3, its value in a function of its own: 6 + 3.
    ['const f = (x) => x + 1; f(1);', 3 + 3 + (4 + 9)],
    ['const f = function (x) { return x; }; f(1);', 3 + 1 + 4],
    // A declaration in a method belongs to the counter of the class.
    ['function f() {} f();', 3 + 4],
    ['(() => 1)();', 3 + 4],
    // Spread: the call of f 4, that of the counter 4, the list 2.3; three elements.
    ['const f = (...r) => r; f(...[1, 2, 3]);', 3 + 3 + 10 + 3],
    // Class 150 + a method 3; `new` 8.
    ['class A { m() {} } new A();', 150 + 3 + 8],
    // `yield` 8 once, the generator function 3 with the class, next() 8.
    ['function* g() { yield 1; } g().next();', 3 + (4 + 4 + 4) + 8],
  ]);
});

test('templates: 4, then 8 a value, and each step like concat', () => {
  expectGas([
    // The tag 4; 4 + 8; "a1" 1.2, "a1b" 1.3.
    ['`a${1}b`;', 4 + 4 + 8 + 1 + 1],
    // 4 + 8 + 2.1 = 14.1; thirty units cost 1 + 3 each time.
    ['`${"x".repeat(30)}`;', 14 + (1 + 3) + 4 + 8 + (1 + 3) + (1 + 3)],
  ]);
});

test('methods of String: by length, some by 1', () => {
  const call = 4 + 4;
  expectGas([
    // Member 4, call 4, the literal of ten 3.
    ["'abcdefghij'.charAt(2);", call + 3 + 1],
    ["'abcdefghij'.charCodeAt(2);", call + 3 + 1],
    ["'abcdefghij'.toString();", call + 3],
    ["'abcdefghij'.valueOf();", call + 3 + 1],
    ["'abcdefghij'.length;", 4 + 3],
    ["'abcdefghij'.trim();", call + 3 + 2],
    ["'abcdefghij'.slice(1, 2);", call + 3 + 2],
    ["'abcdefghij'.indexOf('c');", 13 + 2],
    ["'abcdefghij'.replace('c', 'd');", 15 + 2],
    // By the result.
    ["'abcdefghij'.repeat(5);", call + 3 + 6],
    ["'abcdefghij'.concat('klmnopqrst');", call + 6 + 3],
  ]);
});

test('methods of Array: by elements, ten times where they copy, a fifth where they look', () => {
  // Member 4, call 4, the literal of five 2.5.
  const call = 10;
  const five = '[1, 2, 3, 4, 5]';
  expectGas([
    [`${five}.join('');`, 12 + 1 + 5],
    // toString calls the metered join.
    [`${five}.toString();`, call + (1 + 5) + (1 + 5)],
    [`${five}.concat([6]);`, call + 2 + 1 + 6],
    [`${five}.slice(1);`, call + 1 + 50],
    [`${five}.splice(1, 1, 8, 9);`, call + 1 + 50 + 2],
    [`${five}.indexOf(3);`, call + 1 + 1],
    [`${five}.includes(3);`, call + 1 + 5],
    [`${five}.reverse();`, call + 1 + 1],
    [`${five}.sort();`, call + 1 + 5],
    [`${five}.push(6, 7);`, call + 1],
    [`${five}.pop();`, call + 1],
    [`${five}.shift();`, call + 1],
    [`${five}.unshift(0);`, call + 1],
    // The callback is a function of 1 and costs nothing more.
    [`${five}.forEach(function () {});`, 11 + 1 + 5],
    [`${five}.map(function (x) { return x; });`, 11 + 1 + 50],
    ['new Array(10);', 8 + 1 + 2],
    ['Array.isArray(1);', 8],
  ]);
});

test('Math: 2 each', () => {
  expectGas([
    ['Math.max(1, 2);', 8 + 2],
    ['Math.floor(1.5);', 8 + 2],
    ['Math.PI;', 4],
  ]);
});

test('JSON: reading by length, writing value by value', () => {
  const value = 56;
  expectGas([
    // Member and call 8, the literal of five 2.5; 10 + length.
    ["JSON.parse('[1,2]');", 10 + 10 + 5],
    // 24; a number as long as its text; twice the whole.
    ['JSON.stringify(12);', 8 + 24 + value + 2 + 4],
    ['JSON.stringify(null);', 8 + 24 + value + 4 + 8],
    // A text: 12 + 2 × 2, and what is written, 4.
    ["JSON.stringify('ab');", 10 + 24 + value + (12 + 4) + 4 + 8],
    // What has to be escaped is replaced: 1.1 more.
    ["JSON.stringify('\\n');", 10 + 24 + value + (12 + 2) + 1 + 4 + 8],
    // What has no short form is looked at: charCodeAt 1, slice of six units 1.6.
    ["JSON.stringify('\\u007f');", 10 + 24 + value + (12 + 2) + 1 + 1 + 1 + 8 + 16],
    // A list of two (2.2): 16 + 24 × 2, each element, join 1 + 2, what is written.
    ['JSON.stringify([1, 2]);', 10 + 24 + value + 64 + 2 * (value + 1) + 3 + 5 + 10],
    // An object of one (2.1): 16 + 16, the value, the key 12 + 2, push 1, 8, join 1 + 1.
    ['JSON.stringify({ a: 1 });', 10 + 24 + value + 32 + (value + 1) + 14 + 1 + 8 + 2 + 7 + 14],
    ['JSON.stringify(1, null, 4);', 8 + 24 + 8 + value + 1 + 2],
    // A replacer: 8 for each value, beside its own code.
    ['JSON.stringify(1, function (k, v) { return v; });', 9 + 24 + value + 8 + 1 + 2],
  ]);
});

test('numbers: their prices, and what the library calls of String and Array', () => {
  const make = 8 + 20;
  expectGas([
    // A small whole number takes no text.
    ['new BigNumber(5);', make],
    ['new BigNumber(5).isZero();', 8 + make + 20],
    // From text: six methods of String, one push.
    ["new BigNumber('12');", 10 + 20 + 7],
    // Both lengths by 10; the text of a number takes a look from its end and a slice, and the
    // library copies its one digit group: 1 + 10.
    ['new BigNumber(5).plus(3);', 8 + make + (20 + 20) + 2 + 11],
  ]);
});

test('hashes and checks: 100 and a byte each', () => {
  expectGas([
    ["IOSTCrypto.sha3('abcde');", 10 + 105],
    ["IOSTCrypto.sha3('ü');", 10 + 102],
    ["IOSTCrypto.sha3Hex('00ff');", 10 + 102],
    ["IOSTCrypto.sha3Hex('none');", 10 + 100],
    ["IOSTCrypto.verify('ed25519', '2', 'a', 'b');", 17 + 101],
  ]);
});

test('the host: 300 for storage, 10 for context and authority, 1 for a byte of an event', () => {
  expectGas([
    ["storage.put('k', 'v');", 12 + 300],
    ["storage.get('k');", 10 + 300],
    ["storage.has('k');", 10 + 300],
    ["storage.del('k');", 10 + 300],
    ["storage.mapPut('k', 'f', 'v');", 14 + 300],
    ["storage.mapGet('k', 'f');", 12 + 300],
    ["storage.mapHas('k', 'f');", 12 + 300],
    ["storage.mapDel('k', 'f');", 12 + 300],
    // Reading the list costs what JSON.parse costs: 10 + 2 for `[]`. Its length does not.
    ["storage.mapKeys('k');", 10 + 300 + 12],
    ["storage.mapLen('k');", 10 + 300],
    ["storage.globalGet('c', 'k');", 12 + 300],
    // A long value: a tenth of its stored length, which is s, 5000, @ and the payer of 11.
    ["storage.put('k', 'v'.repeat(5000));", 8 + 2 + 2 + 8 + 501 + 501],
    ['blockchain.contextInfo();', 8 + 10],
    ['blockchain.blockInfo();', 8 + 10],
    ["blockchain.requireAuth('user_0', 'active');", 13 + 10],
    ["blockchain.requireAuth('ContractX', 'active');", 13 + 10],
    ["blockchain.receipt('abc');", 10],
    ["blockchain.event('abc');", 10 + 3],
  ]);
});

test('a call costs its frame and 10 for each contract on the stack', () => {
  const contracts = new ContractLedger();
  contracts.place('ContractBelow', 'class Below { init() {} run() {} } module.exports = Below;', {
    run: [],
  });
  contracts.place(
    'ContractAbove',
    "class Above { init() {} run() { blockchain.call('ContractBelow', 'run', '[]'); } } module.exports = Above;",
    { run: [] },
  );
  // Literals 3.3 + 2.3 + 2.2: 15.8; below 30,000 + 163, then 10; the answer `[""]` is parsed: 14.
  const own = 15;
  assert.equal(contracts.gasOf('ContractAbove', 'run') - LOAD, own + 30_000 + LOAD + 10 + 14);
});

test('values that are returned are written: 12, and JSON', () => {
  expectGas([
    ['return 1;', 0],
    ["return 'abc';", 2],
    ['return null;', 12 + 24 + 56 + 4 + 8],
    ['return {};', 12 + 24 + 56 + 16 + 2 + 4],
    ['return [];', 12 + 24 + 56 + 16 + 2 + 4],
  ]);
});

test('a whole transaction: size, signer, frame, code, answer', () => {
  const contracts = new ContractLedger();
  contracts.place('ContractGas', 'class Gas { init() {} run() {} } module.exports = Gas;', {
    run: [],
  });
  const { ledger } = contracts;
  const action = { contract: 'ContractGas', actionName: 'run', data: '[]' };
  const bytes = ledger.transaction([action], 'user_0', {}).bytes.length;
  const account = ledger.base.get('m-auth.iost-auth-user_0');
  assert(account?.kind === 'string');
  // The record is read once, with its type and its separator of the payer.
  const record = account.value.length + 2;
  const answer = '[""]'.length;
  const gas = 10 * bytes + record + 30_000 + LOAD + 10 * answer;
  const receipt = ledger.succeed('ContractGas', 'run', []);
  assert.equal(receipt.gasUsage, BigInt(gas) * 100n);
  // Two actions cost the frame, the code and the answer twice.
  const two = 10 * ledger.transaction([action, action], 'user_0', {}).bytes.length;
  const outcome = ledger.run([action, action]);
  assert(outcome.kind === 'executed');
  const both = two + record + 2 * (30_000 + LOAD + 10 * answer);
  assert.equal(outcome.receipt.gasUsage, BigInt(both) * 100n);
});

test('out of gas takes the whole limit', () => {
  const contracts = new ContractLedger();
  contracts.place('ContractGas', 'class Gas { run() { for (;;); } } module.exports = Gas;', {
    run: [],
  });
  const receipt = contracts.ledger.receipt('ContractGas', 'run', [], 'user_0', {
    fields: { gasLimit: 2_000_000n + 100_000n * 100n },
  });
  assert.equal(receipt.message, 'out of gas');
  assert.equal(receipt.gasUsage, 12_000_000n);
});
