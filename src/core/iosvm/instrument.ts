/** From a publisher's source to the code that is stored and run (spec go-iost §5.3). */

import { ok, type Result, reject } from '../result.ts';
import { forbiddenSyntax } from './forbidden-syntax.ts';
import { insertCounters } from './insert-counters.ts';
import { meterOperators } from './meter-operators.ts';
import { parse, print } from './syntax.ts';

/** A refusal has the reference's words, without what it puts before them. */
export function instrument(source: string): Result<string> {
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
  const instrumented = insertCounters(printed, again.value.root);
  // Counters add brackets, and the result is parsed again whenever it is loaded.
  const loadable = parse(instrumented);
  return loadable.ok ? ok(instrumented) : loadable;
}
