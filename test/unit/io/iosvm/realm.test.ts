import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ContractLedger } from './contracts.ts';

/** What a contract sees when it looks at everything it can reach. */
function realm(body: string): unknown {
  const contracts = new ContractLedger();
  contracts.place(
    'ContractLook',
    `function root() { return this; }
    function names(x) {
      return Object.getOwnPropertyNames(x).filter(function (n) {
        return Object.getOwnPropertyDescriptor(x, n).value !== null;
      }).sort().join(' ');
    }
    class Look { run() { ${body} } }
    module.exports = Look;`,
    { run: [] },
  );
  const { ledger } = contracts;
  const receipt = ledger.succeed('ContractLook', 'run', [], 'user_0', {
    fields: { gasLimit: 400_000_000n },
  });
  return JSON.parse(String(JSON.parse(receipt.returns[0] ?? '[]')[0]));
}

test('the names that exist', () => {
  assert.deepEqual(
    realm(
      'return [names(root()), names(Object), names(Object.prototype), names(Function.prototype)];'.replace(
        'Function.prototype',
        'Object.getPrototypeOf(root)',
      ),
    ),
    [
      'Array BigNumber Error Float64 IOSTCrypto Infinity Int64 JSON Math MaxFloat64 MaxInt64 MinFloat64 MinInt64 NaN Number Object String Symbol blockchain console eval isFinite isNaN require storage undefined',
      'assign create defineProperty entries freeze getOwnPropertyDescriptor getOwnPropertyNames getOwnPropertySymbols getPrototypeOf is isExtensible isFrozen isSealed keys length name preventExtensions prototype seal values',
      'constructor hasOwnProperty isPrototypeOf propertyIsEnumerable toString valueOf',
      'apply bind call constructor length name toString',
    ],
  );
  assert.deepEqual(
    realm(
      'return [names([].constructor.prototype), names(String.prototype), names(Math), names(Number), names(String), names(Symbol), names(Error), names(JSON)];',
    ),
    [
      'concat constructor every filter find findIndex forEach includes indexOf join keys lastIndexOf length map pop push reverse shift slice sort splice toString unshift',
      'charAt charCodeAt concat constructor endsWith includes indexOf lastIndexOf length repeat replace search slice split startsWith substring toJSON toLowerCase toString toUpperCase trim trimLeft trimRight valueOf',
      'E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2 abs cbrt ceil floor log log10 log1p max min pow round sqrt',
      'EPSILON MAX_SAFE_INTEGER MAX_VALUE MIN_SAFE_INTEGER MIN_VALUE NEGATIVE_INFINITY NaN POSITIVE_INFINITY isFinite isInteger isNaN isSafeInteger length name parseFloat parseInt prototype',
      'fromCharCode length name prototype',
      'for hasInstance iterator length name prototype toPrimitive toStringTag',
      'length name prototype stackTraceLimit',
      'parse stringify',
    ],
  );
});

test('everything that can be reached is frozen', () => {
  assert.deepEqual(
    realm(`const seen = [], open = [root()], loose = [], own = [Look, Look.prototype, root, names, root.prototype, names.prototype];
      open.push([][Symbol.iterator](), (function* () {})(), ''[Symbol.iterator]());
      while (open.length > 0) {
        const x = open.pop();
        if ((typeof x !== 'object' || x === null) && typeof x !== 'function') continue;
        if (seen.includes(x) || own.includes(x)) continue;
        seen.push(x);
        const keys = Object.getOwnPropertyNames(x).concat(Object.getOwnPropertySymbols(x));
        if (!Object.isFrozen(x) && keys.length > 0) loose.push(keys.map(function (k) { return k.toString(); }).join());
        open.push(Object.getPrototypeOf(x));
        for (const k of keys) {
          const d = Object.getOwnPropertyDescriptor(x, k);
          open.push(d.value, d.get, d.set);
        }
      }
      return [loose, seen.length > 150];`),
    [[], true],
  );
});

test('nothing can be reached but what is listed', () => {
  const reached =
    realm(`const seen = [], own = [Look, Look.prototype, root, names, root.prototype, names.prototype];
    const open = [['global', root()], ['list iterator', [][Symbol.iterator]()], ['generator', (function* () {})()], ['text iterator', ''[Symbol.iterator]()]];
    const found = [];
    while (open.length > 0) {
      const entry = open.shift(), path = entry[0], x = entry[1];
      if ((typeof x !== 'object' || x === null) && typeof x !== 'function') continue;
      if (seen.includes(x) || own.includes(x)) continue;
      seen.push(x);
      const keys = Object.getOwnPropertyNames(x).concat(Object.getOwnPropertySymbols(x));
      const shown = [];
      open.push([path + ' prototype of', Object.getPrototypeOf(x)]);
      for (const k of keys) {
        const d = Object.getOwnPropertyDescriptor(x, k);
        if (d.value !== null) shown.push(k.toString());
        open.push([path + '.' + k.toString(), d.value], [path + '.get ' + k.toString(), d.get], [path + '.set ' + k.toString(), d.set]);
      }
      const isPlain = typeof x === 'function' && shown.sort().join(' ') === 'length name';
      if (!isPlain) found.push(path + ': ' + shown.sort().join(' '));
      else found.push(path);
    }
    return found;`);
  const listed = readFileSync(new URL('./reachable.json', import.meta.url), 'utf8');
  assert.deepEqual(reached, JSON.parse(listed));
});
