/**
 * Where the nodes of a printed tree came from. A pass changes a tree whose nodes know where they stand
 * in their source; it is printed and read again, and the two trees are gone through side by side.
 */

import type { SyntaxNode } from './syntax.ts';

export class NodeStarts {
  /** By place in the printed text. */
  readonly #starts: readonly (readonly [printed: number, source: number])[];

  /** `changed` was printed, and read again as `printed`. */
  constructor(changed: SyntaxNode, printed: SyntaxNode) {
    const starts = new Map<number, number>();
    matchStarts(changed, printed, starts);
    this.#starts = [...starts].sort(([left], [right]) => left - right);
  }

  /** Offset in the source of the node that begins at an offset of the printed text, or before. */
  sourceOffset(printed: number): number {
    let found = 0;
    for (const [start, source] of this.#starts) {
      if (start > printed) break;
      found = source;
    }
    return found;
  }
}

/** The two trees have the same form. */
function matchStarts(changed: SyntaxNode, printed: SyntaxNode, starts: Map<number, number>): void {
  if (changed.type !== printed.type) return;
  const source = sourceStart(changed);
  const at = printed.range?.[0];
  // Of several that begin at one place the innermost counts: brackets around it are not printed.
  if (source !== undefined && at !== undefined) starts.set(at, source);
  for (const [field, value] of Object.entries(printed)) {
    const counterpart: unknown = Reflect.get(changed, field);
    if (Array.isArray(value) && Array.isArray(counterpart)) {
      for (const [index, item] of value.entries()) {
        if (isNode(item) && isNode(counterpart[index])) {
          matchStarts(counterpart[index], item, starts);
        }
      }
    } else if (isNode(value) && isNode(counterpart)) matchStarts(counterpart, value, starts);
  }
}

/** Nodes that a pass put in have no place of their own: what they are about begins below them. */
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
