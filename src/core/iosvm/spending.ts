/**
 * What a method may move out of accounts, read from its source without running it: the calls of
 * `blockchain` that it can reach, with their amounts where these are literals. Such a movement has to
 * be within the `amountLimit` of the ABI (spec go-iost §5.13); tokens of the contract itself are free.
 *
 * What cannot be followed is said, never guessed: an amount that is not a literal, or may be moved any
 * number of times, counts as unknown.
 */

import { formatDecimal, powerOfTen } from '../ledger/decimal.ts';
import type { Flaw } from './flaw.ts';
import type { Scope, Value } from './source-values.ts';
import { allNodes, childrenOf, type SyntaxNode } from './syntax.ts';

export type Spending = {
  /** By token, `*` where that is not a literal; an amount is `undefined` where it is unknown. */
  readonly amounts: ReadonlyMap<
    string,
    { readonly amount: string | undefined; readonly at: number }
  >;
  /** Calls of contracts that may move tokens, too. */
  readonly unseen: readonly Flaw[];
};

/** The functions that a method may call, by name. */
export type Callables = {
  readonly methods: ReadonlyMap<string, SyntaxNode>;
  /** Of other classes of the source. */
  readonly helperMethods: ReadonlyMap<string, SyntaxNode>;
  readonly functions: ReadonlyMap<string, SyntaxNode>;
  readonly constants: Scope;
};

type Movement = { readonly units: bigint | undefined; readonly at: number };
type Movements = Map<string, Movement>;

/** Amounts are added up with more decimals than any token has. */
const SCALE = 18;
const AMOUNT = /^\d+(\.\d{1,18})?$/;
/** BOUND: calls that are followed; beyond it nothing is known. */
const CALLS_MAX = 5_000;

/** Where token, payer and amount stand among the arguments of what moves tokens. */
const MOVERS: Readonly<
  Record<
    string,
    { readonly token: number | string; readonly from: number; readonly amount?: number }
  >
> = {
  'token.iost/transfer': { token: 0, from: 1, amount: 3 },
  'token.iost/transferFreeze': { token: 0, from: 1, amount: 3 },
  'token.iost/destroy': { token: 0, from: 1, amount: 2 },
  'gas.iost/pledge': { token: 'iost', from: 0, amount: 2 },
  'ram.iost/buy': { token: 'iost', from: 0 },
};
/** Nothing else that these offer moves tokens of accounts. */
const KNOWN_CONTRACTS: ReadonlySet<string> = new Set([
  'token.iost',
  'token721.iost',
  'gas.iost',
  'ram.iost',
  'domain.iost',
  'system.iost',
]);
const LOOPS: ReadonlySet<string> = new Set([
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
]);
const FUNCTIONS: ReadonlySet<string> = new Set([
  'FunctionExpression',
  'FunctionDeclaration',
  'ArrowFunctionExpression',
]);

export function spendingOf(method: SyntaxNode, callables: Callables): Spending {
  const walk = new Walk(callables);
  const scope = callables.constants.inside(method.value as SyntaxNode, []);
  const found = walk.function(method.value as SyntaxNode, scope);
  const amounts = [...found].map(([token, { units, at }]) => {
    const amount = units === undefined ? undefined : formatDecimal(units, SCALE);
    return [token, { amount, at }] as const;
  });
  return { amounts: new Map(amounts), unseen: walk.unseen };
}

class Walk {
  readonly #callables: Callables;
  readonly #open: SyntaxNode[] = [];
  #calls = 0;
  readonly unseen: Flaw[] = [];

  constructor(callables: Callables) {
    this.#callables = callables;
  }

  function(node: SyntaxNode, scope: Scope): Movements {
    if (++this.#calls > CALLS_MAX) {
      this.#note('too many calls to follow', node);
      return new Map();
    }
    const depth = this.#open.filter((each) => each === node).length;
    if (depth > 1) return new Map();
    this.#open.push(node);
    const moved = this.#below(node, scope);
    this.#open.pop();
    // Who calls itself may do so any number of times.
    return depth === 1 ? repeated(moved) : moved;
  }

  #visit(node: SyntaxNode, scope: Scope): Movements {
    if (LOOPS.has(node.type)) return repeated(this.#below(node, scope));
    if (FUNCTIONS.has(node.type)) return repeated(this.#below(node, scope));
    switch (node.type) {
      case 'IfStatement':
      case 'ConditionalExpression': {
        const { test, consequent, alternate } = node;
        const before = test == null ? new Map() : this.#visit(test, scope);
        const yes = this.#visit(consequent as SyntaxNode, scope);
        const no = alternate == null ? new Map() : this.#visit(alternate, scope);
        return sum(before, larger(yes, no));
      }
      case 'CallExpression':
        return sum(this.#below(node, scope), this.#call(node, scope));
      case 'VariableDeclarator': {
        const moved = this.#below(node, scope);
        scope.declare(node);
        return moved;
      }
      case 'Identifier':
        if (node.name === 'blockchain') this.#note('"blockchain" is handed on', node);
        return new Map();
      case 'MemberExpression':
        return this.#member(node, scope);
      default:
        return this.#below(node, scope);
    }
  }

  #below(node: SyntaxNode, scope: Scope): Movements {
    let moved: Movements = new Map();
    for (const child of childrenOf(node)) moved = sum(moved, this.#visit(child, scope));
    return moved;
  }

  /** A name behind a dot is no variable. */
  #member({ object, property, computed }: SyntaxNode, scope: Scope): Movements {
    const isNamed = object?.name === 'blockchain' && computed === false;
    const moved = object === undefined || isNamed ? new Map() : this.#visit(object, scope);
    if (computed !== true || property === undefined) return moved;
    return sum(moved, this.#visit(property, scope));
  }

  #call(node: SyntaxNode, scope: Scope): Movements {
    const { callee } = node;
    const args = node.arguments ?? [];
    if (callee?.type === 'Identifier') {
      return this.#enter(this.#callables.functions.get(callee.name ?? ''), args, scope);
    }
    if (callee?.type !== 'MemberExpression' || callee.computed === true) return new Map();
    const name = callee.property?.name ?? '';
    if (callee.object?.name === 'blockchain') return this.#blockchain(name, node, args, scope);
    const { methods, helperMethods } = this.#callables;
    const isOwn = callee.object?.type === 'ThisExpression';
    const method = (isOwn ? methods.get(name) : undefined) ?? helperMethods.get(name);
    return this.#enter(method?.value as SyntaxNode | undefined, args, scope);
  }

  #enter(callee: SyntaxNode | undefined, args: readonly SyntaxNode[], scope: Scope): Movements {
    if (callee === undefined) return new Map();
    const values = args.map((argument) => scope.valueOf(argument));
    return this.function(callee, this.#callables.constants.inside(callee, values));
  }

  #blockchain(
    name: string,
    node: SyntaxNode,
    args: readonly SyntaxNode[],
    scope: Scope,
  ): Movements {
    const values = args.map((argument) => scope.valueOf(argument));
    switch (name) {
      case 'deposit':
        return movement('iost', values[0], values[1], node);
      case 'transfer':
        return movement('iost', values[0], values[2], node);
      case 'call':
      case 'callWithAuth':
        return this.#foreign(values, args[2], node, scope);
      default:
        return new Map();
    }
  }

