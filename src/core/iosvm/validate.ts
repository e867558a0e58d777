/** The rules on a contract that need no running (spec go-iost §5.2), with the reference's words. */

import type { ContractObject, DeclaredAbi } from './contract-object.ts';
import { parse, type SyntaxNode } from './syntax.ts';

const ABI_NAME = /^[A-Za-z0-9][A-Za-z0-9_]{0,31}$/;
const TYPES: ReadonlySet<string> = new Set(['string', 'bool', 'number', 'json']);

/** Why the contract may not be published, `undefined` when it may. */
export function contractProblem(contract: ContractObject): string | undefined {
  const program = parse(contract.code);
  if (!program.ok) return refused(`Uncaught exception: ${program.failure.message}`, '');
  const problem = classProblem(program.value.body, contract.abi);
  return problem === undefined ? undefined : refused('', `Error: ${problem}`);
}

function refused(engine: string, result: string): string {
  return `validate code error: ${engine}, result: ${result}`;
}

function classProblem(
  body: readonly SyntaxNode[],
  abis: readonly DeclaredAbi[],
): string | undefined {
  const last = body.at(-1);
  if (last === undefined || body.length < 2) return 'empty source code.';
  const name = exportedName(last);
  if (name === undefined) {
    return "last expression must be 'module.exports = CLASS_IDENTIFIER;'";
  }
  const exported = body.find(
    (statement) => statement.type === 'ClassDeclaration' && statement.id?.name === name,
  );
  if (exported === undefined) return 'abi not match your source code.';
  const methods = methodsOf(exported);
  if (methods.has('constructor')) {
    return "smart contract class shouldn't contain constructor method!!";
  }
  if (!methods.has('init')) return 'init not found!';
  for (const abi of abis) {
    const problem = abiProblem(abi, methods);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** `Name` of a statement that is exactly `module.exports = Name`. */
function exportedName(statement: SyntaxNode): string | undefined {
  const { expression } = statement;
  if (statement.type !== 'ExpressionStatement' || typeof expression !== 'object') return undefined;
  const { left, right } = expression;
  const isExport =
    expression.type === 'AssignmentExpression' &&
    expression.operator === '=' &&
    left?.type === 'MemberExpression' &&
    left.computed === false &&
    left.object?.name === 'module' &&
    left.property?.name === 'exports' &&
    right?.type === 'Identifier';
  return isExport ? right.name : undefined;
}

/** Number of parameters by method. */
function methodsOf(declaration: SyntaxNode): ReadonlyMap<string, number> {
  const methods = new Map<string, number>();
  const { body } = declaration.body as SyntaxNode;
  for (const method of body as SyntaxNode[]) {
    const { key, value } = method;
    if (method.type !== 'MethodDefinition' || key?.name === undefined) continue;
    methods.set(key.name, (value as SyntaxNode).params?.length ?? 0);
  }
  return methods;
}

function abiProblem(abi: DeclaredAbi, methods: ReadonlyMap<string, number>): string | undefined {
  const { name, args, amountLimit } = abi;
  if (!ABI_NAME.test(name)) {
    return `abi name invalid. abi name should be 1 to 32 characters of letters, digits and _. got ${name}`;
  }
  if (name === 'init') return "abi shouldn't contain internal function: init";
  const parameters = methods.get(name);
  if (parameters === undefined) return `abi not defined in source code: ${name}`;
  if (parameters !== args.length) return `args length not match: ${name}`;
  if (!args.every((type) => TYPES.has(type))) {
    return 'args should be one of ["string", "bool", "number", "json"]';
  }
  const isText = amountLimit.every(
    ({ token, value }) => typeof token === 'string' && typeof value === 'string',
  );
  return isText ? undefined : 'amountLimit invalid. token and val should be strings';
}
