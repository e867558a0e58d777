/** String and Math of contracts: an allow-list with the reference's prices (spec go-iost §5.4). */
(kit) => {
  const { charge: incr, allocate, number, enter, leave } = kit;
  const { bind, call } = Function.prototype;
  const uncurry = bind.bind(call);
  const raw = String.prototype;
  const { defineProperty, getOwnPropertyNames } = Object;
  const indexOf = uncurry(raw.indexOf);
  const rawSplit = uncurry(raw.split);
  const rawReplace = uncurry(raw.replace);
  const rawRepeat = uncurry(raw.repeat);

  const textOf = (value) => {
    if (typeof value === 'string') return value;
    if (value === null || value === undefined) {
      throw new TypeError('String.prototype method called on null or undefined');
    }
    return `${value}`;
  };
  const pattern = (value) => (typeof value === 'string' ? value : `${value}`);

  const METACHARACTERS = '\\^$.*+?()[]{}|';
  const search = (text, value) => {
    if (value === undefined) return 0;
    const wanted = pattern(value);
    for (let index = 0; index < wanted.length; index++) {
      if (indexOf(METACHARACTERS, wanted[index]) >= 0) {
        throw new Error('use of RegularExpression is not allowed.undefined');
      }
    }
    return indexOf(text, wanted);
  };

  const split = (text, separator, limit) => {
    if (separator === undefined) return rawSplit(text, undefined, number(limit));
    const by = pattern(separator);
    allocate(24 * (text.length / (by.length || 1) + 1));
    return rawSplit(text, by, number(limit));
  };

  const replace = (text, value, replacement) => {
    const wanted = pattern(value);
    if (typeof replacement === 'function') {
      const at = indexOf(text, wanted);
      if (at < 0) return text;
      const by = `${replacement(wanted, at, text)}`;
      allocate(text.length + by.length);
      return rawReplace(text, wanted, () => by);
    }
    const by = pattern(replacement);
    // Each `$` may stand for the whole text.
    let references = 1;
    for (let at = indexOf(by, '$'); at >= 0; at = indexOf(by, '$', at + 1)) references += 1;
    allocate(by.length + references * text.length);
    return rawReplace(text, wanted, by);
  };

  const concat = (text, ...parts) => {
    let whole = text;
    for (let index = 0; index < parts.length; index++) whole += `${parts[index]}`;
    incr(1 + 0.1 * whole.length);
    allocate(whole.length);
    return whole;
  };

  const repeat = (text, count) => {
    const times = kit.math.trunc(+number(count)) || 0;
    if (times < 0 || times === Number.POSITIVE_INFINITY) {
      throw new RangeError(`Invalid count value: ${count}`);
    }
    incr(1 + 0.1 * text.length * times);
    allocate(text.length * times);
    return rawRepeat(text, times);
  };

  /** Of the text and what is searched for in it. */
  const searching = (method) => {
    const run = uncurry(method);
    return (text, wanted, position) => {
      allocate(2 * text.length);
      return run(text, typeof wanted === 'object' ? `${wanted}` : wanted, number(position));
    };
  };
  const positioned = (method) => {
    const run = uncurry(method);
    return (text, from, to) => run(text, number(from), number(to));
  };

  const methods = {
    __proto__: null,
    charAt: positioned(raw.charAt),
    charCodeAt: positioned(raw.charCodeAt),
    concat,
    includes: searching(raw.includes),
    endsWith: searching(raw.endsWith),
    indexOf: searching(raw.indexOf),
    lastIndexOf: searching(raw.lastIndexOf),
    replace,
    search,
    split,
    startsWith: searching(raw.startsWith),
    slice: positioned(raw.slice),
    substring: positioned(raw.substring),
    toLowerCase: searching(raw.toLowerCase),
    toUpperCase: searching(raw.toUpperCase),
    trim: searching(raw.trim),
    trimLeft: searching(raw.trimLeft),
    trimRight: searching(raw.trimRight),
    repeat,
  };
  const BY_RESULT = ['concat', 'repeat'];
  /** Charged before the method runs, unless the result decides. */
  const priceOf = (name) => {
    if (name === 'charAt' || name === 'charCodeAt') return () => incr(1);
    if (BY_RESULT.includes(name)) return () => undefined;
    return (text) => incr(1 + 0.1 * text.length);
  };
  const FREE = ['length', 'constructor', 'toString', 'toJSON'];
  const rawValueOf = uncurry(raw.valueOf);

  for (const name of getOwnPropertyNames(raw)) {
    if (FREE.includes(name)) continue;
    const method = methods[name];
    const native = typeof raw[name] === 'function' ? uncurry(raw[name]) : undefined;
    const price = priceOf(name);
    const value =
      method === undefined
        ? null
        : {
            [name](...args) {
              const text = textOf(this);
              price(text);
              if (kit.inLibrary()) return native(text, ...args);
              const before = enter(256 + 8 * args.length);
              const result = method(text, ...args);
              leave(before);
              return result;
            },
          }[name];
    defineProperty(raw, name, { value, writable: true, enumerable: false, configurable: true });
  }
  raw.valueOf = {
    valueOf() {
      incr(1);
      return rawValueOf(this);
    },
  }.valueOf;

  // String(x) turns nothing long into anything; String.raw would build texts that nobody counts.
  for (const name of getOwnPropertyNames(String)) {
    if (!['length', 'name', 'prototype', 'fromCharCode'].includes(name)) delete String[name];
  }

  const MATH = ['abs', 'cbrt', 'ceil', 'floor', 'log', 'log10', 'log1p', 'max', 'min', 'pow'];
  MATH.push('round', 'sqrt');
  for (const name of getOwnPropertyNames(Math)) {
    const method = Math[name];
    if (typeof method !== 'function') continue;
    const value = !MATH.includes(name)
      ? null
      : {
          [name](...values) {
            incr(2);
            for (let index = 0; index < values.length; index++) number(values[index]);
            return method(...values);
          },
        }[name];
    defineProperty(Math, name, { value, writable: true, enumerable: false, configurable: true });
  }
};
