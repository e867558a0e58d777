/** Values that a source shows without running it: literals, constants, and who the contract is. */

import { allNodes, type SyntaxNode } from './syntax.ts';

export type Value =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'this contract' }
  | undefined;

const WRAPPERS: ReadonlySet<string> = new Set([
  'String',
  'Number',
  'BigNumber',
  'Int64',
  'Float64',
]);

/** Names and what they stand for within one function; a name that is not here stands for anything. */
export class Scope {
  readonly #values: Map<string, Value>;

  constructor(values: ReadonlyMap<string, Value> = new Map()) {
    this.#values = new Map(values);
  }

  /** The constants at the top of a program. */
  static ofProgram(body: readonly SyntaxNode[]): Scope {
    const scope = new Scope();
    for (const statement of body) {
      if (statement.type !== 'VariableDeclaration' || statement.kind !== 'const') continue;
      for (const declarator of statement.declarations ?? []) scope.declare(declarator);
    }
    return scope;
  }

  /** The scope of a call of `node` with these arguments. Names that it assigns stand for anything. */
  inside(node: SyntaxNode, args: readonly Value[]): Scope {
    const inner = new Scope(this.#values);
    for (const [index, parameter] of (node.params ?? []).entries()) {
      const { name, left, right } = parameter;
      const given = args[index];
      if (parameter.type === 'Identifier') inner.#set(name, given);
      else if (parameter.type === 'AssignmentPattern') {
        inner.#set(left?.name, index < args.length ? given : this.valueOf(right));
      }
    }
    inner.#forgetAssigned(node);
    return inner;
  }

  /** Takes in what a declarator says. A name that is declared twice stands for anything. */
  declare({ id, init }: SyntaxNode): void {
    const name = id?.name;
    if (name === undefined) return;
    this.#set(name, this.#values.has(name) || init == null ? undefined : this.valueOf(init));
  }

  valueOf(node: SyntaxNode | null | undefined): Value {
    switch (node?.type) {
      case 'Literal':
        return textValue(node.value);
      case 'TemplateLiteral':
        return templateValue(node);
      case 'Identifier':
        return this.#values.get(node.name ?? '');
      case 'NewExpression':
      case 'CallExpression':
        return this.#callValue(node);
      default:
        return undefined;
    }
  }

  #callValue({ callee, arguments: args }: SyntaxNode): Value {
    if (callee?.type === 'Identifier') {
      return WRAPPERS.has(callee.name ?? '') ? this.valueOf(args?.[0]) : undefined;
    }
    if (callee?.type !== 'MemberExpression' || callee.computed === true) return undefined;
    const method = callee.property?.name;
    if (callee.object?.name === 'blockchain') {
      return method === 'contractName' ? { kind: 'this contract' } : undefined;
    }
    return method === 'toString' ? this.valueOf(callee.object) : undefined;
  }

  #set(name: string | undefined, value: Value): void {
    if (name !== undefined) this.#values.set(name, value);
  }

  #forgetAssigned(node: SyntaxNode): void {
    for (const each of allNodes(node)) {
      const target =
        each.type === 'AssignmentExpression'
          ? each.left
          : each.type === 'UpdateExpression'
            ? each.argument
            : undefined;
      if (target?.type === 'Identifier') this.#set(target.name, undefined);
    }
  }
}

function textValue(value: unknown): Value {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  return { kind: 'text', text: String(value) };
}

function templateValue(node: SyntaxNode): Value {
  const quasis = Reflect.get(node, 'quasis') as readonly SyntaxNode[];
  const [only] = quasis;
  if (only === undefined || quasis.length > 1) return undefined;
  return textValue((only.value as { readonly cooked?: string }).cooked);
}
