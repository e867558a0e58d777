/**
 * The words for an exception of a contract (spec go-iost §5.12): what was thrown, and where in the
 * instrumented code. What runs is the guarded code, so places are led back first. They depend on the
 * code alone, as receipts do.
 */

import { assert } from '../assert.ts';
import { guard } from './guard.ts';
import { NodeStarts } from './node-starts.ts';
import { offsetOf, placeOf } from './source-place.ts';
import { parse } from './syntax.ts';

/** Lines of code are shown up to here; receipts are kept for ever. */
const SHOWN_MAX = 200;
const PLACE = /^(\d{1,9}):(\d{1,9})$/;

export class FailureText {
  readonly #code: string;
  /** Made for the first failure: most contracts have none. */
  #guarded: { readonly code: string; readonly starts: NodeStarts } | undefined;

  /** `code` is instrumented. */
  constructor(code: string) {
    this.#code = code;
  }

  /** `thrown` is the exception as text, `place` a `line:column` of the guarded code, or empty. */
  describe(thrown: string, place: string): string {
    const match = PLACE.exec(place);
    const text = `Uncaught exception: ${thrown}`;
    if (match === null) return text;
    const at = this.#instrumentedOffset(Number(match[1]), Number(match[2]));
    const { line, column } = placeOf(this.#code, at);
    const shown = (this.#code.split('\n')[line - 1] ?? '').slice(0, SHOWN_MAX);
    const caret = column <= SHOWN_MAX ? `${' '.repeat(column - 1)}^` : '';
    return `${text}\nat _default_name.js:${line}:${column}\n  ${shown}\n  ${caret}\nStack tree: \n${thrown}`;
  }

  #instrumentedOffset(line: number, column: number): number {
    this.#guarded ??= guardedPlaces(this.#code);
    const { code, starts } = this.#guarded;
    return starts.sourceOffset(offsetOf(code, { line, column }));
  }
}

function guardedPlaces(instrumented: string): { code: string; starts: NodeStarts } {
  const { code, root } = guard(instrumented);
  const printed = parse(code);
  assert(printed.ok, 'guarded code parses');
  return { code, starts: new NodeStarts(root, printed.value.root) };
}
