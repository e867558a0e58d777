/**
 * Second pass of instrumentation, on the printed text (spec go-iost §5.3): before each statement a
 * call of the counter with what the statement costs. What runs more than once, or not always (tests,
 * updates, bodies, branches), has a counter of its own; where a cost is 0 there is none.
 *
 * A node is paid by the innermost counter around it, and only the statements named below have one. So
 * a function declared in a method is paid where the class is, not where the method runs. Contracts pay
 * RAM for the text, therefore also what looks odd (brackets around each part of a conditional, sums
 * of fractions in the order of the text) is as the reference writes it.
 */

import { COUNTER } from './reserved-names.ts';
import { staticCost } from './static-cost.ts';
import type { SyntaxNode } from './syntax.ts';
import { TextEdits } from './text-edits.ts';

const COUNTED_STATEMENTS: ReadonlySet<string> = new Set([
  'ExpressionStatement',
  'ReturnStatement',
  'ThrowStatement',
  'SwitchStatement',
  'DoWhileStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'IfStatement',
  'WhileStatement',
]);

/** Entering the body of a loop; `while` and `do` pay one more for each test. */
const BODY_COST: Readonly<Record<string, number>> = {
  ForStatement: 1,
  ForInStatement: 4,
  ForOfStatement: 2,
  WhileStatement: 1,
  DoWhileStatement: 1,
};
const LOOP_TEST_COST = 1;

/** A call of the counter; its gas is summed up while the text is gone through. */
class Counter {
  readonly #end: ';' | ',';
  gas: number;

  constructor(end: ';' | ',', gas: number) {
    this.#end = end;
    this.gas = gas;
  }

  get isStatement(): boolean {
    return this.#end === ';';
  }

  toString(): string {
    return this.gas === 0 ? '' : `${COUNTER}.incr(${this.gas})${this.#end}`;
  }
}

/** Counters of the parts of a node that are not paid with the node. */
type PartCounters = Readonly<Record<string, Counter | undefined>>;

const NO_PARTS: PartCounters = {};

/** `root` is the tree of `source`. */
export function insertCounters(source: string, root: SyntaxNode): TextEdits {
  const edits = new TextEdits(source);
  new CounterPass(edits).visit(root, { parent: undefined, around: undefined, label: undefined });
  return edits;
}

type Place = {
  readonly parent: SyntaxNode | undefined;
  /** The counter that pays, where the node has none of its own. */
  readonly around: Counter | undefined;
  /** Where the outermost label of the statement begins. */
  readonly label: number | undefined;
};

class CounterPass {
  readonly #edits: TextEdits;

  constructor(edits: TextEdits) {
    this.#edits = edits;
  }

  visit(node: SyntaxNode, { parent, around, label }: Place): void {
    let counter = isCounted(node, parent) ? this.#ofStatement(node, label) : around;
    const parts = this.#parts(node);
    const cost = staticCost(node);
    if (cost !== 0) {
      // Outside of all statements: a declaration of a function or class at the top.
      counter ??= this.#counter(startOf(node), ';', 0);
      counter.gas += cost;
    }
    const below = node.type === 'LabeledStatement' ? (label ?? startOf(node)) : undefined;
    for (const [field, child] of fieldsOf(node)) {
      const part = parts[field] ?? counter;
      this.visit(child, { parent: node, around: part, label: below });
    }
  }

  /** A loop must stay behind its label, so the counter stands before it: same gas, same length. */
  #ofStatement(node: SyntaxNode, label: number | undefined): Counter {
    if (label === undefined) return this.#counter(startOf(node), ';', 0);
    const counter = new Counter(';', 0);
    this.#edits.open(label, counter);
    return counter;
  }

  #parts(node: SyntaxNode): PartCounters {
    const { test, update, consequent, alternate } = node;
    switch (node.type) {
      case 'IfStatement':
        this.#block(consequent as SyntaxNode);
        this.#block(alternate);
        return { test: this.#part(test) };
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement':
        return { body: this.#body(node), test: this.#part(test), update: this.#part(update) };
      case 'WhileStatement':
      case 'DoWhileStatement':
        return { body: this.#body(node), test: this.#part(test, LOOP_TEST_COST) };
      case 'SwitchCase':
        return { test: this.#part(test) };
      case 'ArrowFunctionExpression':
        return this.#arrow(node.body as SyntaxNode);
      case 'ConditionalExpression':
        return {
          test: this.#bracketed(test),
          consequent: this.#bracketed(consequent as SyntaxNode),
          alternate: this.#bracketed(alternate),
        };
      default:
        return NO_PARTS;
    }
  }

  /**
   * The value of an arrow is computed by an ordinary function inside, so that it can have a counter.
   * As with the reference, `this` in there is not the one around.
   */
  #arrow(body: SyntaxNode): PartCounters {
    if (body.type === 'BlockStatement') return NO_PARTS;
    const start = startOf(body);
    this.#edits.open(start, 'function(){');
    const counter = this.#counter(start, ';', 0);
    this.#edits.open(start, 'return ');
    this.#edits.close(endOf(body), '}()');
    return { body: counter };
  }

  #body(loop: SyntaxNode): Counter {
    const body = loop.body as SyntaxNode;
    const inside = body.type === 'BlockStatement' ? startOf(body) + 1 : startOf(body);
    this.#block(body);
    return this.#counter(inside, ';', BODY_COST[loop.type] ?? 0);
  }

  #block(node: SyntaxNode | null | undefined): void {
    if (node == null || node.type === 'BlockStatement') return;
    this.#edits.open(startOf(node), '{');
    this.#edits.close(endOf(node), '}');
  }

  #bracketed(node: SyntaxNode | null | undefined): Counter | undefined {
    if (node == null) return undefined;
    this.#edits.open(startOf(node), '(');
    this.#edits.close(endOf(node), ')');
    return this.#part(node);
  }

  #part(node: SyntaxNode | null | undefined, gas = 0): Counter | undefined {
    return node == null ? undefined : this.#counter(startOf(node), ',', gas);
  }

  /** A statement's counter that stands there already takes the gas. */
  #counter(at: number, end: ';' | ',', gas: number): Counter {
    const last = this.#edits.lastOpened(at);
    if (last instanceof Counter && last.isStatement) {
      last.gas += gas;
      return last;
    }
    const counter = new Counter(end, gas);
    this.#edits.open(at, counter);
    return counter;
  }
}

function isCounted(node: SyntaxNode, parent: SyntaxNode | undefined): boolean {
  if (node.type !== 'VariableDeclaration') return COUNTED_STATEMENTS.has(node.type);
  // The head of a loop is counted with the loop.
  return !(parent?.type.startsWith('For') && parent.body !== node);
}

/** The nodes directly below with the name of their field, in the order of the text. */
function* fieldsOf(node: SyntaxNode): Iterable<readonly [field: string, child: SyntaxNode]> {
  for (const [field, value] of Object.entries(node)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (typeof item?.type === 'string') yield [field, item];
    }
  }
}

function startOf(node: SyntaxNode): number {
  return node.range?.[0] ?? 0;
}

function endOf(node: SyntaxNode): number {
  return node.range?.[1] ?? 0;
}
