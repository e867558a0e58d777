// biome-ignore-all lint/suspicious/noTemplateCurlyInString: sources of contracts are texts
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guard } from '#core/iosvm/guard.ts';
import { instrument } from '#core/iosvm/instrument.ts';

const C = '_IOSTInstruction_counter.incr';

function code(source: string): string {
  const result = instrument(source);
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

function refusal(source: string): string {
  const result = instrument(source);
  assert.ok(!result.ok, 'the source is refused');
  return result.failure.message;
}

test('the stored text of the smallest contract, to the byte', () => {
  const stored = code(
    'class Contract {\n  init() {\n\n  }\n  hello() {\n    return "world"; // greets\n  }\n}\nmodule.exports = Contract',
  );
  assert.equal(
    stored,
    `${C}(156);class Contract {
    init() {
    }
    hello() {
        ${C}(2.5);return 'world';
    }
}
${C}(7);module.exports = Contract;`,
  );
  // 450 bytes of RAM in the reference's own test need exactly this length.
  assert.equal(stored.length, 211);
});

test('operators become calls, and a compound assignment evaluates its left side twice', () => {
  assert.equal(code('a + b'), `${C}(6.1);_IOSTBinaryOp(a, b, '+');`);
  assert.equal(code('a == b'), `${C}(6.2);_IOSTBinaryOp(a, b, '==');`);
  assert.equal(code('a[i++] += x'), `${C}(23.1);a[i++] = _IOSTBinaryOp(a[i++], x, '+');`);
  assert.equal(code('a in b'), `${C}(3);a in b;`);
  assert.equal(code('a && b || !c'), `${C}(9);a && b || !c;`);
});

test('templates get a tag, also inside of other operators; tagged ones keep theirs', () => {
  assert.equal(code('`a${b}`'), `${C}(4);_IOSTTemplateTag\`a\${ b }\`;`);
  assert.equal(
    code('x += `a${`b${c}`}`'),
    `${C}(17.1);x = _IOSTBinaryOp(x, _IOSTTemplateTag\`a\${ _IOSTTemplateTag\`b\${ c }\` }\`, '+');`,
  );
  assert.equal(code('tag`a${b}`'), `${C}(4);tag\`a\${ b }\`;`);
});

test('spread elements are metered', () => {
  assert.equal(code('f(...a)'), `${C}(8);f(..._IOSTSpreadElement(a));`);
});

test('parts that run more than once have counters of their own', () => {
  assert.equal(
    code('for (let i = 0; i < 3; i++) f()'),
    `${C}(3);for (let i = 0; ${C}(6.1),_IOSTBinaryOp(i, 3, '<'); ${C}(3),i++)\n    {${C}(5);f();}`,
  );
  assert.equal(code('while (a) b'), `while (${C}(1),a)\n    {${C}(1);b;}`);
  assert.equal(code('do a(); while (b)'), `do\n    {${C}(5);a();}\nwhile (${C}(1),b);`);
  assert.equal(code('for (k in o) f(k)'), `for (k in o)\n    {${C}(8);f(k);}`);
  assert.equal(code('if (f()) {} else g()'), `if (${C}(4),f()) {\n} else\n    {${C}(4);g();}`);
  assert.equal(code('if (a) b; else if (c) d'), 'if (a)\n    {b;}\nelse {if (c)\n    {d;}}');
  assert.equal(
    code('a ? f() : b ? c : d'),
    `${C}(3);(a) ? (${C}(4),f()) : (${C}(3),(b) ? (c) : (d));`,
  );
  assert.equal(
    code('switch (f()) { case "a": g(); default: }'),
    `${C}(4);switch (f()) {\ncase ${C}(2.1),'a':\n    ${C}(4);g();\ndefault:\n}`,
  );
});

test('what has no counter is paid by the counter around it', () => {
  // A function in a method is paid with the class, each time that the contract is loaded.
  assert.equal(
    code('class A { m() { function f() {} return f; } }'),
    `${C}(156);class A {\n    m() {\n        function f() {\n        }\n        return f;\n    }\n}`,
  );
  assert.equal(
    code('if (a()) { function f() {} }'),
    `${C}(3);if (${C}(4),a()) {\n    function f() {\n    }\n}`,
  );
});

test('fractions are added in the order of the text', () => {
  assert.equal(
    code('throw new Error("x" + y)'),
    `${C}(66.19999999999999);throw new Error(_IOSTBinaryOp('x', y, '+'));`,
  );
});

test('what two halves of an assignment share is metered twice', () => {
  const spread = (text: string) => `_IOSTSpreadElement(${text})`;
  assert.equal(
    code('a[f(...b)] += 1'),
    `${C}(41.1);a[f(...${spread(spread('b'))})] = _IOSTBinaryOp(a[f(...${spread(spread('b'))})], 1, '+');`,
  );
});

test('assignments that double each other are refused before they fill the memory', () => {
  let source = 'b';
  for (let depth = 0; depth < 60; depth++) source = `a[${source} += 1]`;
  assert.match(refusal(source), /grows too large/);
});

test('a labelled loop stays behind its label', () => {
  assert.equal(
    code('x: for (const a of f()) continue x'),
    `${C}(7);x:\n    for (const a of f())\n        {${C}(2);continue x;}`,
  );
});

test('the value of an arrow moves into an ordinary function', () => {
  assert.equal(
    code('f = x => ({ x })'),
    `${C}(6);f = x => (function(){${C}(2.1);return { x }}());`,
  );
});

test('what may not be in a contract', () => {
  assert.match(refusal('/a/'), /RegularExpression is not allowed\.undefined$/);
  assert.match(refusal('try {} catch (e) {}'), /try catch is not supported/);
  assert.match(refusal('async function f() {}'), /async or await/);
  assert.match(refusal('const [a] = b'), /ArrayPattern or ObjectPattern is not allowed\.\{/);
  assert.match(refusal('function f({ a }) {}'), /ArrayPattern or ObjectPattern/);
  assert.match(refusal('with (a) b'), /with is not allowed/);
  const reserved = /keyword is not allowed/;
  assert.match(refusal('_IOSTInstruction_counter.incr(-1)'), reserved);
  assert.match(refusal('let \\u005fIOSTBinaryOp = 1'), reserved);
  assert.match(refusal('a["_IOSTSpreadElement"]'), /keyword is not allowed|^Error/);
  assert.match(refusal('a b'), /^Error: Line 1: /);
});

test('nesting is bounded below what any stack holds', () => {
  const deep = 'Error: source is nested too deeply';
  assert.equal(refusal(`${'('.repeat(5000)}a`), deep);
  assert.equal(refusal(`${'['.repeat(201)}${']'.repeat(201)}`), deep);
  assert.equal(refusal(`a${'.a'.repeat(600)}`), deep);
  assert.equal(refusal(`${'!'.repeat(20_000)}a`), deep);
  assert.ok(instrument(`${'['.repeat(150)}${']'.repeat(150)}`).ok);
  assert.ok(instrument(`x = ${'a + '.repeat(150)}a`).ok);
  // Deep enough for the source, too deep with its counters.
  assert.equal(refusal(`x = ${'a ? f(() => '.repeat(99)}a${') : b'.repeat(99)}`), deep);
});

test('the largest sources go through every pass', () => {
  for (const statement of ['a+a;', 'f(...a);']) {
    const instrumented = code(statement.repeat(Math.floor(49_152 / statement.length)));
    assert.ok(guard(instrumented).code.length > instrumented.length / 2);
  }
});

test('guarded code bounds recursion and long literals, under names the contract does not use', () => {
  const guarded = guard(
    code('function f($x) { $$x = [1, 2, 3, 4, 5, 6, 7, 8]; return f(...$x); }'),
  );
  assert.equal(guarded.names.enter, '$$$enter');
  assert.deepEqual(guarded.implicitGlobals, ['$$x']);
  assert.match(guarded.code, /const \$\$\$leave\$ = \$\$\$enter\(\d+\);\s+try \{/);
  assert.match(guarded.code, /finally \{\s+\$\$\$leave\(\$\$\$leave\$\);/);
  assert.match(guarded.code, /\$\$\$allocate\(128\),\s+\[/);
  assert.match(guarded.code, /f\(\.\.\.\$\$\$spread\(_IOSTSpreadElement\(\$x\)\)\)/);
});
