import assert from 'node:assert/strict';
import { test } from 'node:test';
import { abiFile, contractJson, contractOfJson } from '#core/iosvm/contract-json.ts';
import type { Flaw } from '#core/iosvm/flaw.ts';
import { abiOfSource, type ChosenLimits } from '#core/iosvm/source-abi.ts';
import { describeFlaw, offsetOf, placeOf } from '#core/iosvm/source-place.ts';

/** A class of these members, with `before` above it. */
const contract = (members: string, before = ''): string =>
  `${before}\nclass Example {\n  init() {}\n${members}\n}\nmodule.exports = Example;\n`;

function read(source: string, chosen?: ChosenLimits) {
  const compiled = abiOfSource(source, chosen);
  assert.ok(compiled.ok, JSON.stringify(compiled));
  return compiled.value;
}

/** Limits of the ABI `pay`, as `amount token`. */
function limits(members: string, before = ''): readonly string[] {
  const abi = read(contract(members, before)).abi.find(({ name }) => name === 'pay');
  assert.ok(abi !== undefined);
  return abi.amountLimit.map(({ token, value }) => `${value} ${token}`);
}

function flaws(source: string): readonly Flaw[] {
  const compiled = abiOfSource(source);
  assert.ok(!compiled.ok);
  return compiled.failure;
}

const place = (source: string, { at }: Flaw): string => {
  const { line, column } = placeOf(source, at);
  return `${line}:${column}`;
};

test('public methods are the ABI, with the types of their comments', () => {
  const { abi, warnings } = read(
    contract(`
  /**
   * Sends.
   * @param {string} to - who gets it
   * @param {number} count
   * @param {boolean} now
   * @param {json} [more] anything
   */
  send(to, count, now, more = null) {}
  // no arguments, so no comment is needed
  plain() {}
  /** @param {string} x */
  _internal(x) {}`),
  );
  assert.deepEqual(abi, [
    { name: 'send', args: ['string', 'number', 'bool', 'json'], amountLimit: [] },
    { name: 'plain', args: [], amountLimit: [] },
  ]);
  assert.deepEqual(warnings, []);
});

test('types that are missing, unknown or of no parameter are shown where they are, all at once', () => {
  const source = contract(`
  /**
   * @param {string} to
   * @param {int} count
   * @param {string} form
   */
  send(to, count, from) {}
  bare(x) {}
  rest(...all) {}
  $odd() {}
  get value() { return 1; }
  *many() {}`);
  assert.deepEqual(
    flaws(source).map((flaw) => [place(source, flaw), flaw.message.split(':')[0]]),
    [
      ['7:14', '"int" is no type of an argument'],
      ['10:19', 'parameter from of send has no type'],
      ['8:14', '@param form is no parameter of send'],
      ['11:8', 'parameter x of bare has no type'],
      ['12:8', 'rest is called with a fixed number of arguments'],
      ['13:3', '$odd cannot be called from outside'],
      ['14:3', 'value is no plain method; begin its name with _'],
      ['15:3', 'many is no plain method; begin its name with _'],
    ],
  );
});

test('a comment belongs to the method right below it', () => {
  const source = contract('/** @param {string} x */\n  _one(x) {}\n  two(x) {}');
  assert.match(flaws(source)[0]?.message ?? '', /^parameter x of two has no type/);
  const plain = contract('/* @param {string} x */\n  two(x) {}');
  assert.match(flaws(plain)[0]?.message ?? '', /^parameter x of two has no type/);
});

test('what keeps a source from being a contract is shown where it is', () => {
  const cases = [
    ['class A {', '1:10', /^Unexpected end of input$/],
    [contract('a() { return /x/; }'), '4:14', /RegularExpression/],
    [contract('a() { const [x] = y; }'), '4:13', /ArrayPattern/],
    [contract('constructor() {}'), '4:1', /constructor/],
    ['class A { run() {} }\nmodule.exports = A;', '1:1', /has no method init\(\)/],
    ['class A { init() {} }\nmodule.exports = B;', '2:1', /names no class of this file/],
    ['class A { init() {} }\nexports = A;', '2:1', /^the last statement has to be/],
  ] as const;
  for (const [source, at, message] of cases) {
    const [flaw] = flaws(source);
    assert.ok(flaw !== undefined);
    assert.match(flaw.message, message);
    assert.equal(place(source, flaw), at, source);
  }
});

