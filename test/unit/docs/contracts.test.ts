/** The contract of the tutorial, and what the tutorial says about it. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { abiFile } from '#core/iosvm/contract-json.ts';
import { abiOfSource } from '#core/iosvm/source-abi.ts';

const DOCUMENT = new URL('../../../docs/contracts.md', import.meta.url);
const text = readFileSync(DOCUMENT, 'utf8');
const block = (language: string): string =>
  new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(text)?.[1] ?? '';

test('the contract of the tutorial has the ABI that is shown', () => {
  const compiled = abiOfSource(block('js'));
  assert.ok(compiled.ok, JSON.stringify(compiled));
  const { abi, warnings } = compiled.value;
  assert.deepEqual(warnings, []);
  const info = { language: 'javascript', version: '1.0.0', abi };
  assert.deepEqual(abiFile(info), JSON.parse(block('json')));
});

test('links of the tutorial lead somewhere', () => {
  const links = [...text.matchAll(/\]\(([^)#]+)/g)].map(([, path]) => path ?? '');
  assert.ok(links.length > 5);
  for (const path of links) assert.ok(existsSync(new URL(path, DOCUMENT)), path);
});
