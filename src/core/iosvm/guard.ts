/**
 * Third pass, when a contract is loaded; its result is run but neither stored nor charged. The first
 * two passes fix gas, this one closes what they leave open: recursion is bounded by a counter instead
 * of the stack of the machine, and everything that copies or compares much for little gas goes
 * through helpers of the runtime that count it.
 */

import { assert } from '../assert.ts';
import { SPREAD_ELEMENT } from './reserved-names.ts';
import { allNodes, childrenOf, parse, print, type SyntaxNode } from './syntax.ts';

/** What the runtime has to provide, by its name in guarded code. */
export type GuardNames = {
  /** `enter(bytes)` answers what `leave` takes. */
  readonly enter: string;
  readonly leave: string;
  /** `allocate(bytes)` before a long literal. */
  readonly allocate: string;
  /** Checks and answers a value that is about to be turned into a number. */
  readonly number: string;
  /** `update(object, key, delta, isPrefix)` for `object[key]++` and its like. */
  readonly update: string;
  /** Checks and answers a value that a switch compares with. */
  readonly label: string;
  /** Checks and answers an object whose keys are about to be listed. */
  readonly keys: string;
  /** Checks and answers what is about to become a prototype, or a class that is extended. */
  readonly base: string;
  /** Checks and answers the key of an assignment. */
  readonly slot: string;
  /** Answers the arguments that a spread stands for, as an array of bounded length, on the stack. */
  readonly spread: string;
  /** `unspread(mark(), call)` answers what the call did, and takes its arguments off the stack. */
  readonly mark: string;
  readonly unspread: string;
};

export type GuardedCode = {
  readonly code: string;
  readonly names: GuardNames;
  /** Names that sloppy code assigns without declaring: globals of one call. */
  readonly implicitGlobals: readonly string[];
  /** Every identifier that occurs. */
  readonly identifiers: ReadonlySet<string>;
  /** The tree of `code`; its nodes know where they stand in the instrumented code. */
  readonly root: SyntaxNode;
};

/** Stack bytes that a call takes beside what its size says; more than V8 was seen to use. */
const FRAME_BYTES = 256;
const NODE_BYTES = 8;
/** Shorter literals are paid for by their gas. */
const LONG_LITERAL = 8;
const MEMBER_BYTES = 16;

/** `code` has gone through `instrument`. */
export function guard(code: string): GuardedCode {
  const program = parse(code);
  assert(program.ok, 'instrumented code parses');
  const { root } = program.value;
  const identifiers = new Set<string>();
  for (const node of allNodes(root)) {
    if (node.type === 'Identifier') identifiers.add(node.name ?? '');
  }
  const implicitGlobals = [...assignedNames(root)].filter((name) => name !== 'undefined');
  const names = namesBeside(identifiers);
  new Guard(names).visit(root);
  return { code: print(root), names, implicitGlobals, identifiers, root };
}

/** Names that the contract does not use. */
function namesBeside(identifiers: ReadonlySet<string>): GuardNames {
  let prefix = '$';
  while ([...identifiers].some((name) => name.startsWith(prefix))) prefix += '$';
  const named = (name: string) => `${prefix}${name}`;
  return {
    enter: named('enter'),
    leave: named('leave'),
    allocate: named('allocate'),
    number: named('number'),
    update: named('update'),
    label: named('label'),
    keys: named('keys'),
    spread: named('spread'),
    mark: named('mark'),
    unspread: named('unspread'),
    base: named('base'),
    slot: named('slot'),
  };
}

/** Names on the left of assignments outside of class bodies, which are strict. */
function assignedNames(root: SyntaxNode): ReadonlySet<string> {
  const names = new Set<string>();
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const target =
      node.type === 'AssignmentExpression' || node.type.startsWith('For')
        ? node.left
        : node.type === 'UpdateExpression'
          ? node.argument
          : undefined;
    if (target?.type === 'Identifier') names.add(target.name ?? '');
    if (node.type === 'ClassBody') continue;
    for (const child of childrenOf(node)) open.push(child);
  }
  return names;
}

class Guard {
  readonly #names: GuardNames;

  constructor(names: GuardNames) {
    this.#names = names;
  }

