import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PositionMap } from '#core/iosvm/position-map.ts';
import { placeOf } from '#core/iosvm/source-place.ts';
import { allNodes, parse } from '#core/iosvm/syntax.ts';

const EXAMPLES = new URL('../../../contracts/', import.meta.url);

function mapOf(source: string): PositionMap {
  const map = PositionMap.ofSource(source);
  assert.ok(map.ok, JSON.stringify(map));
  return map.value;
}

/** Place in the source that a piece of the instrumented code leads to. */
function lead(source: string, code: string): string {
  const map = mapOf(source);
  const at = map.instrumented.indexOf(code);
  assert.ok(at >= 0, `${code} is in\n${map.instrumented}`);
  const { line, column } = placeOf(source, map.sourceOffset(at));
  return `${line}:${column}`;
}

const SOURCE = `// a comment that is not printed
class A {
  run(list) {   const total = list[0]  +  one.two(list);
    for (const x of list) if (x) fail(x);
    label: while (next()) total += deep(\`\${list.three}!\`);
    return list.map((item) => item.four) == [...rest(5)] ? yes() : no();
  }
}
module.exports = A;
`;

test('places of the instrumented code lead to their nodes in the source', () => {
  const places = [
    ['one.two', '3:43'],
    ['two(', '3:47'],
    ['fail(x)', '4:34'],
    ['next()', '5:19'],
    ['deep(', '5:36'],
    ['three', '5:49'],
    ['item.four', '6:31'],
    ['rest(5)', '6:49'],
    ['yes()', '6:60'],
    ['no()', '6:68'],
  ] as const;
  for (const [code, place] of places) assert.equal(lead(SOURCE, code), place, code);
});

test('what was put in leads to what it is about', () => {
  const binary = SOURCE.indexOf('list[0]');
  const map = mapOf(SOURCE);
  const code = map.instrumented;
  assert.equal(map.sourceOffset(code.indexOf('_IOSTBinaryOp')), binary);
  const counter = code.indexOf('_IOSTInstruction_counter.incr', code.indexOf('run(list)'));
  assert.equal(map.sourceOffset(counter), SOURCE.indexOf('const total'));
  assert.equal(map.sourceOffset(0), SOURCE.indexOf('class A'));
  assert.equal(map.sourceOffset(code.length + 10) > SOURCE.indexOf('module'), true);
});

test('every name of the examples is found again', () => {
  for (const file of readdirSync(EXAMPLES).filter((name) => name.endsWith('.js'))) {
    const source = readFileSync(new URL(file, EXAMPLES), 'utf8');
    const map = mapOf(source);
    const program = parse(map.instrumented);
    assert.ok(program.ok);
    let names = 0;
    for (const { type, name, range } of allNodes(program.value.root)) {
      if (type !== 'Identifier' || name === undefined || range === undefined) continue;
      if (name.startsWith('_IOST') || name === 'incr') continue;
      const at = map.sourceOffset(range[0]);
      assert.equal(source.slice(at, at + name.length), name, `${file}: ${name}`);
      names += 1;
    }
    assert.ok(names > 100, file);
  }
});
