/**
 * Where in the author's source a place of the instrumented code comes from. Nothing of it is stored:
 * instrumenting the source again shows it. First the place is found in the printed text, between what
 * was inserted; then the node there, whose counterpart in the first tree knows its own source.
 */

import { ok, type Result } from '../result.ts';
import { instrumentation } from './instrument.ts';
import type { SyntaxNode } from './syntax.ts';
import type { TextEdits } from './text-edits.ts';

export class PositionMap {
  readonly instrumented: string;
  readonly #edits: TextEdits;
  /** Where nodes begin in the printed text and in the source; by the former. */
  readonly #starts: readonly (readonly [printed: number, source: number])[];

  private constructor(instrumented: string, edits: TextEdits, starts: ReadonlyMap<number, number>) {
    this.instrumented = instrumented;
    this.#edits = edits;
    this.#starts = [...starts].sort(([left], [right]) => left - right);
  }

  static ofSource(source: string): Result<PositionMap> {
    const stages = instrumentation(source);
    if (!stages.ok) return stages;
    const { metered, printed, edits, code } = stages.value;
    const starts = new Map<number, number>();
    matchStarts(metered, printed, starts);
    return ok(new PositionMap(code, edits, starts));
  }

  /** Offset in the source of what stands at an offset of the instrumented code, or is nearest before. */
  sourceOffset(offset: number): number {
    const printed = this.#edits.offsetBefore(offset);
    let found = 0;
    for (const [start, source] of this.#starts) {
      if (start > printed) break;
      found = source;
    }
    return found;
  }
}

/** The two trees have the same form: one was printed, and read again as the other. */
function matchStarts(metered: SyntaxNode, printed: SyntaxNode, starts: Map<number, number>): void {
  if (metered.type !== printed.type) return;
  const source = sourceStart(metered);
  const at = printed.range?.[0];
  // Of several that begin at one place the innermost counts: brackets around it are not printed.
  if (source !== undefined && at !== undefined) starts.set(at, source);
  for (const [field, value] of Object.entries(printed)) {
    const counterpart: unknown = Reflect.get(metered, field);
    if (Array.isArray(value) && Array.isArray(counterpart)) {
      for (const [index, item] of value.entries()) {
        if (isNode(item) && isNode(counterpart[index])) {
          matchStarts(counterpart[index], item, starts);
        }
      }
    } else if (isNode(value) && isNode(counterpart)) matchStarts(counterpart, value, starts);
  }
}

/** Nodes that metering put in have no place of their own: what they are about begins below them. */
function sourceStart(node: SyntaxNode): number | undefined {
  if (node.range !== undefined) return node.range[0];
  let first: number | undefined;
  for (const value of Object.values(node)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      const start = isNode(item) ? sourceStart(item) : undefined;
      if (start !== undefined && (first === undefined || start < first)) first = start;
    }
  }
  return first;
}

function isNode(value: unknown): value is SyntaxNode {
  return (
    typeof value === 'object' && value !== null && typeof Reflect.get(value, 'type') === 'string'
  );
}
