/**
 * Reads where a contract failed out of the words of a receipt (spec go-iost §5.12), and finds the
 * place in the author's source.
 */

import type { Flaw } from './flaw.ts';
import { PositionMap } from './position-map.ts';
import { offsetOf } from './source-place.ts';

/** `at _default_name.js:<line>:<column>` and the line of the instrumented code below it. */
const POSITION = /\n\s*at _default_name\.js:(\d+):(\d+)(?:\n {2}(.*))?/g;
const FRAMES = '\nStack tree:';

/**
 * The failure as a flaw of this source; `undefined` where the words name no place in it. A failure of
 * a contract that it had called names a place in that one first; what counts is the last place whose
 * line is one of this contract.
 */
export function failurePlace(message: string, source: string): Flaw | undefined {
  const map = PositionMap.ofSource(source);
  if (!map.ok) return undefined;
  const { instrumented } = map.value;
  const lines = instrumented.split('\n');
  let at: number | undefined;
  for (const [, line, column, shown] of message.matchAll(POSITION)) {
    const number = Number(line);
    const own = lines[number - 1];
    if (own === undefined || (shown !== undefined && !own.startsWith(shown.trimEnd()))) continue;
    at = map.value.sourceOffset(offsetOf(instrumented, { line: number, column: Number(column) }));
  }
  return at === undefined ? undefined : { message: reasonOf(message), at };
}

/** The words before the first place. */
function reasonOf(message: string): string {
  const end = message.search(POSITION);
  const words = end < 0 ? message : message.slice(0, end);
  return (words.split(FRAMES)[0] ?? words).trim();
}