test('limits: literals are added up, branches count once', () => {
  assert.deepEqual(limits("pay() { blockchain.deposit('a', '2.5', ''); }"), ['2.5 iost']);
  assert.deepEqual(limits("pay() { blockchain.transfer('a', 'b', 3, ''); }"), ['3 iost']);
  assert.deepEqual(
    limits(`pay() {
      blockchain.deposit('a', '1', '');
      if (x) { blockchain.deposit('a', '2', ''); } else { blockchain.deposit('a', '5', ''); }
      x ? blockchain.deposit('a', '0.1', '') : 0;
    }`),
    ['6.1 iost'],
  );
  assert.deepEqual(
    limits(`pay() {
      blockchain.callWithAuth('token.iost', 'transfer', ['iost', 'a', 'b', '1', '']);
      blockchain.callWithAuth('token.iost', 'transferFreeze', ['gem', 'a', 'b', '2', 1, '']);
      blockchain.callWithAuth('token.iost', 'destroy', JSON.stringify(['gem', 'a', '3']));
      blockchain.callWithAuth('gas.iost', 'pledge', ['a', 'a', '4']);
    }`),
    ['5 iost', '5 gem'],
  );
});

test('limits: tokens of the contract itself and reading calls need none', () => {
  assert.deepEqual(
    limits(`pay() {
      const me = blockchain.contractName();
      blockchain.withdraw('a', '1', '');
      blockchain.transfer(me, 'a', '1', '');
      blockchain.callWithAuth('token.iost', 'transfer', ['gem', me, 'a', '1', '']);
      blockchain.call('token.iost', 'balanceOf', ['gem', 'a']);
      this.deposit('a', '1');
    }`),
    [],
  );
});

test('limits: constants, arguments, helpers and number classes are followed', () => {
  const before = `
    const PRICE = '1.5';
    const take = (from, amount) => { blockchain.deposit(from, amount.toString(), ''); };
    function twice(from) { take(from, PRICE); take(from, new Float64('2')); }
    class Till { take(from) { blockchain.deposit(from, \`10\`, ''); } }`;
  assert.deepEqual(limits("pay() { twice('a'); }", before), ['3.5 iost']);
  assert.deepEqual(limits("pay() { this._more('7'); } _more(n) { take('a', n); }", before), [
    '7 iost',
  ]);
  assert.deepEqual(limits("pay() { new Till().take('a'); }", before), ['10 iost']);
});

test('limits: what is no literal, or may happen any number of times, is unlimited and said', () => {
  const unknown = [
    'pay() { blockchain.deposit("a", storage.get("price"), ""); }',
    'pay() { let x = "1"; x = storage.get("price"); blockchain.deposit("a", x, ""); }',
    'pay() { for (const a of [1, 2]) blockchain.deposit("a", "1", ""); }',
    'pay() { [1, 2].forEach((a) => { blockchain.deposit("a", "1", ""); }); }',
    'pay() { blockchain.deposit("a", "1", ""); this.pay(); }',
    'pay() { blockchain.deposit("a", "-1", ""); }',
  ];
  for (const members of unknown) {
    assert.deepEqual(limits(members), ['unlimited iost'], members);
    const { warnings } = read(contract(members));
    assert.match(warnings[0]?.message ?? '', /^pay moves iost .*@amountLimit iost 100/, members);
  }
  assert.deepEqual(
    limits(
      '/** @param {string} t */\n pay(t) { blockchain.callWithAuth("token.iost", "transfer", [t, "a", "b", "1", ""]); }',
    ),
    ['1 *'],
  );
});

