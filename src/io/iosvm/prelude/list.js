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
    incr(length);
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
    incr(1 + list.length);
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
        incr(part.length);
        const { length } = result;
        result.length = length + part.length;
        for (let index = 0; index < part.length; index++) {
          if (index in part) result[length + index] = part[index];
        }
      } else {
        incr(1);
        result[result.length] = part;
      }
    }
    incr(1);
    return result;
  };

  const compareTexts = (left, right) => {
    if (left.text < right.text) return -1;
    return left.text > right.text ? 1 : 0;
  };
  const sort = (list, compare) => {
    const { length } = list;
    incr(1 + length);
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
    incr(1 + 10 * (list.length + max(0, args.length - 2)));
    allocate(8 * list.length);
    for (let index = 0; index < 2; index++) number(args[index]);
    return rawSplice(list, ...args);
  };
  const slice = (list, from, to) => {
    incr(1 + 10 * list.length);
    allocate(8 * list.length);
    return rawSlice(list, number(from), number(to));
  };

  /** Comparing with a text may look at all of it for each element. */
  const searching = (method, perElement) => {
    const run = uncurry(method);
    return (list, wanted, ...rest) => {
      incr(1 + perElement * list.length);
      if (typeof wanted === 'string') allocate((wanted.length >> 5) * list.length);
      for (let index = 0; index < rest.length; index++) number(rest[index]);
      return run(list, wanted, ...rest);
    };
  };
  const calling = (method, perElement, bytes) => {
    const run = uncurry(method);
    return (list, callback, self) => {
      incr(1 + perElement * list.length);
      allocate(bytes * list.length);
      return run(list, callback, self);
    };
  };
  const keyList = uncurry(raw.keys);
  const reverse = uncurry(raw.reverse);
  const moving = (method) => {
    const run = uncurry(method);
    return (list, ...items) => {
      incr(1);
      allocate(list.length + 8 * items.length);
      return run(list, ...items);
    };
  };

  const reading = {
    __proto__: null,
    toString: (list) => join(list, undefined),
    concat,
    every: calling(raw.every, 1, 0),
    filter: calling(raw.filter, 10, 8),
    find: calling(raw.find, 1, 0),
    findIndex: calling(raw.findIndex, 1, 0),
    forEach: calling(raw.forEach, 1, 0),
    includes: searching(raw.includes, 1),
    indexOf: searching(raw.indexOf, 0.2),
    join,
    keys(list) {
      incr(1 + 0.2 * list.length);
      return keyList(list);
    },
    lastIndexOf: searching(raw.lastIndexOf, 0.2),
    map: calling(raw.map, 10, 8),
    slice,
  };
  const writing = {
    __proto__: null,
    pop(list) {
      incr(1);
      if (list.length === 0) return undefined;
      const last = list[list.length - 1];
      list.length -= 1;
      return last;
    },
    push(list, ...items) {
      incr(1);
      allocate(8 * items.length);
      return rawPush(list, ...items);
    },
    reverse(list) {
      incr(1 + 0.2 * list.length);
      return reverse(list);
    },
    shift: moving(raw.shift),
    sort,
    splice,
    unshift: moving(raw.unshift),
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
              if (kit.isQuiet()) return native(this, ...args);
              const before = enter(512 + 16 * args.length);
              const result = method(take(this), ...args);
              leave(before);
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
