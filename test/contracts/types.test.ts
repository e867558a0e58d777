/** The declarations for authors, against the compiler: what they allow and what they catch. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COMPILER = join(ROOT, 'node_modules/.bin/tsc');

const folder = mkdtempSync(join(tmpdir(), 'iostd-contract-types-'));
after(() => rmSync(folder, { recursive: true }));

function check(directory: string): string {
  const options = { cwd: directory, encoding: 'utf8' } as const;
  const run = spawnSync(COMPILER, ['-p', 'jsconfig.json'], options);
  assert.equal(run.error, undefined);
  return run.stdout;
}

test('the examples are checked without a complaint', () => {
  assert.equal(check(join(ROOT, 'test/contracts')), '');
});

test('what contracts do not have, or would be refused for, is marked', () => {
  const declarations = join(ROOT, 'src/io/iosvm/iost-contract.d.ts');
  copyFileSync(declarations, join(folder, 'iost-contract.d.ts'));
  // As the head of the declarations says.
  writeFileSync(
    join(folder, 'jsconfig.json'),
    `{ "compilerOptions": { "checkJs": true, "noLib": true, "strict": true, "types": [] },
       "files": ["iost-contract.d.ts"], "include": ["*.js"] }`,
  );
  writeFileSync(
    join(folder, 'wrong.js'),
    `class Wrong {
  init() {
    storage.put('key', 1);
    'text'.match('t');
    new Map();
    setTimeout();
    blockchain.deposit('from', '1');
    [1].reduce();
    Math.random();
    storage.get('key').length;
    parseInt('1');
    block.number = 1;
    Int64(1);
  }
}
module.exports = Wrong;
`,
  );
  const lines = check(folder).matchAll(/^wrong\.js\((\d+),/gm);
  assert.deepEqual(
    [...lines].map(([, line]) => Number(line)),
    [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
  );
});