  /** Changes the tree in place; answers how many nodes belong to the function around. */
  visit(node: SyntaxNode): number {
    let nodes = 1;
    for (const child of childrenOf(node)) nodes += this.visit(child);
    switch (node.type) {
      case 'FunctionExpression':
      case 'FunctionDeclaration':
      case 'ArrowFunctionExpression':
        this.#function(node, nodes);
        return 1;
      case 'CallExpression':
      case 'NewExpression':
        this.#arguments(node);
        break;
      case 'ArrayExpression':
        this.#literal(node, node.elements?.length ?? 0);
        break;
      case 'ObjectExpression':
        this.#literal(node, node.properties?.length ?? 0);
        break;
      case 'SwitchCase':
        if (node.test != null && !isLiteral(node.test)) {
          node.test = call(this.#names.label, [node.test]);
        }
        break;
      case 'ForInStatement':
        if (node.right !== undefined) node.right = call(this.#names.keys, [node.right]);
        break;
      case 'UnaryExpression':
        this.#unary(node);
        break;
      case 'AssignmentExpression':
        this.#assignment(node);
        break;
      case 'ClassDeclaration':
      case 'ClassExpression':
        if (node.superClass != null) node.superClass = call(this.#names.base, [node.superClass]);
        break;
      case 'Property':
        this.#property(node);
        break;
      case 'UpdateExpression':
        this.#update(node);
        break;
      default:
    }
    return nodes;
  }

  /** Generators are bounded where they are resumed, by the runtime. */
  #function(node: SyntaxNode, nodes: number): void {
    const { body } = node;
    if (node.generator === true || body === undefined || Array.isArray(body)) return;
    const bytes = FRAME_BYTES + NODE_BYTES * nodes;
    const left = `${this.#names.leave}$`;
    const entered: SyntaxNode = {
      type: 'VariableDeclaration',
      kind: 'const',
      declarations: [
        {
          type: 'VariableDeclarator',
          id: identifier(left),
          init: call(this.#names.enter, [literal(bytes)]),
        },
      ],
    };
    const leave: SyntaxNode = {
      type: 'ExpressionStatement',
      expression: call(this.#names.leave, [identifier(left)]),
    };
    const guarded = {
      type: 'TryStatement',
      block: blockOf(body),
      handler: null,
      finalizer: { type: 'BlockStatement', body: [leave] },
    };
    node.body = { type: 'BlockStatement', body: [entered, guarded] };
    node.expression = false;
  }

  #arguments(node: SyntaxNode): void {
    let isSpread = false;
    for (const argument of node.arguments ?? []) {
      const callee = argument.argument?.callee;
      if (argument.type === 'SpreadElement' && callee?.name === SPREAD_ELEMENT) {
        argument.argument = call(this.#names.spread, [argument.argument as SyntaxNode]);
        isSpread = true;
      }
    }
    // A generator may go on elsewhere in between, so there the arguments stay counted.
    if (!isSpread || containsYield(node)) return;
    become(node, call(this.#names.unspread, [call(this.#names.mark, []), { ...node }]));
  }

  #literal(node: SyntaxNode, members: number): void {
    if (members < LONG_LITERAL) return;
    const allocate = call(this.#names.allocate, [literal(members * MEMBER_BYTES)]);
    become(node, { type: 'SequenceExpression', expressions: [allocate, { ...node }] });
  }

  /** Looking a key up goes through the whole chain of prototypes, so the chain is kept short. */
  #assignment(node: SyntaxNode): void {
    const { left, right } = node;
    if (left?.type !== 'MemberExpression' || left.property === undefined) return;
    if (left.computed === true) {
      if (typeof left.property.value === 'number') return;
      left.property = call(this.#names.slot, [left.property]);
    } else if (left.property.name === 'prototype' && right !== undefined) {
      node.right = call(this.#names.base, [right]);
    }
  }

  #property(node: SyntaxNode): void {
    const name = node.key?.name ?? node.key?.value;
    if (node.computed === true || name !== '__proto__' || Reflect.get(node, 'method') === true)
      return;
    if (node.kind !== 'init' || Reflect.get(node, 'shorthand') === true) return;
    node.value = call(this.#names.base, [node.value as SyntaxNode]);
  }

  #unary(node: SyntaxNode): void {
    const { operator, argument } = node;
    if (operator !== '+' && operator !== '-' && operator !== '~') return;
    if (argument != null && argument.type !== 'Literal') {
      node.argument = call(this.#names.number, [argument]);
    }
  }

  #update(node: SyntaxNode): void {
    const { argument } = node;
    if (argument == null) return;
    if (argument.type === 'Identifier') {
      const checked = call(this.#names.number, [{ ...argument }]);
      become(node, { type: 'SequenceExpression', expressions: [checked, { ...node }] });
      return;
    }
    const { object, property, computed } = argument;
    if (object === undefined || property === undefined || object.type === 'Super') return;
    const key = computed === true ? property : literal(property.name ?? '');
    const delta = literal(node.operator === '++' ? 1 : 0);
    const isPrefix = literal(Reflect.get(node, 'prefix') === true ? 1 : 0);
    become(node, call(this.#names.update, [object, key, delta, isPrefix]));
  }
}

/** Also behind its counter. */
function isLiteral(test: SyntaxNode): boolean {
  const { expressions } = test;
  return (Array.isArray(expressions) ? expressions.at(-1) : test)?.type === 'Literal';
}

/** An arrow may have its value in place of a body. */
function blockOf(body: SyntaxNode): SyntaxNode {
  if (body.type === 'BlockStatement') return body;
  return { type: 'BlockStatement', body: [{ type: 'ReturnStatement', argument: body }] };
}

function containsYield(node: SyntaxNode): boolean {
  for (const below of allNodes(node)) if (below.type === 'YieldExpression') return true;
  return false;
}

function become(node: SyntaxNode, replacement: object): void {
  for (const field of Object.keys(node)) Reflect.deleteProperty(node, field);
  Object.assign(node, replacement);
}

function call(name: string, args: SyntaxNode[]): SyntaxNode {
  return { type: 'CallExpression', callee: identifier(name), arguments: args };
}

function identifier(name: string): SyntaxNode {
  return { type: 'Identifier', name };
}

function literal(value: string | number): SyntaxNode {
  return { type: 'Literal', value };
}
