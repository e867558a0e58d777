/**
 * Closes the realm: what contracts can reach is an allow-list, frozen, and code cannot be made from
 * text. The result is pinned by a test of everything reachable.
 */
(kit) => {
  const { defineProperty, freeze, getOwnPropertyDescriptor, getOwnPropertyNames, getPrototypeOf } =
    Object;
  const { ownKeys } = Reflect;
  const { allocate, number, enter, leave, globals } = kit;
  const { bind, call } = Function.prototype;
  const uncurry = bind.bind(call);
  const realm = globalThis;
  const hide = (target, name, value) =>
    defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true });

  const NULL = `parseFloat parseInt decodeURI decodeURIComponent encodeURI encodeURIComponent escape
    unescape Function Boolean EvalError RangeError ReferenceError SyntaxError TypeError URIError Date
    Intl RegExp Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array
    Float32Array Float64Array BigInt64Array BigUint64Array Map Set WeakMap WeakSet ArrayBuffer
    SharedArrayBuffer Atomics DataView Promise Reflect Proxy WebAssembly IOSTBlockchain
    IOSTInstruction IOSTStorage _IOSTCrypto _native_run _native_require _native_log _cLog`;
  const KEPT = ['Object', 'Array', 'String', 'Number', 'Symbol', 'Error', 'Math', 'JSON'];
  KEPT.push('isNaN', 'isFinite', 'NaN', 'Infinity', 'undefined', 'eval');

  const only = (target, names) => {
    for (const key of ownKeys(target)) {
      const descriptor = getOwnPropertyDescriptor(target, key);
      if (descriptor.configurable && !names.includes(key)) delete target[key];
    }
  };

  const refuseCode = () => {
    throw new EvalError('Code generation from strings disallowed for this context');
  };
  const SourceFunction = function Function() {
    return refuseCode();
  };

  // What runs through many keys counts them; one run is little beside what it took to make them.
  const KEY_BYTES = 128;
  const listing = (name) => {
    const method = Object[name];
    hide(
      Object,
      name,
      {
        [name](value) {
          const list = method(value);
          allocate(KEY_BYTES * list.length);
          return list;
        },
      }[name],
    );
  };
  const counted = (target, name, sizeOf) => {
    const method = target[name];
    hide(
      target,
      name,
      {
        [name](...args) {
          for (let index = 0; index < args.length; index++) allocate(sizeOf(args[index]));
          return method(...args);
        },
      }[name],
    );
  };
  const rawKeys = ownKeys;
  const { isArray } = Array;
  const keyBytes = (value) => {
    if (typeof value === 'string') return KEY_BYTES * value.length;
    if (typeof value !== 'object' || value === null) return 0;
    return KEY_BYTES * (isArray(value) ? value.length : rawKeys(value).length);
  };
  const OBJECT = ['assign', 'create', 'defineProperty', 'entries', 'freeze'];
  OBJECT.push('getOwnPropertyDescriptor', 'getOwnPropertyNames', 'getOwnPropertySymbols');
  OBJECT.push('getPrototypeOf', 'is', 'isExtensible', 'isFrozen', 'isSealed', 'keys');
  OBJECT.push('preventExtensions', 'seal', 'values', 'prototype');
  OBJECT.push('length', 'name');
  only(Object, OBJECT);
  for (const name of [
    'entries',
    'getOwnPropertyNames',
    'getOwnPropertySymbols',
    'keys',
    'values',
  ]) {
    listing(name);
  }
  for (const name of ['assign', 'create', 'freeze', 'isFrozen', 'isSealed']) {
    counted(Object, name, keyBytes);
  }
  for (const name of ['preventExtensions', 'seal']) counted(Object, name, keyBytes);
  only(Object.prototype, [
    'constructor',
    'hasOwnProperty',
    'isPrototypeOf',
    'propertyIsEnumerable',
    'toString',
    'valueOf',
  ]);

  // Prototypes are fixed when an object is made, and checked then: see `base` of the meter.
  const { create, assign, defineProperty: define } = Object;
  const noFunction = (target) => {
    if (typeof target === 'function')
      throw new TypeError('properties of a function are assigned by name');
  };
  hide(Object, 'create', { create: (proto, ...rest) => create(kit.base(proto), ...rest) }.create);
  hide(
    Object,
    'assign',
    {
      assign(target, ...sources) {
        noFunction(target);
        return assign(target, ...sources);
      },
    }.assign,
  );
  hide(
    Object,
    'defineProperty',
    {
      defineProperty(target, key, descriptor) {
        noFunction(target);
        return define(target, key, descriptor);
      },
    }.defineProperty,
  );
  delete Object.setPrototypeOf;
  delete Object.defineProperties;

  const NUMBER = ['EPSILON', 'MAX_SAFE_INTEGER', 'MIN_SAFE_INTEGER', 'MAX_VALUE', 'MIN_VALUE'];
  NUMBER.push('NaN', 'NEGATIVE_INFINITY', 'POSITIVE_INFINITY', 'isFinite', 'isInteger', 'isNaN');
  NUMBER.push('isSafeInteger', 'parseFloat', 'parseInt', 'prototype', 'length', 'name');
  only(Number, NUMBER);
  for (const name of ['parseFloat', 'parseInt']) counted(Number, name, (v) => `${v}`.length);
  const RawNumber = Number;
  const { construct } = Reflect;
  function ContractNumber(...args) {
    if (new.target === undefined) return args.length === 0 ? 0 : RawNumber(number(args[0]));
    if (args.length > 0) number(args[0]);
    return construct(RawNumber, args, new.target);
  }
  for (const name of NUMBER) {
    const descriptor = getOwnPropertyDescriptor(RawNumber, name);
    if (name !== 'length') defineProperty(ContractNumber, name, descriptor);
  }
  delete Number.prototype.toLocaleString;
  hide(Number.prototype, 'constructor', ContractNumber);
  globals.Number = ContractNumber;
  globals.Array = kit.Array;
  for (const name of ['isNaN', 'isFinite']) {
    const method = globalThis[name];
    globals[name] = { [name]: (value) => method(number(value)) }[name];
  }

  // The library's own symbols cannot be taken away, and some of them redirect native methods.
  const RawSymbol = Symbol;
  function ContractSymbol(description) {
    if (new.target !== undefined) throw new TypeError('Symbol is not a constructor');
    return RawSymbol(description);
  }
  for (const name of ['iterator', 'toPrimitive', 'toStringTag', 'hasInstance', 'for']) {
    hide(ContractSymbol, name, RawSymbol[name]);
  }
  defineProperty(ContractSymbol, 'name', { value: 'Symbol' });
  defineProperty(ContractSymbol, 'prototype', { value: RawSymbol.prototype, writable: false });
  hide(RawSymbol.prototype, 'constructor', ContractSymbol);
  globals.Symbol = ContractSymbol;

  only(Error, ['prototype', 'name', 'length', 'stackTraceLimit']);

  // Functions: no way to code from text, to callers, or to more arguments than a stack holds.
  const fn = Function.prototype;
  const rawApply = uncurry(fn.apply);
  const rawBind = uncurry(fn.bind);
  for (const name of ['caller', 'arguments']) delete fn[name];
  const listOf = (list) => {
    if (list === null || list === undefined) return [];
    const { length } = list;
    if (!(length <= kit.argumentsMax)) throw new RangeError('too many arguments');
    const args = [];
    for (let index = 0; index < length; index++) args[index] = list[index];
    allocate(8 * args.length);
    return args;
  };
  hide(
    fn,
    'apply',
    {
      apply(self, list) {
        const args = listOf(list);
        const before = enter(256 + 8 * args.length);
        const result = rawApply(this, self, args);
        leave(before);
        return result;
      },
    }.apply,
  );
  hide(
    fn,
    'bind',
    {
      bind(...args) {
        allocate(64 + 8 * args.length);
        // Chains of bound functions recurse without a frame of their own.
        const bound = rawBind(this, ...args);
        const wrapped = (...rest) => {
          const before = enter(512 + 8 * rest.length);
          const result = bound(...rest);
          leave(before);
          return result;
        };
        return wrapped;
      },
    }.bind,
  );
  hide(
    fn,
    'toString',
    {
      toString() {
        return 'function () { [native code] }';
      },
    }.toString,
  );
  const generator = getPrototypeOf(function* () {});
  hide(fn, 'constructor', SourceFunction);
  defineProperty(generator, 'constructor', { value: SourceFunction, configurable: true });
  for (const sample of [async () => undefined, async function* () {}]) {
    defineProperty(getPrototypeOf(sample), 'constructor', {
      value: SourceFunction,
      configurable: true,
    });
  }

  // A generator is on the stack while it is resumed.
  const generators = generator.prototype;
  for (const name of ['next', 'return', 'throw']) {
    const method = uncurry(generators[name]);
    hide(
      generators,
      name,
      {
        [name](value) {
          const before = enter(1024);
          try {
            return method(this, value);
          } finally {
            leave(before);
          }
        },
      }[name],
    );
  }
  const arrayIterator = getPrototypeOf([][Symbol.iterator]());
  only(getPrototypeOf(arrayIterator), [Symbol.iterator]);
  delete Array.prototype[Symbol.unscopables];

  for (const name of kit.words(NULL)) globals[name] = null;
  globals.eval = { eval: refuseCode }.eval;
  globals.MaxInt64 = '9223372036854775807';
  globals.MinInt64 = '-9223372036854775808';
  globals.MaxFloat64 = '9223372036854775807';
  globals.MinFloat64 = '-9223372036854775808';
  kit.errorPrototypes = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError].map(
    (Type) => [Type.prototype, Type.name],
  );
  const RawError = Error;
  const RawSet = Set;
  const errors = [URIError, ...[EvalError, RangeError, ReferenceError, SyntaxError, TypeError]];

  kit.close = () => {
    for (const key of ownKeys(realm)) {
      if (!KEPT.includes(key)) delete realm[key];
    }
    for (const name of getOwnPropertyNames(globals)) hide(realm, name, globals[name]);

    const seen = new RawSet();
    const open = [realm, generator, generators, arrayIterator, ''[Symbol.iterator](), ...errors];
    open.push(
      RawError,
      function* () {},
      kit.STOP,
      async () => undefined,
      async function* () {},
    );
    const found = (value) => {
      const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
      if (isObject && !seen.has(value)) {
        seen.add(value);
        open[open.length] = value;
      }
    };
    for (const value of [...open]) found(value);
    for (let index = 0; index < open.length; index++) {
      const value = open[index];
      found(getPrototypeOf(value));
      for (const key of ownKeys(value)) {
        const descriptor = getOwnPropertyDescriptor(value, key);
        found(descriptor.value);
        found(descriptor.get);
        found(descriptor.set);
      }
    }
    // An object may have a property that its frozen prototype has too, written by assignment.
    const overridable = [Object.prototype, fn, ...kit.errorPrototypes.map(([proto]) => proto)];
    for (const proto of overridable) {
      for (const key of ownKeys(proto)) allowOverride(proto, key);
    }
    for (const value of seen) freeze(value);
    freeze(realm);
  };

  const allowOverride = (proto, key) => {
    const { value, writable, enumerable } = getOwnPropertyDescriptor(proto, key);
    if (writable !== true) return;
    const get = () => value;
    const set = {
      set(replacement) {
        if (this === proto)
          throw new TypeError(`Cannot assign to read only property '${String(key)}'`);
        defineProperty(this, key, {
          value: replacement,
          writable: true,
          enumerable: true,
          configurable: true,
        });
      },
    }.set;
    defineProperty(proto, key, {
      get: freeze(get),
      set: freeze(set),
      enumerable,
      configurable: false,
    });
  };
};
