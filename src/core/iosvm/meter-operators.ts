/**
 * First pass of instrumentation, on the tree (spec go-iost §5.3): operators whose cost depends on
 * their operands become calls. `==` becomes what `===` does, and the left side of `a op= b` is
 * evaluated twice; contracts rely on both.
 */

import { BINARY_OPERATION, SPREAD_ELEMENT, TEMPLATE_TAG } from './reserved-names.ts';
import { childrenOf, type SyntaxNode } from './syntax.ts';

const NATIVE_OPERATORS: ReadonlySet<string> = new Set(['in', 'instanceof']);

/** Far above what the largest source comes to, unless it nests such assignments. */
const NODES_MAX = 500_000;

/**
 * Changes the tree in place; `false` where it would grow too large: each `a[b] op= c` doubles `b`.
 *
 * From above, because both halves of such an assignment share what is below `a[b]`, so that part is
 * changed twice, which shows where it has spread elements.
 */
export function meterOperators(root: SyntaxNode): boolean {
  return new OperatorPass().visit(root, undefined);
}

class OperatorPass {
  #nodes = 0;

  visit(node: SyntaxNode, parent: SyntaxNode | undefined): boolean {
    this.#nodes += 1;
    if (this.#nodes > NODES_MAX) return false;
    switch (node.type) {
      case 'BinaryExpression':
        if (!NATIVE_OPERATORS.has(node.operator ?? '')) becomeBinaryCall(node);
        break;
      case 'AssignmentExpression':
        if (node.operator !== '=') becomePlainAssignment(node);
        break;
      case 'TemplateLiteral':
        if (parent?.type !== 'TaggedTemplateExpression') becomeTagged(node);
        break;
      case 'SpreadElement':
        if (node.argument != null) node.argument = call(SPREAD_ELEMENT, [node.argument]);
        break;
      default:
    }
    return childrenOf(node).every((child) => this.visit(child, node));
  }
}

function becomeBinaryCall(node: SyntaxNode): void {
  const { left, right, operator } = node;
  if (left === undefined || right === undefined || operator === undefined) return;
  become(node, binaryCall(left, right, operator));
}

function becomePlainAssignment(node: SyntaxNode): void {
  const { left, right, operator } = node;
  if (left === undefined || right === undefined || operator === undefined) return;
  node.operator = '=';
  node.right = {
    type: 'BinaryExpression',
    operator: operator.slice(0, -1),
    left: { ...left },
    right,
  };
}

function becomeTagged(node: SyntaxNode): void {
  become(node, {
    type: 'TaggedTemplateExpression',
    tag: identifier(TEMPLATE_TAG),
    quasi: { ...node },
  });
}

function become(node: SyntaxNode, replacement: SyntaxNode): void {
  for (const field of Object.keys(node)) Reflect.deleteProperty(node, field);
  Object.assign(node, replacement);
}

function binaryCall(left: SyntaxNode, right: SyntaxNode, operator: string): SyntaxNode {
  return call(BINARY_OPERATION, [left, right, { type: 'Literal', value: operator }]);
}

function call(name: string, args: SyntaxNode[]): SyntaxNode {
  return { type: 'CallExpression', callee: identifier(name), arguments: args };
}

function identifier(name: string): SyntaxNode {
  return { type: 'Identifier', name };
}
