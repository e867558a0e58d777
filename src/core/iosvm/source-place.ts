/** Offsets in a source as people read them: line and column, and the line itself with a caret. */

import type { Flaw } from './flaw.ts';

/** Both counted from 1; columns in UTF-16 units, as editors jump to them. */
export type Place = { readonly line: number; readonly column: number };

/** What is shown of a longer line, around the place. */
const WIDTH_MAX = 110;
const BEFORE = 60;

export function placeOf(source: string, at: number): Place {
  const before = source.slice(0, at);
  const line = before.split('\n').length;
  return { line, column: at - (before.lastIndexOf('\n') + 1) + 1 };
}

/** The offset of a place; the end of the source for one that lies behind it. */
export function offsetOf(source: string, { line, column }: Place): number {
  let start = 0;
  for (let count = 1; count < line; count++) {
    const end = source.indexOf('\n', start);
    if (end < 0) return source.length;
    start = end + 1;
  }
  return Math.min(start + column - 1, source.length);
}

/** `name:line:column: message` and below it the line with a caret, each indented by four. */
export function describeFlaw(name: string, source: string, { message, at }: Flaw): string {
  const { line, column } = placeOf(source, at);
  return [`${name}:${line}:${column}: ${message}`, ...excerpt(source, at)].join('\n');
}

function excerpt(source: string, at: number): readonly string[] {
  const start = source.lastIndexOf('\n', at - 1) + 1;
  const end = source.indexOf('\n', at);
  const whole = source.slice(start, end < 0 ? source.length : end).trimEnd();
  const from = whole.length > WIDTH_MAX ? Math.max(0, at - start - BEFORE) : 0;
  const shown = whole.slice(from, from + WIDTH_MAX);
  // Tabs stay tabs, so that the caret stands below its character however wide they are.
  const indent = shown.slice(0, at - start - from).replace(/[^\t]/g, ' ');
  return [`    ${shown}`, `    ${indent}^`];
}
