/**
 * `docs/configuration.md` is made from the schema and the defaults. After a change of either, make it
 * anew with `UPDATE_DOCS=1 npm test -- docs/configuration`.
 */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { environmentName } from '#node/config/key-tree.ts';
import { configKeys } from '#node/config/schema.ts';

const DOCUMENT = new URL('../../../docs/configuration.md', import.meta.url);
const DEFAULTS = new URL('../../../config/default.json', import.meta.url);

function defaultOf(defaults: unknown, path: string): string {
  const value = path
    .split('.')
    .reduce<unknown>((section, name) => (section as Record<string, unknown>)[name], defaults);
  return JSON.stringify(value);
}

function render(): string {
  const defaults: unknown = JSON.parse(readFileSync(DEFAULTS, 'utf8'));
  const rows = configKeys.map(
    ({ path, description }) =>
      `| \`${path}\` | \`${defaultOf(defaults, path)}\` | ${description} | \`${environmentName(path)}\` |`,
  );
  return [
    '# Configuration',
    '',
    'Settings come from these sources; a later one wins:',
    '',
    '1. `config/default.json`, which holds every key;',
    '2. a profile, `--profile dev` or `--profile bench`, which holds only differences;',
    '3. your own JSON file, `--config FILE`, also with only what differs;',
    '4. the environment, one variable per key;',
    '5. `--set key=value`, where the value is JSON or else plain text;',
    '6. `--data-dir DIR`.',
    '',
    'A relative path starts in the folder of the file that names it, and on the command line or in',
    'the environment in the working directory. The built-in `identity.keystore` starts in `dataDir`.',
    '',
    'The whole is checked before anything is done: unknown keys are errors, and all problems are',
    'reported at once, with exit code 78. `iostd config show` prints each key with its value and its',
    'origin, `iostd config check` only the problems.',
    '',
    'The password of a keystore is no setting: it comes from `identity.passwordFile`, from the',
    'environment variable `IOSTD_PASSWORD`, or from the terminal.',
    '',
    'How much fits into a block is no setting of a node: voters hold proposers to it. It is the section',
    '`block` of the genesis file, `bytesMax` in bytes of transactions (4 MiB unless said) and `gasMax` in',
    'gas (400 million). Nodes with other values are in another network and refuse each other.',
    '',
    '| key | default | meaning | environment |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

test('docs/configuration.md is what schema and defaults say', () => {
  const expected = render();
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(DOCUMENT, expected);
  assert.equal(readFileSync(DOCUMENT, 'utf8'), expected);
});
