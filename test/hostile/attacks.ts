// biome-ignore-all lint/suspicious/noTemplateCurlyInString: sources of contracts are texts
/**
 * Contracts that try to crash, hang, escape or outgrow the node: the scripts that limits.md and
 * ecosystem.md report as a crash or a hang of isolated-vm, and ways around the counters. `body` is the
 * body of the method that is called, `top` stands before the class.
 */

export type Attack = {
  readonly name: string;
  readonly body: string;
  readonly top?: string;
  /** Part of the message of the receipt; an empty text means that the call succeeds. */
  readonly expected: string;
};

const GAS = 'out of gas';
const MEMORY = 'out of memory';

export const ATTACKS: readonly Attack[] = [
  { name: 'endless loop', body: 'while (true) {}', expected: GAS },
  { name: 'endless for', body: 'for (;;);', expected: GAS },
  { name: 'endless do', body: 'do ; while (true)', expected: GAS },
  { name: 'endless recursion', body: 'return this.attack();', expected: 'call stack size' },
  {
    name: 'errors without end, each with its stack',
    body: 'let last; for (;;) last = new Error("x");',
    expected: MEMORY,
  },
  {
    name: 'a message that looks like a stack',
    body: 'throw new Error("x\\n    at a (b:99999999:1e9)\\n    at a (b:5000:1)");',
    expected: 'Error: x',
  },
  {
    name: 'recursion of arrows',
    body: 'const f = (x) => f(x) + 1; return f(1);',
    expected: 'call stack size',
  },
  {
    name: 'recursion with many arguments',
    body: 'const a = []; for (let i = 0; i < 4000; i++) a.push(i); const f = (...x) => f(...x); return f(...a);',
    expected: 'call stack size',
  },
  {
    name: 'recursion of generators',
    body: 'function* g() { yield* g(); } for (const x of g()) return x;',
    expected: 'call stack size',
  },
  {
    name: 'recursion of getters',
    body: 'const o = { get x() { return this.x; } }; return o.x;',
    expected: 'call stack size',
  },
  {
    name: 'recursion by toString of nested arrays',
    body: 'let a = []; for (let i = 0; i < 100000; i++) a = [a]; return "" + a;',
    expected: 'call stack size',
  },
  {
    name: 'recursion by JSON.stringify',
    body: 'let a = []; for (let i = 0; i < 50000; i++) a = [a]; return JSON.stringify(a);',
    expected: GAS,
  },
  {
    name: 'recursion by bound functions',
    body: 'let f = () => 1; for (let i = 0; i < 50000; i++) f = f.bind(null); return f();',
    expected: 'call stack size',
  },
  {
    name: 'recursion by sort comparator',
    body: 'const f = () => { [2, 1].sort(f); return 1; }; return f();',
    expected: 'call stack size',
  },
  {
    name: 'recursion by apply',
    body: 'function f() { return f.apply(null, arguments); } return f(1);',
    expected: 'call stack size',
  },
  {
    name: 'recursion by replace callback',
    body: 'const f = () => "a".replace("a", f); return f();',
    expected: 'call stack size',
  },
  {
    name: 'recursion by class constructors',
    body: 'class A { constructor() { new A(); } } new A();',
    expected: 'call stack size',
  },
  {
    name: 'recursion by toJSON',
    body: 'const o = { toJSON() { return JSON.stringify(o); } }; return JSON.stringify(o);',
    expected: 'call stack size',
  },
  {
    name: 'recursion by valueOf',
    body: 'const o = { valueOf() { return o - 1; } }; return o - 1;',
    expected: 'call stack size',
  },
  { name: 'huge array', body: 'return new Array(2 ** 26).fill(0).join("");', expected: '' },
  { name: 'huge array alone', body: 'return new Array(20000000).length;', expected: GAS },
  { name: 'array of any length', body: 'return new Array(1e9);', expected: GAS },
  {
    name: 'array constructor of a literal',
    body: 'return new ([].constructor)(1e9);',
    expected: GAS,
  },
  { name: 'repeat and split', body: 'return "a".repeat(2 ** 28).split("");', expected: GAS },
  {
    name: 'repeat within gas',
    body: 'return "a".repeat(39000000).split("").length;',
    expected: '',
  },
  { name: 'padding', body: 'return "a".padStart(2 ** 29 - 24);', expected: 'not a function' },
  {
    name: 'replace everywhere',
    body: 'return "x".repeat(2 ** 20).replace("x", "$&".repeat(100000)).length;',
    expected: MEMORY,
  },
  { name: 'doubling text', body: 'let s = "x"; while (true) s += s;', expected: GAS },
  {
    name: 'join of one long text',
    body: 'const s = "x".repeat(1000000); const a = []; for (let i = 0; i < 1000; i++) a.push(s); return a.join("").length;',
    expected: MEMORY,
  },
  {
    name: 'concat of arrays',
    body: 'let a = [1, 2, 3, 4]; while (true) a = a.concat(a);',
    expected: '',
  },
  { name: 'fill', body: 'const a = []; a.length = 2 ** 32 - 1; a.fill(0);', expected: 'function' },
  {
    name: 'sort of holes',
    body: 'const a = []; a.length = 2 ** 32 - 1; a.sort();',
    expected: 'gas',
  },
  {
    name: 'indexOf over holes',
    body: 'const a = []; a.length = 2 ** 32 - 1; return a.indexOf(1);',
    expected: GAS,
  },
  {
    name: 'methods of something like an array',
    body: 'return [].forEach.call({ length: 2 ** 53 - 1 }, (x) => x);',
    expected: MEMORY,
  },
  {
    name: 'apply with a list of any length',
    body: 'return Math.max.apply(null, { length: 1e9 });',
    expected: 'too many arguments',
  },
  {
    name: 'spread of an endless iterator',
    body: 'function* g() { while (true) yield 1; } return Math.max(...g());',
    expected: '',
  },
  {
    name: 'growing array',
    body: 'const a = []; while (true) a.push({ a: 1, b: a });',
    expected: '',
  },
  {
    name: 'growing object',
    body: 'const o = {}; for (let i = 0; ; i++) o["k" + i] = i;',
    expected: GAS,
  },
  {
    name: 'long literals',
    body: `const a = []; while (true) a.push([${'0,'.repeat(4000)}0]);`,
    expected: MEMORY,
  },
  {
    name: 'shift of a long array',
    body: 'const a = new Array(1000000); while (true) { a.shift(); a.push(1); }',
    expected: MEMORY,
  },
  {
    name: 'keys of a large object',
    body: 'const o = {}; for (let i = 0; i < 20000; i++) o["k" + i] = i; while (true) Object.keys(o);',
    expected: MEMORY,
  },
  {
    name: 'for-in over a large object',
    body: 'const o = {}; for (let i = 0; i < 20000; i++) o["k" + i] = i; while (true) for (const k in o) break;',
    expected: MEMORY,
  },
  {
    name: 'numbers out of long texts',
    body: 'const s = "1".repeat(1000000); let x = 0; while (true) x = +s;',
    expected: MEMORY,
  },
  {
    name: 'increment of a long text',
    body: 'const s = "1".repeat(1000000); const o = {}; while (true) { o.x = s; o.x++; }',
    expected: MEMORY,
  },
  {
    name: 'Number of a long text',
    body: 'const s = "1".repeat(1000000); while (true) Number(s);',
    expected: MEMORY,
  },
  {
    name: 'switch over long texts',
    body: 'const s = "x".repeat(1000000), t = "x".repeat(1000000); while (true) switch (s) { case t: }',
    expected: MEMORY,
  },
  {
    name: 'includes of long texts',
    body: 'const s = "x".repeat(1000000), t = "x".repeat(1000000) ; const a = [s, s, s, s, s, s, s]; while (true) a.includes(t + "y");',
    expected: '',
  },
  {
    name: 'catastrophic pattern',
    body: 'return "a".repeat(50).concat("b").search("(a+)+$");',
    expected: 'RegularExpression',
  },
  {
    name: 'thrown getter',
    body: 'throw { get message() { while (true) {} } };',
    expected: 'object',
  },
  {
    name: 'error with a looping name',
    body: 'const e = new Error("x"); Object.defineProperty(e, "name", { get() { while (true) {} } }); throw e;',
    expected: 'Error: x',
  },
  {
    name: 'prepareStackTrace',
    body: 'Error.prepareStackTrace = () => { while (true) {} }; null.x;',
    expected: 'Cannot',
  },
  { name: 'thrown function', body: 'throw () => 1;', expected: 'function' },
  { name: 'thrown symbol', body: 'throw Symbol("x");', expected: 'Symbol' },
  {
    name: 'code from text by a function',
    body: 'return (() => {}).constructor("return 1")();',
    expected: 'Code generation',
  },
  {
    name: 'code from text by a generator',
    body: 'return (function* () {}).constructor("return 1")();',
    expected: 'Code generation',
  },
  { name: 'eval', body: 'return eval("1");', expected: 'Code generation' },
  { name: 'indirect eval', body: 'return (0, eval)("1");', expected: 'Code generation' },
  {
    name: 'arguments of the wrapper',
    top: 'const all = typeof arguments;',
    body: 'return all + typeof this.constructor.caller;',
    expected: '',
  },
  {
    name: 'globals that do not exist',
    body: 'return [typeof globalThis, typeof process, typeof setTimeout, typeof BigInt, typeof WeakRef, typeof Iterator, typeof $host, Map, Date, Proxy, Promise, WebAssembly].join();',
    expected: '',
  },
  { name: 'random', body: 'return Math.random();', expected: 'not a function' },
  { name: 'locale', body: 'return (1234.5).toLocaleString();', expected: 'not a function' },
  {
    name: 'prototype pollution',
    body: 'const had = [].evil + {}.evil; try1(); return had; ',
    top: 'function try1() { Array.prototype.evil = 1; Object.prototype.evil = 1; storage.evil = 1; JSON.evil = 1; }',
    expected: '',
  },
  {
    name: 'state in a global',
    top: 'function count() { seen = typeof seen === "undefined" ? 1 : seen + 1; return seen; }',
    body: 'return count();',
    expected: '',
  },
  {
    name: 'state in a library number',
    body: 'const x = new BigNumber(1); x.s = 5; return "no";',
    expected: 'read only',
  },
  {
    name: 'zeros of a number',
    body: 'return (() => { while (true) new BigNumber("1e9999999").toFixed(); })();',
    expected: MEMORY,
  },
  {
    name: 'numbers far apart',
    body: 'return (() => { while (true) new BigNumber("1e9999999").plus(1); })();',
    expected: MEMORY,
  },
  {
    name: 'forged number',
    body: 'return BigNumber.prototype.plus.call({ s: 1, e: 1e15, c: [1] }, 1);',
    expected: 'Not a BigNumber',
  },
  {
    name: 'endless toString in the library',
    body: 'return new BigNumber({ toString() { while (true) {} } });',
    expected: GAS,
  },
  {
    name: 'iterator that goes on after a failure',
    body: 'const it = { next() { return { value: 1, done: false }; }, return() { while (true) {} } }; it[Symbol.iterator] = () => it; for (const x of it) storage.put("", "");',
    expected: GAS,
  },
  { name: 'long result', body: 'return "x".repeat(70000);', expected: 'result too long' },
  {
    name: 'deep result',
    body: 'let o = {}; for (let i = 0; i < 5000; i++) o = { o }; return o;',
    expected: GAS,
  },
  { name: 'deep JSON', body: 'return JSON.parse("[".repeat(300000));', expected: '' },
  { name: 'proxy', body: 'throw new Proxy({}, {});', expected: 'not a constructor' },
  {
    name: 'receipt flood',
    body: 'const s = "x".repeat(60000); while (true) blockchain.receipt(s);',
    expected: '',
  },
  {
    name: 'storage flood',
    body: 'const s = "x".repeat(60000); for (let i = 0; ; i++) storage.put("k" + i, s);',
    expected: MEMORY,
  },
  {
    name: 'call of itself',
    body: 'return blockchain.call(blockchain.contractName(), "attack", []);',
    expected: 're-entering',
  },
  {
    name: 'Object.assign growth',
    body: 'let o = {}; for (let i = 0; i < 5000; i++) o["k" + i] = i; const all = []; while (true) all.push(Object.assign({}, o));',
    expected: MEMORY,
  },
  { name: 'iterator helpers', body: 'return typeof [][Symbol.iterator]().toArray;', expected: '' },
  {
    name: 'unmetered join by concat',
    body: 'let s = "x".repeat(1000000); while (true) s = s.concat(s, s, s);',
    expected: '',
  },
  { name: 'template growth', body: 'let s = "x"; while (true) s = `${s}${s}`;', expected: GAS },
  {
    name: 'long chain of prototypes',
    body: 'let o = {}; for (let i = 0; i < 60000; i++) o = Object.create(o); let x = 0; while (true) { x++; o[x]; }',
    expected: 'too long',
  },
  {
    name: 'long chain of prototypes by functions',
    body: 'let o = {}; for (let i = 0; i < 30000; i++) { const f = function () {}; f.prototype = o; o = new f(); } let x = 0; while (true) { x++; o[x]; }',
    expected: 'too long',
  },
  {
    name: 'long chain of prototypes by generators',
    body: 'let o = {}; for (let i = 0; i < 30000; i++) { const f = function* () {}; f.prototype = o; o = f(); } let x = 0; while (true) { x++; o["k" + x]; }',
    expected: 'too long',
  },
  {
    name: 'long chain of classes',
    body: 'let C = class {}; for (let i = 0; i < 20000; i++) C = class extends C {}; let x = 0; while (true) { x++; C[x]; }',
    expected: 'too long',
  },
  {
    name: 'deep text of pieces',
    body: 'let s = ""; for (let i = 0; i < 1500; i++) s = "a" + s + "b"; let n = 0; while (true) { s += "c"; n += s.charCodeAt(5); }',
    expected: GAS,
  },
];
