/**
 * First pass of instrumentation, on the tree (spec go-iost §5.3): operators whose cost depends on
 * their operands become calls. `==` becomes what `===` does, and the left side of `a op= b` is
 * evaluated twice; contracts rely on both.
 */

import { BINARY_OPERATION, SPREAD_ELEMENT, TEMPLATE_TAG } from './reserved-names.ts';
import { childrenOf, type SyntaxNode } from './syntax.ts';

const NATIVE_OPERATORS: ReadonlySet<string> = new Set(['in', 'instanceof']);

/** Changes the tree in place. */
export function meterOperators(node: SyntaxNode): void {
  for (const child of childrenOf(node)) {
    // The parts of a tagged template belong to its tag.
    if (node.type === 'TaggedTemplateExpression' && child === node.quasi) {
      for (const part of childrenOf(child)) meterOperators(part);
    } else meterOperators(child);
  }
  tagTemplatesBelow(node);
  switch (node.type) {
    case 'BinaryExpression':
      if (!NATIVE_OPERATORS.has(node.operator ?? '')) becomeBinaryCall(node);
      break;
    case 'AssignmentExpression':
      if (node.operator !== '=') becomePlainAssignment(node);
      break;
    case 'SpreadElement':
      if (node.argument != null) node.argument = call(SPREAD_ELEMENT, [node.argument]);
      break;
    default:
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
  node.right = binaryCall(left, right, operator.slice(0, -1));
}

/** Untagged templates are tagged from above: from below a template cannot tell whether it has a tag. */
function tagTemplatesBelow(node: SyntaxNode): void {
  for (const child of childrenOf(node)) {
    if (child.type !== 'TemplateLiteral' || node.type === 'TaggedTemplateExpression') continue;
    const quasi = { ...child };
    become(child, { type: 'TaggedTemplateExpression', tag: identifier(TEMPLATE_TAG), quasi });
  }
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