test('limits: calls that cannot be looked into are said, and no limit is made up', () => {
  const unseen = [
    'pay() { blockchain.callWithAuth("ContractX", "buy", []); }',
    'pay() { blockchain.call(storage.get("market"), "buy", []); }',
    'pay() { const b = blockchain; b.deposit("a", "1", ""); }',
    'pay() { blockchain["deposit"]("a", "1", ""); }',
  ];
  for (const members of unseen) {
    const { abi, warnings } = read(contract(members));
    assert.deepEqual(abi[0]?.amountLimit, [], members);
    assert.match(warnings[0]?.message ?? '', /^pay: .*@amountLimit/, members);
  }
});

test('limits: what the author says counts, and nothing is warned of', () => {
  const members = `
  /**
   * @amountLimit iost 100
   * @amountLimit * unlimited
   */
  pay() { blockchain.deposit("a", x, ""); }
  /** @amountLimit none */
  other() { blockchain.call("ContractX", "buy", []); }`;
  const { abi, warnings } = read(contract(members));
  assert.deepEqual(
    abi.map(({ amountLimit }) => amountLimit),
    [
      [
        { token: 'iost', value: '100' },
        { token: '*', value: 'unlimited' },
      ],
      [],
    ],
  );
  assert.deepEqual(warnings, []);
  const wrong = contract('/** @amountLimit 100 iost */\n  pay() {}');
  assert.equal(place(wrong, flaws(wrong)[0] as Flaw), '4:5');
});

test('limits: what the publisher says wins, by ABI and for all that move tokens', () => {
  const source = contract(`
  /** @amountLimit iost 1 */
  pay() {}
  open() { blockchain.deposit("a", x, ""); }
  quiet() {}`);
  const chosen = new Map([
    ['pay', [{ token: 'iost', value: '2' }]],
    ['*', [{ token: 'iost', value: '9' }]],
  ]);
  const { abi, warnings } = read(source, chosen);
  assert.deepEqual(
    abi.map(({ name, amountLimit }) => [name, amountLimit[0]?.value]),
    [
      ['pay', '2'],
      ['open', '9'],
      ['quiet', undefined],
    ],
  );
  assert.deepEqual(warnings, []);
  const unknown = abiOfSource(source, new Map([['nobody', []]]));
  assert.ok(!unknown.ok);
});

test('the ABI file is what publishing takes', () => {
  const { abi } = read(
    contract('/** @param {string} a */ pay(a) { blockchain.deposit(a, 1, ""); }'),
  );
  const info = { language: 'javascript', version: '1.0.0', abi };
  assert.deepEqual(abiFile(info), {
    lang: 'javascript',
    version: '1.0.0',
    abi: [{ name: 'pay', args: ['string'], amountLimit: [{ token: 'iost', val: '1' }] }],
  });
  const published = { ...info, id: 'ContractX', code: 'code', originalCode: '' };
  const back = contractOfJson(contractJson(published));
  assert.ok(back.ok);
  assert.deepEqual(back.value, published);
});

test('places: line, column, and a caret below the character', () => {
  const source = 'one\n\ttwo three\nfour';
  const at = source.indexOf('three');
  assert.deepEqual(placeOf(source, at), { line: 2, column: 6 });
  assert.equal(offsetOf(source, { line: 2, column: 6 }), at);
  assert.equal(offsetOf(source, { line: 9, column: 1 }), source.length);
  assert.equal(
    describeFlaw('a.js', source, { message: 'no', at }),
    'a.js:2:6: no\n    \ttwo three\n    \t    ^',
  );
  const long = `${'x'.repeat(500)}!${'y'.repeat(500)}`;
  const [, line, caret] = describeFlaw('a.js', long, { message: 'no', at: 500 }).split('\n');
  assert.equal(line?.length, 114);
  assert.equal(line?.[caret?.indexOf('^') ?? 0], '!');
});
