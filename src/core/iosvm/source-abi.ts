/**
 * The ABI of a contract, read from its source: methods of the exported class, types from their JSDoc
 * comments, and `amountLimit` as far as the source shows what a method moves (spec go-iost §5.1,
 * §5.13). Methods whose name begins with `_` and `init` are not part of it.
 */

import type { AmountLimit } from '../chain/transaction.ts';
import { ok, type Result } from '../result.ts';
import type { DeclaredAbi } from './contract-object.ts';
import { type DocComment, docCommentAbove } from './doc-comment.ts';
import type { Flaw } from './flaw.ts';
import { forbiddenSyntax } from './forbidden-syntax.ts';
import { Scope } from './source-values.ts';
import { type Callables, callablesOf, spendingOf } from './spending.ts';
import { type Comment, commentsOf, parse, type SyntaxNode, syntaxFlaw } from './syntax.ts';
import { ABI_NAME, ABI_TYPES, exportedClass, parametersOf } from './validate.ts';

/** Limits that the publisher chose beside the source, by ABI; under `*` for those without their own. */
export type ChosenLimits = ReadonlyMap<string, readonly AmountLimit[]>;

export type SourceAbi = {
  readonly abi: readonly DeclaredAbi[];
  /** What the author should look at; in the order of the source. */
  readonly warnings: readonly Flaw[];
};

const UNLIMITED = 'unlimited';

/** For authors, in place of what the reference says to everybody. */
const PLAINER: Readonly<Record<string, string>> = {
  'empty source code.':
    'a contract is a class and, as the last statement, module.exports = ItsClass;',
  "last expression must be 'module.exports = CLASS_IDENTIFIER;'":
    'the last statement has to be module.exports = ItsClass;',
  'abi not match your source code.': 'module.exports names no class of this file',
  "smart contract class shouldn't contain constructor method!!":
    'the class of a contract has no constructor: what is done once belongs into init()',
  'init not found!': 'the class has no method init()',
};

/** Every flaw of the source that keeps it from having an ABI, or its ABI. */
export function abiOfSource(
  source: string,
  chosen: ChosenLimits = new Map(),
): Result<SourceAbi, readonly Flaw[]> {
  const unreadable = syntaxFlaw(source);
  if (unreadable !== undefined) return failed([unreadable]);
  const program = parse(source);
  if (!program.ok) return failed([{ message: program.failure.message, at: 0 }]);
  const forbidden = forbiddenSyntax(program.value);
  if (forbidden !== undefined) return failed([{ ...forbidden, message: plain(forbidden.message) }]);
  const { body } = program.value;
  const exported = exportedClass(body);
  if (!exported.ok) {
    const { message, at } = exported.failure;
    return failed([{ message: PLAINER[message] ?? message, at }]);
  }
  const { methods } = exported.value;
  const reader = new Reader(source, chosen, callablesOf(body, methods, Scope.ofProgram(body)));
  return reader.read(methods);
}

