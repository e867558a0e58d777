/**
 * Gas, allocation and recursion of the running call, and the helpers that instrumented code calls.
 * Runs inside the isolate, once per context, before anything of a contract. `kit` is what the files
 * of the prelude share; no contract can reach it.
 */
(kit) => {
  const { abs, max, min, trunc } = Math;
  const { isArray } = Array;
  const MAX_INT = 2147483647;
  const ARGUMENTS_MAX = 4096;
  const CHAIN_MAX = 64;

  /** Thrown when the call has to end and nothing of the contract may go on. */
  const STOP = Object.freeze(Object.create(null));

  let used = 0;
  let gasLeft = 0;
  let allocated = 0;
  let allocationMax = 0;
  let depth = 0;
  let depthMax = 0;
  let stopped = '';

  const stop = (reason) => {
    if (stopped === '') stopped = reason;
    throw STOP;
  };

  const incr = (value) => {
    if (!(value >= 0)) throw new Error('IOSTContractInstruction_Incr invalid gas');
    if (value >= MAX_INT) throw new Error('IOSTContractInstruction_Incr gas overflow max int');
    // Below 2^31 this cuts the fraction off.
    used += value | 0;
    if (used > gasLeft || stopped !== '') stop('out of gas');
  };

  /** Ends the call where it would go out of gas by this; charges nothing. */
  const checkGas = (value) => {
    if (used + value > gasLeft) stop('out of gas');
  };

  let inLibrary = false;
  let isFree = false;
  /** For methods that libraries use too: what they do inside is charged like a contract's own use. */
  const charge = (value) => {
    if (!isFree) incr(value);
  };
  /** Runs code of a library. Nothing of a contract may be called from in there. */
  const library = (method, self, first, second) => {
    const before = inLibrary;
    inLibrary = true;
    try {
      return method(self, first, second);
    } finally {
      inLibrary = before;
    }
  };
  /** As `library`, for a look at values that the reference does not take. */
  const free = (method, self, first, second) => {
    const before = isFree;
    isFree = true;
    try {
      return library(method, self, first, second);
    } finally {
      isFree = before;
    }
  };

  /** To be called before memory is taken or many values are gone through. */
  const allocate = (bytes) => {
    allocated += bytes;
    if (!(allocated <= allocationMax)) stop('out of memory');
  };

  const enter = (bytes) => {
    const before = depth;
    depth = before + bytes;
    if (depth > depthMax) {
      depth = before;
      throw new RangeError('Maximum call stack size exceeded');
    }
    return before;
  };
  const leave = (before) => {
    depth = before;
  };

  /** Turning a long text into a number costs as much as the text is long. */
  const number = (value) => {
    if (typeof value === 'string') allocate(value.length);
    return value;
  };

  const textLength = (value) => {
    if (typeof value === 'string') return value.length;
    return value === null || value === undefined ? 0 : value.toString().length;
  };

  const compared = (left, right) => {
    if (typeof left === 'string' || typeof right === 'string') {
      incr(textLength(left) + textLength(right));
    }
  };

  const binary = (left, right, operator) => {
    incr(3);
    switch (operator) {
      case '+': {
        const sum = left + right;
        if (typeof sum === 'string') {
          incr(sum.length);
          allocate(sum.length);
        }
        return sum;
      }
      case '==':
      case '===':
        compared(left, right);
        return left === right;
      case '!=':
      case '!==':
        compared(left, right);
        return left !== right;
      case '<':
        compared(left, right);
        return left < right;
      case '<=':
        compared(left, right);
        return left <= right;
      case '>':
        compared(left, right);
        return left > right;
      case '>=':
        compared(left, right);
        return left >= right;
      default:
        return arithmetic(number(left), number(right), operator);
    }
  };

  const arithmetic = (left, right, operator) => {
    switch (operator) {
      case '-':
        return left - right;
      case '*':
        return left * right;
      case '/':
        return left / right;
      case '%':
        return left % right;
      case '**':
        return left ** right;
      case '|':
        return left | right;
      case '&':
        return left & right;
      case '^':
        return left ^ right;
      case '>>':
        return left >> right;
      case '>>>':
        return left >>> right;
      case '<<':
        return left << right;
      default:
        throw new Error(`unknown operator ${operator}`);
    }
  };

  /** Put together two at a time, and charged like `concat` each time. */
  const template = (strings, ...values) => {
    incr(4);
    let text = '';
    for (let index = 0; index < values.length; index++) {
      incr(8);
      text += `${strings[index]}${values[index]}`;
      incr(1 + 0.1 * text.length);
      allocate(text.length);
    }
    text += strings[values.length];
    incr(1 + 0.1 * text.length);
    allocate(text.length);
    return text;
  };

  const spreadElement = (value) => {
    if (value === null || value === undefined) return value;
    const { length } = value;
    if (typeof length === 'number' && length > 0) {
      incr(length);
      allocate(16 * length);
    }
    return value;
  };

  /** The arguments of a call lie on the stack, so their number is bounded. */
  const spread = (value) => {
    const list = [];
    for (const item of value) {
      if (list.length >= ARGUMENTS_MAX) throw new RangeError('too many arguments');
      list[list.length] = item;
    }
    enter(16 * list.length);
    return list;
  };

  const mark = () => depth;
  const unspread = (before, result) => {
    depth = before;
    return result;
  };

  const update = (object, key, isIncrement, isPrefix) => {
    const name = typeof key === 'symbol' ? key : `${key}`;
    const old = +number(object[name]);
    const value = isIncrement ? old + 1 : old - 1;
    object[name] = value;
    return isPrefix ? value : old;
  };

  const label = (value) => {
    if (typeof value === 'string') allocate(value.length >> 3);
    return value;
  };

  const { keys: keysOf, getPrototypeOf } = Object;
  const isObject = (value) =>
    typeof value === 'function' || (typeof value === 'object' && value !== null);
  const checkChain = (value) => {
    let at = value;
    for (let length = 0; isObject(at); length++) {
      if (length > CHAIN_MAX) throw new Error('chain of prototypes is too long');
      at = getPrototypeOf(at);
    }
  };
  const base = (value) => {
    checkChain(value);
    if (typeof value === 'function') checkChain(value.prototype);
    return value;
  };
  const slot = (key) => {
    if (typeof key === 'number' || typeof key === 'symbol') return key;
    const name = `${key}`;
    if (name === 'prototype') throw new Error('a prototype is assigned by its name');
    return name;
  };

  const keys = (value) => {
    let at = value;
    while (typeof at === 'object' && at !== null) {
      allocate(128 * (isArray(at) ? at.length : keysOf(at).length));
      at = getPrototypeOf(at);
    }
    return value;
  };

  /** As they are before contracts get metered ones. */
  kit.math = { abs, max, min, trunc };
  const split = Function.prototype.call.bind(String.prototype.split);
  kit.words = (text) => split(text, /\s+/);
  kit.STOP = STOP;
  kit.stop = stop;
  kit.incr = incr;
  kit.charge = charge;
  kit.checkGas = checkGas;
  kit.library = library;
  kit.free = free;
  kit.inLibrary = () => inLibrary;
  kit.allocate = allocate;
  kit.enter = enter;
  kit.leave = leave;
  kit.number = number;
  kit.update = update;
  kit.label = label;
  kit.keys = keys;
  kit.spread = spread;
  kit.mark = mark;
  kit.unspread = unspread;
  kit.base = base;
  kit.slot = slot;
  kit.binary = binary;
  kit.template = template;
  kit.spreadElement = spreadElement;
  kit.argumentsMax = ARGUMENTS_MAX;

  kit.used = () => used;
  kit.allocated = () => allocated;
  kit.allocationLeft = () => allocationMax - allocated;
  kit.depthLeft = () => depthMax - depth;
  kit.stopReason = () => stopped;
  let isRunning = false;
  /** Begins a call with these limits; answers what `end` takes to go on with the one below. */
  kit.begin = (gas, allocation, stack) => {
    const below = isRunning
      ? [used, gasLeft, allocated, allocationMax, depth, depthMax, stopped]
      : undefined;
    isRunning = true;
    used = 0;
    gasLeft = gas;
    allocated = 0;
    allocationMax = allocation;
    depth = 0;
    depthMax = stack;
    stopped = '';
    return below;
  };
  kit.end = (below) => {
    isRunning = below !== undefined;
    if (below === undefined) return;
    used = below[0];
    gasLeft = below[1];
    allocated = below[2];
    allocationMax = below[3];
    depth = below[4];
    depthMax = below[5];
    stopped = below[6];
  };
  // What the prelude does until it is closed.
  kit.begin(MAX_INT, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  isRunning = false;
};
