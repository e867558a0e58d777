/**
 * Gas that instrumentation knows without running the code (spec go-iost §5.3). A fraction of gas is
 * possible here; the counter cuts it off at run time, once per call of the counter.
 */

import { childrenOf, type SyntaxNode } from './syntax.ts';

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

/**
 * Cost of evaluating the node once: its own and that of everything below that runs with it. Bodies
 * of functions and the two branches of a conditional have counters of their own.
 */
export function staticCost(node: SyntaxNode | null | undefined): number {
  if (node === null || node === undefined) return 0;
  let cost = ownCost(node);
  for (const child of evaluatedWith(node)) cost += staticCost(child);
  return cost;
}

export function ownCost(node: SyntaxNode): number {
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

function evaluatedWith(node: SyntaxNode): readonly SyntaxNode[] {
  switch (node.type) {
    case 'FunctionExpression':
    case 'FunctionDeclaration':
    case 'ArrowFunctionExpression':
      return node.params ?? [];
    case 'ConditionalExpression':
      return node.test == null ? [] : [node.test];
    default:
      return childrenOf(node);
  }
}
