/**
 * Second pass of instrumentation, on the printed text (spec go-iost §5.3): before each statement a
 * call of the counter with what the statement costs. What runs more than once, or not always (tests,
 * updates, bodies, branches), has a counter of its own; where a cost is 0 there is none.
 */

import { COUNTER } from './reserved-names.ts';
import { staticCost } from './static-cost.ts';
import { childrenOf, type SyntaxNode } from './syntax.ts';
import { TextEdits } from './text-edits.ts';

/** Entering the body of a loop; `while` and `do` pay one more for each test. */
const BODY_COST: Readonly<Record<string, number>> = {
  ForStatement: 1,
  ForInStatement: 4,
  ForOfStatement: 2,
  WhileStatement: 1,
  DoWhileStatement: 1,
};
const LOOP_TEST_COST = 1;

export function insertCounters(source: string, root: SyntaxNode): string {
  const edits = new TextEdits(source);
  visit(root, edits, undefined);
  return edits.apply();
}

/** `labels` is where the outermost label of the statement begins: a loop must stay behind its label. */
function visit(node: SyntaxNode, edits: TextEdits, labels: number | undefined): void {
  const start = labels ?? from(node);
  switch (node.type) {
    case 'LabeledStatement':
      visit(node.body as SyntaxNode, edits, start);
      return;
    case 'ExpressionStatement':
    case 'ReturnStatement':
    case 'ThrowStatement':
    case 'VariableDeclaration':
    case 'ClassDeclaration':
    case 'FunctionDeclaration':
      count(edits, start, staticCost(node));
      break;
    case 'SwitchStatement':
      count(edits, start, staticCost(node.discriminant) + casesCost(node));
      break;
    case 'IfStatement':
      branch(node, edits);
      break;
    case 'ForStatement':
    case 'ForInStatement':
    case 'ForOfStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
      loop(node, edits, start);
      return;
    case 'ConditionalExpression':
      part(edits, node.consequent as SyntaxNode);
      part(edits, node.alternate as SyntaxNode);
      break;
    case 'ArrowFunctionExpression':
      arrow(node, edits);
      return;
    default:
  }
  for (const child of childrenOf(node)) visit(child, edits, undefined);
}

function branch(node: SyntaxNode, edits: TextEdits): void {
  prefix(edits, node.test, staticCost(node.test));
  body(edits, node.consequent as SyntaxNode, 0);
  if (node.alternate != null && node.alternate.type !== 'IfStatement') {
    body(edits, node.alternate, 0);
  }
}

function loop(node: SyntaxNode, edits: TextEdits, start: number): void {
  const perTest = node.type === 'ForStatement' ? 0 : LOOP_TEST_COST;
  count(edits, start, headCost(node));
  prefix(edits, node.test, staticCost(node.test) + perTest);
  prefix(edits, node.update, staticCost(node.update));
  const inner = node.body as SyntaxNode;
  body(edits, inner, BODY_COST[node.type] ?? 0);
  for (const child of childrenOf(node)) {
    // The head is counted with the loop, not as a declaration of its own.
    if (child.type === 'VariableDeclaration')
      for (const below of childrenOf(child)) visit(below, edits, undefined);
    else visit(child, edits, undefined);
  }
}

/** What a loop evaluates once before it runs. */
function headCost(node: SyntaxNode): number {
  if (node.type === 'ForStatement') return staticCost(node.init);
  if (node.type === 'ForInStatement' || node.type === 'ForOfStatement') {
    return staticCost(node.left) + staticCost(node.right);
  }
  return 0;
}

function casesCost(node: SyntaxNode): number {
  let cost = 0;
  for (const each of node.cases ?? []) cost += staticCost(each.test);
  return cost;
}

/**
 * The value of an arrow is computed by an ordinary function inside, so that it can have a counter.
 * As with the reference, `this` in there is not the one around.
 */
function arrow(node: SyntaxNode, edits: TextEdits): void {
  const inner = node.body as SyntaxNode;
  if (inner.type !== 'BlockStatement') {
    // An object literal has brackets around it that are not part of its range.
    const start = edits.source.lastIndexOf('=>', from(inner)) + 2;
    edits.insert(start, '{return function(){');
    count(edits, start, staticCost(inner));
    edits.insert(start, 'return');
    edits.close(to(node), '}()}');
  }
  for (const child of childrenOf(node)) visit(child, edits, undefined);
}

function body(edits: TextEdits, inner: SyntaxNode, cost: number): void {
  if (inner.type === 'BlockStatement') {
    count(edits, from(inner) + 1, cost);
    return;
  }
  edits.insert(from(inner), '{');
  count(edits, from(inner), cost);
  edits.close(to(inner), '}');
}

/** A branch of a conditional. */
function part(edits: TextEdits, node: SyntaxNode): void {
  const cost = staticCost(node);
  if (cost === 0) return;
  edits.insert(from(node), `(${counter(cost)},`);
  edits.close(to(node), ')');
}

function prefix(edits: TextEdits, node: SyntaxNode | null | undefined, cost: number): void {
  if (node != null && cost !== 0) edits.insert(from(node), `${counter(cost)},`);
}

function count(edits: TextEdits, at: number, cost: number): void {
  if (cost !== 0) edits.insert(at, `${counter(cost)};`);
}

function counter(cost: number): string {
  return `${COUNTER}.incr(${cost})`;
}

function from(node: SyntaxNode): number {
  return node.range?.[0] ?? 0;
}

function to(node: SyntaxNode): number {
  return node.range?.[1] ?? 0;
}
