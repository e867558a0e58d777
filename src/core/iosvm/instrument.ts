/** From a publisher's source to the code that is stored and run (spec go-iost §5.3). */

import { ok, type Result, reject } from '../result.ts';
import { forbiddenSyntax } from './forbidden-syntax.ts';
import { insertCounters } from './insert-counters.ts';
import { meterOperators } from './meter-operators.ts';
import { parse, print, type SyntaxNode } from './syntax.ts';
import type { TextEdits } from './text-edits.ts';

export type Instrumentation = {
  /** The tree of the source after the first pass. */
  readonly metered: SyntaxNode;
  /** The tree of its printed text. */
  readonly printed: SyntaxNode;
  /** What the second pass inserts into that text. */
  readonly edits: TextEdits;
  /** What is stored. */
  readonly code: string;
};

/** A refusal has the reference's words, without what it puts before them. */
export function instrument(source: string): Result<string> {
  const stages = instrumentation(source);
  return stages.ok ? ok(stages.value.code) : stages;
}

/** As `instrument`, with all that lies between source and code. */
export function instrumentation(source: string): Result<Instrumentation> {
  const program = parse(source);
  if (!program.ok) return program;
  const forbidden = forbiddenSyntax(program.value);
  if (forbidden !== undefined) {
    return reject('forbidden_syntax', `Error: ${forbidden.message}`);
  }
  if (!meterOperators(program.value.root)) {
    return reject('syntax', 'Error: source grows too large by its compound assignments');
  }
  const printed = print(program.value.root);
  const again = parse(printed);
  if (!again.ok) return again;
  const edits = insertCounters(printed, again.value.root);
  const code = edits.apply();
  // Counters add brackets, and the result is parsed again whenever it is loaded.
  const loadable = parse(code);
  if (!loadable.ok) return loadable;
  return ok({ metered: program.value.root, printed: again.value.root, edits, code });
}
