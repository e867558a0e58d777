/**
 * The library of contracts as one script: the files of `prelude/` in the order in which they build on
 * each other, around the published text of bignumber.js, whose results gas depends on. Evaluated in a
 * context it answers a function that makes a contract's entry out of the contract's factory.
 */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** What needs String and Array as they are comes before the parts that replace their methods. */
const PARTS = [
  'meter',
  'json',
  'storage',
  'chain',
  'console',
  'errors',
  'entry',
  'numbers',
  'text',
  'list',
  'realm',
] as const;

/** Name of the global under which the host's functions wait for the prelude, which takes it away. */
export const HOST_GLOBAL = '$host';

export type Prelude = {
  readonly source: string;
  /** A contract's script begins on it, so that a line tells whose it is. */
  readonly lastLine: number;
};

let made: Prelude | undefined;

export function prelude(): Prelude {
  made ??= build();
  return made;
}

function build(): Prelude {
  const library = readFileSync(createRequire(import.meta.url).resolve('bignumber.js'), 'utf8');
  const parts = PARTS.map((name) => `(${partSource(name)})(kit);`);
  const lastLine = script(library, parts, 0).split('\n').length;
  return { source: script(library, parts, lastLine), lastLine };
}

/** `lastLine` is the number of its last line. */
function script(library: string, parts: readonly string[], lastLine: number): string {
  return `(() => {
'use strict';
const { EvalError, Map, RangeError, TypeError, WeakSet } = globalThis;
const kit = { globals: {}, host: globalThis.${HOST_GLOBAL}, lastLine: ${lastLine} };
kit.BigNumber = (() => {
const module = { exports: {} };
${library}
return module.exports;
})();
${parts.join('\n')}
kit.close();
return kit.entryOf;
})()`;
}

/** The files are one function expression each. */
function partSource(name: string): string {
  const text = readFileSync(new URL(`./prelude/${name}.js`, import.meta.url), 'utf8');
  return text.trim().replace(/;$/, '');
}
