/**
 * Contract programs from a seed: what authors write, in combinations that nobody would. Most of a
 * program works, some of it throws, runs out of gas or hits a limit: every end has to be the same on
 * every node.
 */

import type { ArgumentType } from '#core/ledger/native/native-contract.ts';
import { SeededRandom } from '#test/support/seeded-random.ts';

export type ProgramCall = { readonly abi: string; readonly args: readonly unknown[] };

export type Program = {
  readonly source: string;
  readonly abis: Readonly<Record<string, readonly ArgumentType[]>>;
  readonly calls: readonly ProgramCall[];
};

/** Id of a contract that programs call; it lives beside them. */
export const HELPER_ID = 'ContractHelper';
export const HELPER_SOURCE = `class Helper {
  echo(x) { storage.put('last', x); return x; }
  sum(list) { let s = 0; for (const x of list) s += x; return s; }
  back(id, abi) { return blockchain.call(id, abi, ['x', 1])[0]; }
  fail(x) { throw new Error('helper ' + x); }
}
module.exports = Helper;`;
export const HELPER_ABIS: Program['abis'] = {
  echo: ['string'],
  sum: ['json'],
  back: ['string', 'string'],
  fail: ['string'],
};

const DEPTH_MAX = 4;
const METHODS = 3;
const CALLS = 5;
const TEXTS = [
  '',
  'a',
  'abc',
  'key',
  '10',
  '-1',
  '0.1',
  '1e21',
  'ünï',
  '\\u2028',
  'x,y,z',
  '[1,2]',
];
const NUMBERS = [
  '0',
  '1',
  '(-1)',
  '2',
  '7',
  '0.1',
  '1e9',
  '2147483648',
  '1e21',
  'NaN',
  '(-0)',
  '3.5',
];
const BINARY = ['+', '-', '*', '/', '%', '**', '|', '&', '^', '<<', '>>', '>>>'];
const COMPARISONS = ['==', '!=', '===', '!==', '<', '<=', '>', '>='];
const MATH = ['abs', 'ceil', 'floor', 'round', 'max', 'min', 'pow', 'sqrt', 'cbrt', 'log', 'log1p'];
const TEXT_METHODS = [
  'charAt(1)',
  'charCodeAt(0)',
  "concat('z')",
  "includes('a')",
  "indexOf('a')",
  "lastIndexOf('1')",
  "replace('a', '$&$&')",
  "split('')",
  "split(',')",
  'slice(1)',
  'substring(0, 2)',
  'toUpperCase()',
  'trim()',
  'repeat(3)',
  'length',
];
const LIST_METHODS = [
  'concat([1, [2]])',
  "join('-')",
  'slice(1)',
  'reverse()',
  'sort()',
  'sort((a, b) => a - b)',
  'map((x) => x + 1)',
  'map(function (x, i) { return i; })',
  'filter((x) => x)',
  'indexOf(1)',
  'includes(NaN)',
  'splice(0, 1, 5, 6)',
  'push(9)',
  'pop()',
  'shift()',
  'unshift(0)',
  'toString()',
  'length',
  'every((x) => x > 0)',
  'find((x) => x > 1)',
];
const DECIMAL_METHODS = ['plus', 'minus', 'multi', 'div', 'mod', 'eq', 'gt', 'lte'];
const BIG_METHODS = ['plus', 'minus', 'times', 'div', 'idiv', 'mod', 'pow', 'eq', 'lt'];

export function programOf(seed: number): Program {
  return new ProgramWriter(new SeededRandom(seed)).write();
}

