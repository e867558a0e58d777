/** The rules on a contract that need no running (spec go-iost §5.2), with the reference's words. */

import { ok, type Result } from '../result.ts';
import type { ContractObject, DeclaredAbi } from './contract-object.ts';
import type { Flaw } from './flaw.ts';
import { parse, type SyntaxNode } from './syntax.ts';

export const ABI_NAME = /^[A-Za-z0-9][A-Za-z0-9_]{0,31}$/;
export const ABI_TYPES: ReadonlySet<string> = new Set(['string', 'bool', 'number', 'json']);

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

/** The class that a program exports, with what it offers. */
export type ExportedClass = { readonly methods: ReadonlyMap<string, SyntaxNode> };

function classProblem(
  body: readonly SyntaxNode[],
  abis: readonly DeclaredAbi[],
): string | undefined {
  const exported = exportedClass(body);
  if (!exported.ok) return exported.failure.message;
  for (const abi of abis) {
    const problem = abiProblem(abi, exported.value.methods);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Finds the class of a contract; `body` are the statements of its source. */
export function exportedClass(body: readonly SyntaxNode[]): Result<ExportedClass, Flaw> {
  const last = body.at(-1);
  if (last === undefined || body.length < 2) return flaw('empty source code.', last);
  const name = exportedName(last);
  if (name === undefined) {
    return flaw("last expression must be 'module.exports = CLASS_IDENTIFIER;'", last);
  }
  const exported = body.find(
    (statement) => statement.type === 'ClassDeclaration' && statement.id?.name === name,
  );
  if (exported === undefined) return flaw('abi not match your source code.', last);
  const methods = methodsOf(exported);
  const constructing = methods.get('constructor');
  if (constructing !== undefined) {
    return flaw("smart contract class shouldn't contain constructor method!!", constructing);
  }
  if (!methods.has('init')) return flaw('init not found!', exported);
  return ok({ methods });
}

function flaw(message: string, node: SyntaxNode | undefined): { ok: false; failure: Flaw } {
  return { ok: false, failure: { message, at: node?.range?.[0] ?? 0 } };
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

/** Definitions by name. */
export function methodsOf(declaration: SyntaxNode): ReadonlyMap<string, SyntaxNode> {
  const methods = new Map<string, SyntaxNode>();
  const { body } = declaration.body as SyntaxNode;
  for (const method of body as SyntaxNode[]) {
    const { key } = method;
    if (method.type !== 'MethodDefinition' || key?.name === undefined) continue;
    methods.set(key.name, method);
  }
  return methods;
}

/** The parameters of a method definition. */
export function parametersOf(method: SyntaxNode): readonly SyntaxNode[] {
  return (method.value as SyntaxNode).params ?? [];
}

function abiProblem(
  abi: DeclaredAbi,
  methods: ReadonlyMap<string, SyntaxNode>,
): string | undefined {
  const { name, args, amountLimit } = abi;
  if (!ABI_NAME.test(name)) {
    return `abi name invalid. abi name should be 1 to 32 characters of letters, digits and _. got ${name}`;
  }
  if (name === 'init') return "abi shouldn't contain internal function: init";
  const method = methods.get(name);
  if (method === undefined) return `abi not defined in source code: ${name}`;
  if (parametersOf(method).length !== args.length) return `args length not match: ${name}`;
  if (!args.every((type) => ABI_TYPES.has(type))) {
    return 'args should be one of ["string", "bool", "number", "json"]';
  }
  const isText = amountLimit.every(
    ({ token, value }) => typeof token === 'string' && typeof value === 'string',
  );
  return isText ? undefined : 'amountLimit invalid. token and val should be strings';
}
