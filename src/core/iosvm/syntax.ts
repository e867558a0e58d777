/**
 * Parses and prints contract source with the two packages whose exact output fixes gas and RAM (spec
 * go-iost §5.2, §5.15): esprima 4.0.1 and escodegen 1.11.0. This is the only file that imports them.
 *
 * Both recurse, and how deep they can is a matter of the machine. So nesting is bounded here, far
 * below the stack of any node; a source that overflows somewhere is over the bound everywhere and is
 * refused in the same words.
 */

import escodegen from 'escodegen';
import esprima from 'esprima';
import { ok, type Result, reject } from '../result.ts';
import type { Flaw } from './flaw.ts';

/** A node of the tree; the optional fields are those of some type of node that is looked at. */
export type SyntaxNode = {
  type: string;
  range?: readonly [from: number, to: number];
  name?: string;
  value?: unknown;
  regex?: unknown;
  operator?: string;
  kind?: string;
  computed?: boolean;
  generator?: boolean;
  id?: SyntaxNode | null;
  key?: SyntaxNode;
  left?: SyntaxNode;
  right?: SyntaxNode;
  test?: SyntaxNode | null;
  init?: SyntaxNode | null;
  update?: SyntaxNode | null;
  object?: SyntaxNode;
  property?: SyntaxNode;
  argument?: SyntaxNode | null;
  callee?: SyntaxNode;
  consequent?: SyntaxNode | SyntaxNode[];
  alternate?: SyntaxNode | null;
  discriminant?: SyntaxNode;
  superClass?: SyntaxNode | null;
  tag?: SyntaxNode;
  quasi?: SyntaxNode;
  expression?: SyntaxNode | boolean;
  expressions?: SyntaxNode[];
  body?: SyntaxNode | SyntaxNode[];
  params?: SyntaxNode[];
  arguments?: SyntaxNode[];
  elements?: (SyntaxNode | null)[];
  properties?: SyntaxNode[];
  declarations?: SyntaxNode[];
  cases?: SyntaxNode[];
};

export type Token = {
  readonly type: string;
  readonly value: string;
  readonly range?: readonly [from: number, to: number];
};

export type Comment = {
  readonly type: 'Line' | 'Block';
  /** Without its delimiters. */
  readonly value: string;
  readonly range: readonly [from: number, to: number];
};

export type Program = {
  readonly body: readonly SyntaxNode[];
  readonly tokens: readonly Token[];
  readonly root: SyntaxNode;
};

/** Open brackets at one place; esprima needs about 2 KB of stack for each. */
const BRACKETS_MAX = 200;
/** Depth of the tree; chains such as `a + b + …` and `else if` count one for each link. */
const DEPTH_MAX = 500;

const TOO_DEEP = 'Error: source is nested too deeply';

export function parse(source: string): Result<Program> {
  if (bracketDepth(source) > BRACKETS_MAX) return reject('syntax', TOO_DEEP);
  let parsed: SyntaxNode & { tokens: readonly Token[] };
  try {
    parsed = esprima.parseScript(source, { range: true, tokens: true }) as typeof parsed;
  } catch (error) {
    if (error instanceof RangeError) return reject('syntax', TOO_DEEP);
    return reject('syntax', `Error: ${(error as Error).message}`);
  }
  // The tokens look like nodes and are none.
  const { tokens, ...root } = parsed;
  if (isTooDeep(root)) return reject('syntax', TOO_DEEP);
  return ok({ body: root.body as SyntaxNode[], tokens, root });
}

/** The comments of a source that parses, in order. */
export function commentsOf(source: string): readonly Comment[] {
  const parsed = esprima.parseScript(source, { range: true, comment: true });
  return (parsed as { readonly comments: readonly Comment[] }).comments;
}

/** Why and where a source does not parse; for people, so not in the words of `parse`. */
export function syntaxFlaw(source: string): Flaw | undefined {
  const parsed = parse(source);
  if (parsed.ok) return undefined;
  try {
    esprima.parseScript(source, { range: true });
  } catch (error) {
    const { description, index } = error as { description?: string; index?: number };
    if (description !== undefined) return { message: description, at: index ?? 0 };
  }
  return { message: parsed.failure.message.replace(/^Error: /, ''), at: 0 };
}

/** Four spaces, single quotes, no comments. */
export function print(root: SyntaxNode): string {
  return escodegen.generate(root);
}

/** The nodes directly below, in the order of their fields. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (const field of Object.values(node)) {
    if (Array.isArray(field)) {
      for (const item of field) if (isNode(item)) children.push(item);
    } else if (isNode(field)) children.push(field);
  }
  return children;
}

/** Every node from the root down, without recursion. */
export function* allNodes(root: SyntaxNode): Generator<SyntaxNode> {
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    yield node;
    for (const child of childrenOf(node)) open.push(child);
  }
}

function isNode(value: unknown): value is SyntaxNode {
  return (
    typeof value === 'object' && value !== null && typeof Reflect.get(value, 'type') === 'string'
  );
}

function isTooDeep(root: SyntaxNode): boolean {
  let level = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEPTH_MAX) return true;
    level = level.flatMap(childrenOf);
  }
  return false;
}

function bracketDepth(source: string): number {
  let depth = 0;
  let deepest = 0;
  for (const text of bracketTexts(source)) {
    if (text === '(' || text === '[' || text === '{' || text.endsWith('${')) {
      // The middle of a template both closes and opens.
      if (!(text.startsWith('}') && text.length > 1)) depth += 1;
      deepest = Math.max(deepest, depth);
    } else if (text === ')' || text === ']' || text.startsWith('}')) depth -= 1;
  }
  return deepest;
}

function* bracketTexts(source: string): Iterable<string> {
  let tokens: readonly Token[];
  try {
    tokens = esprima.tokenize(source);
  } catch {
    // The tokenizer alone is stricter than the parser about a few things: count every bracket.
    yield* source;
    return;
  }
  for (const { type, value } of tokens) {
    if (type === 'Punctuator' || type === 'Template') yield value;
  }
}
