/**
 * What a contract may not contain beside what the parser refuses (spec go-iost §5.2), in the
 * reference's words. Three rules are ours: reserved names count however they are spelled; `with` is
 * refused, because it could put an object of the contract between the code and its gas counter; and
 * so is a property as the variable of a loop, an assignment that could not be guarded.
 */

import type { Flaw } from './flaw.ts';
import { RESERVED_NAMES } from './reserved-names.ts';
import { allNodes, type Program, type SyntaxNode, type Token } from './syntax.ts';

const RESERVED = 'use of _IOSTInstruction_counter or _IOSTBinaryOp keyword is not allowed';

/** The first thing that is not allowed, `undefined` where there is none. */
export function forbiddenSyntax(program: Program): Flaw | undefined {
  for (const token of program.tokens) {
    const message = tokenProblem(token);
    if (message !== undefined) return { message, at: token.range?.[0] ?? 0 };
  }
  for (const node of allNodes(program.root)) {
    const message = nodeProblem(node);
    if (message !== undefined) return { message, at: node.range?.[0] ?? 0 };
  }
  return undefined;
}

function tokenProblem({ type, value }: Token): string | undefined {
  if (type === 'RegularExpression') return 'use of RegularExpression is not allowed.undefined';
  if (type === 'Keyword' && (value === 'try' || value === 'catch')) {
    return 'use of try catch is not supported';
  }
  if (type === 'Identifier' && (value === 'async' || value === 'await')) {
    return 'use of async or await is not supported';
  }
  return RESERVED_NAMES.has(value) ? RESERVED : undefined;
}

function nodeProblem(node: SyntaxNode): string | undefined {
  switch (node.type) {
    case 'ArrayPattern':
    case 'ObjectPattern':
      return `use of ArrayPattern or ObjectPattern is not allowed.${JSON.stringify(node)}`;
    case 'ForInStatement':
    case 'ForOfStatement':
      return node.left?.type === 'MemberExpression'
        ? 'use of a property as loop variable is not allowed'
        : undefined;
    case 'WithStatement':
      return 'use of with is not allowed';
    case 'Identifier':
      if (node.name === 'async' || node.name === 'await') {
        return 'use of async or await is not supported';
      }
      return RESERVED_NAMES.has(node.name ?? '') ? RESERVED : undefined;
    case 'Literal':
      return RESERVED_NAMES.has(String(node.value)) ? RESERVED : undefined;
    default:
      return undefined;
  }
}
