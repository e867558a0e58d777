/**
 * Array of contracts: an allow-list with the reference's prices (spec go-iost §5.4). Methods that
 * only read take anything that is like an array, by copying it first; methods that write take arrays
 * alone, because the length of anything else may change between two looks at it.
 */
(kit) => {
  const { charge: incr, allocate, number, enter, leave } = kit;
  const { bind, call } = Function.prototype;
  const uncurry = bind.bind(call);
  const RawArray = Array;
  const raw = Array.prototype;
  const { isArray } = Array;
  const { construct } = Reflect;
  const { defineProperty, getOwnPropertyNames } = Object;
  const { max, min, trunc } = kit.math;
  const rawJoin = uncurry(raw.join);
  const rawSort = uncurry(raw.sort);
  const rawSlice = uncurry(raw.slice);
  const rawSplice = uncurry(raw.splice);
  const rawPush = uncurry(raw.push);
  const LENGTH_MAX = 4294967295;

  const lengthOf = (value) => {
    const length = trunc(+number(value.length)) || 0;
    return min(max(length, 0), LENGTH_MAX);
  };

  /** An array that nobody else can change the length of during a native method. */
  const listOf = (value) => {
    if (isArray(value)) return value;
    if (value === null || value === undefined) {
      throw new TypeError('Array.prototype method called on null or undefined');
    }
    const length = lengthOf(value);
    allocate(8 * length);
    const list = [];
    list.length = length;
    for (let index = 0; index < length; index++) {
      if (index in Object(value)) list[index] = value[index];
    }
    return list;
  };
  const arrayOf = (value) => {
    if (!isArray(value)) throw new TypeError('this method needs an array');
    return value;
  };

  const textOf = (value) => {
    if (value === null || value === undefined) return '';
    return typeof value === 'string' ? value : `${value}`;
  };

  /** Arrays that are being joined: one inside itself is empty, as always. */
  let joining = [];
  const join = (list, separator) => {
    for (let index = 0; index < joining.length; index++) {
      if (joining[index] === list) return '';
    }
    const between = separator === undefined ? ',' : textOf(separator);
    joining[joining.length] = list;
    const { length } = list;
    allocate((8 + between.length) * length);
    const texts = [];
    for (let index = 0; index < length; index++) {
      const text = textOf(list[index]);
      allocate(text.length);
      texts[index] = text;
    }
    joining.length -= 1;
    return rawJoin(texts, between);
  };

  const concat = (list, ...others) => {
    const result = [];
    for (const part of [list, ...others]) {
      if (isArray(part)) {
        allocate(8 * part.length);
        const { length } = result;
        result.length = length + part.length;
        for (let index = 0; index < part.length; index++) {
          if (index in part) result[length + index] = part[index];
        }
      } else result[result.length] = part;
      // Charged by the result, and copying must not go ahead of the gas.
      kit.checkGas(result.length);
    }
    return result;
  };

  const compareTexts = (left, right) => {
    if (left.text < right.text) return -1;
    return left.text > right.text ? 1 : 0;
  };
  const sort = (list, compare) => {
    const { length } = list;
    // The native method goes through n log n pairs and copies the array.
    allocate(16 * length);
    if (typeof compare === 'function') return rawSort(list, compare);
    if (compare !== undefined) {
      throw new TypeError('The comparison function must be either a function or undefined');
    }
    const defined = [];
    let missing = 0;
    let holes = 0;
    let longest = 0;
    for (let index = 0; index < length; index++) {
      if (!(index in list)) holes += 1;
      else if (list[index] === undefined) missing += 1;
      else {
        const value = list[index];
        const text = textOf(value === null ? 'null' : value);
        longest = max(longest, text.length);
        defined[defined.length] = { text, value };
      }
    }
    allocate(64 * defined.length + longest * defined.length);
    rawSort(defined, compareTexts);
    let at = 0;
    for (; at < defined.length; at++) list[at] = defined[at].value;
    for (const end = at + missing; at < end; at++) list[at] = undefined;
    for (const end = at + holes; at < end; at++) delete list[at];
    return list;
  };

  const splice = (list, ...args) => {
    allocate(8 * list.length);
    for (let index = 0; index < 2; index++) number(args[index]);
    return rawSplice(list, ...args);
  };
  const slice = (list, from, to) => {
    allocate(8 * list.length);
    return rawSlice(list, number(from), number(to));
  };

  /** Comparing with a text may look at all of it for each element. */
  const searching = (method) => {
    const run = uncurry(method);
    return (list, wanted, ...rest) => {
      if (typeof wanted === 'string') allocate((wanted.length >> 5) * list.length);
      for (let index = 0; index < rest.length; index++) number(rest[index]);
      return run(list, wanted, ...rest);
    };
  };
  const calling = (method, bytes) => {
    const run = uncurry(method);
    return (list, callback, self) => {
      allocate(bytes * list.length);
      return run(list, callback, self);
    };
  };
  const moving = (method) => {
    const run = uncurry(method);
    return (list, ...items) => {
      allocate(list.length + 8 * items.length);
      return run(list, ...items);
    };
  };

  const reading = {
    __proto__: null,
    // The reference's calls the metered join.
    toString(list) {
      incr(1 + list.length);
      return join(list, undefined);
    },
    concat,
    every: calling(raw.every, 0),
    filter: calling(raw.filter, 8),
    find: calling(raw.find, 0),
    findIndex: calling(raw.findIndex, 0),
    forEach: calling(raw.forEach, 0),
    includes: searching(raw.includes),
    indexOf: searching(raw.indexOf),
    join,
    keys: uncurry(raw.keys),
    lastIndexOf: searching(raw.lastIndexOf),
    map: calling(raw.map, 8),
    slice,
  };
  const writing = {
    __proto__: null,
    pop(list) {
      if (list.length === 0) return undefined;
      const last = list[list.length - 1];
      list.length -= 1;
      return last;
    },
    push(list, ...items) {
      allocate(8 * items.length);
      return rawPush(list, ...items);
    },
    reverse: uncurry(raw.reverse),
    shift: moving(raw.shift),
    sort,
    splice,
    unshift: moving(raw.unshift),
  };

  /** Gas by element beside the one of every method; the others go by element once. */
  const PER_ELEMENT = {
    __proto__: null,
    ...{ filter: 10, map: 10, slice: 10, splice: 10 },
    ...{ indexOf: 0.2, keys: 0.2, lastIndexOf: 0.2, reverse: 0.2 },
    ...{ pop: 0, push: 0, shift: 0, unshift: 0 },
  };
  const price = (name, list, args) => {
    incr(1 + (PER_ELEMENT[name] ?? 1) * list.length);
    if (name === 'splice' && args.length > 2) incr(args.length - 2);
  };

  for (const name of getOwnPropertyNames(raw)) {
    if (name === 'length' || name === 'constructor') continue;
    const read = reading[name];
    const method = read ?? writing[name];
    const take = read === undefined ? arrayOf : listOf;
    const native = typeof raw[name] === 'function' ? uncurry(raw[name]) : undefined;
    const value =
      method === undefined
        ? null
        : {
            [name](...args) {
              const isInside = kit.inLibrary();
              const list = isInside ? this : take(this);
              if (name !== 'concat') price(name, list, args);
              const before = enter(512 + 16 * args.length);
              const result = isInside ? native(list, ...args) : method(list, ...args);
              leave(before);
              if (name === 'concat') incr(1 + result.length);
              return result;
            },
          }[name];
    defineProperty(raw, name, { value, writable: true, enumerable: false, configurable: true });
  }

  const charged = (...args) => {
    const [length] = args;
    const isLength = args.length === 1 && typeof length === 'number';
    // Not more than the reference charges for what cannot be made at all.
    incr(1 + 0.2 * (isLength ? max(length, 0) || 0 : args.length));
    allocate(8 * (isLength ? max(length, 0) || 0 : args.length));
  };
  function ContractArray(...args) {
    charged(...args);
    return construct(RawArray, args, new.target ?? RawArray);
  }
  defineProperty(ContractArray, 'name', { value: 'Array' });
  defineProperty(ContractArray, 'prototype', { value: raw, writable: false });
  defineProperty(ContractArray, 'isArray', { value: isArray, configurable: true });
  for (const name of ['from', 'of']) defineProperty(ContractArray, name, { value: null });
  defineProperty(raw, 'constructor', { value: ContractArray, writable: true, configurable: true });
  kit.Array = ContractArray;
  /** Each call has its own. */
  kit.swapJoining = (list) => {
    const before = joining;
    joining = list;
    return before;
  };
};