/** Some of the reference's sentences end with what its code had at hand. */
function plain(message: string): string {
  return message.replace(/\.(undefined|\{.*)$/s, '');
}

function failed(flaws: readonly Flaw[]): Result<never, readonly Flaw[]> {
  return { ok: false, failure: flaws };
}

class Reader {
  readonly #source: string;
  readonly #chosen: ChosenLimits;
  readonly #callables: Callables;
  readonly #comments: readonly Comment[];
  readonly #flaws: Flaw[] = [];
  readonly #warnings: Flaw[] = [];

  constructor(source: string, chosen: ChosenLimits, callables: Callables) {
    this.#source = source;
    this.#chosen = chosen;
    this.#callables = callables;
    this.#comments = commentsOf(source);
  }

  read(methods: ReadonlyMap<string, SyntaxNode>): Result<SourceAbi, readonly Flaw[]> {
    const abi: DeclaredAbi[] = [];
    for (const [name, method] of methods) {
      if (name !== 'init' && !name.startsWith('_')) abi.push(this.#abi(name, method));
    }
    for (const name of this.#chosen.keys()) {
      if (name === '*' || abi.some((each) => each.name === name)) continue;
      this.#flaws.push({ message: `--amount-limit names ${name}, which is no ABI of it`, at: 0 });
    }
    if (this.#flaws.length > 0) return failed(this.#flaws);
    return ok({ abi, warnings: this.#warnings });
  }

  #abi(name: string, method: SyntaxNode): DeclaredAbi {
    const at = startOf(method);
    if (!ABI_NAME.test(name)) {
      this.#flaws.push({
        message: `${name} cannot be called from outside: names are 1 to 32 letters, digits and _; begin it with _ if it is internal`,
        at,
      });
    }
    const isGenerator = (method.value as SyntaxNode).generator === true;
    if (method.kind !== 'method' || Reflect.get(method, 'static') === true || isGenerator) {
      this.#flaws.push({ message: `${name} is no plain method; begin its name with _`, at });
    }
    const doc = docCommentAbove(this.#source, this.#comments, at);
    this.#flaws.push(...doc.flaws);
    const args = this.#argumentTypes(name, method, doc);
    return { name, args, amountLimit: this.#amountLimit(name, method, doc) };
  }

  #argumentTypes(name: string, method: SyntaxNode, doc: DocComment): readonly string[] {
    const names: string[] = [];
    const types = parametersOf(method).map((parameter) => {
      const named = parameter.type === 'AssignmentPattern' ? parameter.left : parameter;
      if (named?.type !== 'Identifier') {
        const message = `${name} is called with a fixed number of arguments: no rest parameters`;
        this.#flaws.push({ message, at: startOf(parameter) });
        return '';
      }
      names.push(named.name ?? '');
      return this.#argumentType(name, named, doc);
    });
    for (const documented of doc.parameters) {
      if (names.includes(documented.name)) continue;
      const message = `@param ${documented.name} is no parameter of ${name}`;
      this.#flaws.push({ message, at: documented.at });
    }
    return types;
  }

  #argumentType(method: string, parameter: SyntaxNode, doc: DocComment): string {
    const name = parameter.name ?? '';
    const documented = doc.parameters.find((each) => each.name === name);
    const type = documented?.type === 'boolean' ? 'bool' : documented?.type;
    if (type === undefined || type === '') {
      const message = `parameter ${name} of ${method} has no type: write "@param {string} ${name}" in a /** comment */ above the method (string, number, bool or json)`;
      this.#flaws.push({ message, at: documented?.at ?? startOf(parameter) });
      return '';
    }
    if (!ABI_TYPES.has(type)) {
      const message = `"${type}" is no type of an argument: string, number (whole), bool, or json for everything else`;
      this.#flaws.push({ message, at: documented?.at ?? 0 });
    }
    return type;
  }

  #amountLimit(name: string, method: SyntaxNode, doc: DocComment): readonly AmountLimit[] {
    const chosen = this.#chosen.get(name) ?? doc.amountLimits;
    if (chosen !== undefined) return chosen;
    const { amounts, unseen } = spendingOf(method, this.#callables);
    const general = this.#chosen.get('*');
    if (general !== undefined && amounts.size + unseen.length > 0) return general;
    for (const { message, at } of unseen) {
      const what = `${name}: ${message}; if it does, say how much: @amountLimit iost 100 (or none)`;
      this.#warnings.push({ message: what, at });
    }
    return [...amounts].map(([token, { amount, at }]) => {
      if (amount === undefined) this.#warnings.push(unknownAmount(name, token, at));
      return { token, value: amount ?? UNLIMITED };
    });
  }
}

function unknownAmount(name: string, token: string, at: number): Flaw {
  const what = token === '*' ? 'a token' : token;
  return {
    message: `${name} moves ${what} of an account, how much is not a literal: its limit is "unlimited". Choose one with @amountLimit ${token} 100, or say @amountLimit ${token} unlimited`,
    at,
  };
}

function startOf(node: SyntaxNode): number {
  return node.range?.[0] ?? 0;
}