  #foreign(
    [contract, abi]: readonly Value[],
    list: SyntaxNode | undefined,
    node: SyntaxNode,
    scope: Scope,
  ): Movements {
    if (contract?.kind !== 'text' || !KNOWN_CONTRACTS.has(contract.text)) {
      const name = contract?.kind === 'text' ? contract.text : 'another contract';
      this.#note(`it calls ${name}, which may move tokens of accounts`, node);
      return new Map();
    }
    if (abi?.kind !== 'text') {
      this.#note(`it calls ${contract.text} under a name that is no literal`, node);
      return new Map();
    }
    const mover = MOVERS[`${contract.text}/${abi.text}`];
    if (mover === undefined) return new Map();
    const values = listOf(list)?.map((element) => scope.valueOf(element)) ?? [];
    const named: Value =
      typeof mover.token === 'number' ? values[mover.token] : { kind: 'text', text: mover.token };
    const token = named?.kind === 'text' ? named.text : '*';
    const amount = mover.amount === undefined ? undefined : values[mover.amount];
    return movement(token, values[mover.from], amount, node);
  }

  #note(message: string, node: SyntaxNode): void {
    const at = node.range?.[0] ?? 0;
    const isKnown = this.unseen.some((flaw) => flaw.at === at);
    if (!isKnown) this.unseen.push({ message, at });
  }
}

/** `[…]` or `JSON.stringify([…])`. */
function listOf(node: SyntaxNode | undefined): readonly SyntaxNode[] | undefined {
  const isText =
    node?.type === 'CallExpression' &&
    node.callee?.object?.name === 'JSON' &&
    node.callee.property?.name === 'stringify';
  const list = isText ? node.arguments?.[0] : node;
  if (list?.type !== 'ArrayExpression') return undefined;
  return list.elements?.map((element) => element ?? { type: 'Literal' });
}

function movement(token: string, from: Value, amount: Value, node: SyntaxNode): Movements {
  if (from?.kind === 'this contract') return new Map();
  const isKnown = amount?.kind === 'text' && AMOUNT.test(amount.text);
  const units = isKnown ? unitsOf(amount.text) : undefined;
  return new Map([[token, { units, at: node.range?.[0] ?? 0 }]]);
}

function unitsOf(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole) * powerOfTen(SCALE) + BigInt(fraction.padEnd(SCALE, '0'));
}

function repeated(movements: Movements): Movements {
  return new Map([...movements].map(([token, { at }]) => [token, { units: undefined, at }]));
}

function sum(left: Movements, right: Movements): Movements {
  return combine(left, right, (one, other) => one + other);
}

function larger(left: Movements, right: Movements): Movements {
  return combine(left, right, (one, other) => {
    if (one > other) return one;
    return other;
  });
}

function combine(
  left: Movements,
  right: Movements,
  units: (one: bigint, other: bigint) => bigint,
): Movements {
  if (right.size === 0) return left;
  const both = new Map(left);
  for (const [token, movement] of right) {
    const before = both.get(token);
    if (before === undefined) both.set(token, movement);
    else if (before.units !== undefined && movement.units !== undefined) {
      both.set(token, { units: units(before.units, movement.units), at: before.at });
    } else both.set(token, before.units === undefined ? before : movement);
  }
  return both;
}

/** What a program's methods may call. */
export function callablesOf(
  body: readonly SyntaxNode[],
  methods: ReadonlyMap<string, SyntaxNode>,
  constants: Scope,
): Callables {
  const functions = new Map<string, SyntaxNode>();
  const helperMethods = new Map<string, SyntaxNode>();
  const own = new Set(methods.values());
  for (const statement of body) {
    if (statement.type === 'FunctionDeclaration') {
      functions.set(statement.id?.name ?? '', statement);
    }
    for (const { id, init } of statement.declarations ?? []) {
      if (init != null && FUNCTIONS.has(init.type)) functions.set(id?.name ?? '', init);
    }
    for (const node of allNodes(statement)) {
      if (node.type !== 'MethodDefinition' || own.has(node)) continue;
      if (node.key?.name !== undefined) helperMethods.set(node.key.name, node);
    }
  }
  return { methods, helperMethods, functions, constants };
}