class ProgramWriter {
  readonly #random: SeededRandom;
  #variables: string[] = [];
  #count = 0;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  write(): Program {
    const top = this.#chance(2) ? `const top = ${this.#expression(2)};` : 'let top = [];';
    const names = Array.from({ length: METHODS }, (_, index) => `method${index}`);
    const methods = names.map((name) => this.#method(name));
    return {
      source: `${top}
function outer(x) { ${this.#chance(3) ? 'top = x;' : ''} return x; }
function* numbers(n) { let i = 0; while (i < n) { const y = yield i++; if (y) i += y; } }
class Base { constructor(v) { this.v = v; } get twice() { return this.v + this.v; } toString() { return 'B' + this.v; } }
class Program {
init() {}
${methods.join('\n')}
}
module.exports = Program;`,
      abis: Object.fromEntries(names.map((name) => [name, ['string', 'number'] as const])),
      calls: Array.from({ length: CALLS }, () => ({
        abi: this.#pick(names),
        args: [this.#pick(['k', 'alice', '5', 'longer name']), this.#random.below(12)],
      })),
    };
  }

  #method(name: string): string {
    this.#variables = ['s', 'n'];
    return `${name}(s, n) {\nconst s0 = s, n0 = n;\n${this.#statements(3 + this.#random.below(5), 0)}\nreturn ${this.#expression(0)};\n}`;
  }

  #statements(count: number, depth: number): string {
    const outside = this.#variables.length;
    const lines = Array.from({ length: count }, () => this.#statement(depth));
    if (depth > 0) this.#variables.length = outside;
    return lines.join('\n');
  }

