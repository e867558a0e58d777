/**
 * Gas that instrumentation knows without running the code (spec go-iost §5.3). A fraction of gas is
 * possible here; the counter cuts it off at run time, once per call of the counter.
 */

import type { SyntaxNode } from './syntax.ts';

const COST: Readonly<Record<string, number>> = {
  ThrowStatement: 50,
  CallExpression: 4,
  TaggedTemplateExpression: 4,
  MemberExpression: 4,
  MetaProperty: 4,
  NewExpression: 8,
  YieldExpression: 8,
  AssignmentExpression: 3,
  UpdateExpression: 3,
  BinaryExpression: 3,
  UnaryExpression: 3,
  LogicalExpression: 3,
  ConditionalExpression: 3,
  FunctionExpression: 1,
  ArrowFunctionExpression: 3,
  FunctionDeclaration: 3,
  ClassDeclaration: 150,
  MethodDefinition: 2,
  VariableDeclarator: 3,
};

/** Cost of the node itself, without what is below it. */
export function staticCost(node: SyntaxNode): number {
  switch (node.type) {
    case 'ObjectExpression':
      return literalCost(node.properties?.length ?? 0);
    case 'ArrayExpression':
      return literalCost(node.elements?.length ?? 0);
    case 'Literal':
      return typeof node.value === 'string' ? 2 + 0.1 * node.value.length : 0;
    default:
      return COST[node.type] ?? 0;
  }
}

function literalCost(members: number): number {
  return members === 0 ? 0.1 : 2 + 0.1 * members;
}
