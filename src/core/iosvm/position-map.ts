/**
 * Where in the author's source a place of the instrumented code comes from. Nothing of it is stored:
 * instrumenting the source again shows it. First the place is found in the printed text, between what
 * was inserted; then the node there, whose counterpart in the first tree knows its own source.
 */

import { ok, type Result } from '../result.ts';
import { instrumentation } from './instrument.ts';
import { NodeStarts } from './node-starts.ts';
import type { TextEdits } from './text-edits.ts';

export class PositionMap {
  readonly instrumented: string;
  readonly #edits: TextEdits;
  readonly #starts: NodeStarts;

  private constructor(instrumented: string, edits: TextEdits, starts: NodeStarts) {
    this.instrumented = instrumented;
    this.#edits = edits;
    this.#starts = starts;
  }

  static ofSource(source: string): Result<PositionMap> {
    const stages = instrumentation(source);
    if (!stages.ok) return stages;
    const { metered, printed, edits, code } = stages.value;
    return ok(new PositionMap(code, edits, new NodeStarts(metered, printed)));
  }

  /** Offset in the source of what stands at an offset of the instrumented code, or is nearest before. */
  sourceOffset(offset: number): number {
    return this.#starts.sourceOffset(this.#edits.offsetBefore(offset));
  }
}