  #statement(depth: number): string {
    const body = () => this.#statements(1 + this.#random.below(2), depth + 1);
    const value = () => this.#expression(depth);
    const kinds: readonly (() => string)[] = [
      () => this.#declare(value()),
      () => this.#declare(value()),
      () => `${this.#variable()} ${this.#pick(['=', '+=', '-='])} ${value()};`,
      () => this.#storage(depth),
      () => this.#storage(depth),
      () => `if (${value()}) { ${body()} } else ${this.#chance(2) ? `{ ${body()} }` : ';'}`,
      () => this.#loop(body()),
      () =>
        `switch (${value()}) { case ${value()}: ${body()} break; case 'a': default: ${body()} }`,
      () => `blockchain.receipt('r' + ${value()});`,
      () => `${this.#variable()}${this.#pick(['++', '--'])};`,
      () =>
        this.#chance(12) ? `throw ${this.#chance(2) ? `new Error(${value()})` : value()};` : ';',
      () => `this.${this.#pick(['f', 'g'])} = ${value()};`,
    ];
    return depth >= DEPTH_MAX ? this.#declare('1') : this.#pick(kinds)();
  }

  #loop(body: string): string {
    const index = this.#fresh();
    // Long ones so that the engine compiles what it ran before.
    const rounds = this.#pick([2, 3, 10, 300]);
    switch (this.#random.below(4)) {
      case 0:
        return `for (let ${index} = 0; ${index} < ${rounds}; ${index}++) { ${body} }`;
      case 1:
        return `for (const ${index} of ${this.#list(2)}) { ${body} }`;
      case 2:
        return `for (const ${index} in { a: 1, b: ${this.#expression(3)} }) { ${body} }`;
      default:
        return `let ${index} = 0; while (${index}++ < ${rounds}) { ${body} if (${index} > 5) ${this.#pick(['break', 'continue'])}; }`;
    }
  }

  #storage(depth: number): string {
    const key = this.#chance(20)
      ? "'bad-key'"
      : this.#pick(["'a'", "'b'", 's0', "'k' + n0", "'p' + s0"]);
    const text = `'' + ${this.#expression(depth + 1)}`;
    const read = this.#pick([`get(${key})`, `mapGet('m', ${key})`, "mapKeys('m')", `has(${key})`]);
    if (this.#chance(2)) return this.#declare(`storage.${read}`);
    return this.#pick([
      `storage.put(${key}, ${text});`,
      `storage.put(${key}, ${text}, blockchain.publisher());`,
      `storage.mapPut('m', ${key}, ${text});`,
      `storage.del(${key});`,
      `storage.mapDel('m', ${key});`,
    ]);
  }

  #expression(depth: number): string {
    if (depth >= DEPTH_MAX || this.#chance(4)) return this.#leaf();
    const inner = () => this.#expression(depth + 1);
    const kinds: readonly (() => string)[] = [
      () => `(${inner()} ${this.#pick(BINARY)} ${inner()})`,
      () => `(${inner()} + ${inner()})`,
      () => `(${inner()} ${this.#pick(COMPARISONS)} ${inner()})`,
      () => `(${inner()} ${this.#pick(['&&', '||'])} ${inner()})`,
      () => `(${inner()} ? ${inner()} : ${inner()})`,
      () => `\`<\${${inner()}}|\${${inner()}}>\``,
      () => `('' + ${inner()}).${this.#pick(TEXT_METHODS)}`,
      () => `${this.#list(depth + 1)}.${this.#pick(LIST_METHODS)}`,
      () => `Math.${this.#pick(MATH)}(${inner()}, ${inner()})`,
      () => `JSON.stringify(${inner()}${this.#pick(['', ', null, 2', ", ['a', 'v']"])})`,
      () => `JSON.parse(JSON.stringify([${inner()}]))`,
      () => `new Int64(${this.#whole()}).${this.#pick(DECIMAL_METHODS)}(${this.#whole()})`,
      () => `new Float64(${this.#number()}).${this.#pick(DECIMAL_METHODS)}(${this.#number()})`,
      () => `new BigNumber(${this.#number()}).${this.#pick(BIG_METHODS)}(${this.#number()})`,
      () => `new Base(${inner()})${this.#pick(['', '.twice', '.v'])}`,
      () => `((x, y = ${inner()}) => x + y)(${inner()})`,
      () => `(function (...r) { return r.length + ${inner()}; })(...${this.#list(depth + 1)})`,
      () => `{ a: ${inner()}, b: ${inner()} }.a`.replace(/^/, '(').replace('.a', ').a'),
      () => `({ a: ${inner()}, [${inner()}]: 1 })`,
      () => `outer(${inner()})`,
      () => `[...numbers(${this.#random.below(6)})]`,
      () => `IOSTCrypto.sha3('' + ${inner()})`,
      () => `blockchain.call('${HELPER_ID}', 'sum', [${this.#list(depth + 1)}])[0]`,
      () => `blockchain.call('${HELPER_ID}', 'echo', ['' + ${inner()}])[0]`,
      () => (this.#chance(5) ? this.#back() : inner()),
      () => `(typeof (${inner()}))`,
      () => `(!(${inner()}))`,
      () => `(-(${inner()}))`,
    ];
    return this.#pick(kinds)();
  }

  #leaf(): string {
    return this.#pick([
      () => this.#variable(),
      () => this.#variable(),
      () => this.#pick(NUMBERS),
      () => `'${this.#pick(TEXTS)}'`,
      () => this.#list(DEPTH_MAX),
      () =>
        this.#pick([
          'true',
          'false',
          'null',
          'undefined',
          'top',
          'this.f',
          'block.number',
          'tx.publisher',
        ]),
    ])();
  }

  #list(depth: number): string {
    const length = this.#random.below(4);
    if (depth >= DEPTH_MAX) return `[${this.#pick(['', '1, 2, 3', "'b', 'a'", '1, [2], null'])}]`;
    return `[${Array.from({ length }, () => this.#expression(depth + 1)).join(', ')}]`;
  }

  #number(): string {
    return this.#pick([
      `'${this.#random.below(1000)}.5'`,
      `'${this.#random.below(99)}'`,
      'n0',
      '3',
    ]);
  }

  /** Calls this contract by way of another. */
  #back(): string {
    return `blockchain.call('${HELPER_ID}', 'back', [blockchain.contractName(), 'method0'])`;
  }

  #whole(): string {
    return this.#pick([
      `'${1 + this.#random.below(99)}'`,
      '3',
      'n0 + 1',
      `${this.#random.below(5)}`,
    ]);
  }

  #declare(value: string): string {
    const name = this.#fresh();
    this.#variables.push(name);
    return `let ${name} = ${value};`;
  }

  #fresh(): string {
    this.#count += 1;
    return `v${this.#count}`;
  }

  #variable(): string {
    return this.#pick(this.#variables);
  }

  #chance(of: number): boolean {
    return this.#random.below(of) === 0;
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#random.below(from.length)] as T;
  }
}
