/**
 * JSON of contracts (spec go-iost §5.4): parsing costs by length, and writing is done here, value by
 * value, so that each is charged before it is written.
 */
(kit) => {
  const { incr, allocate, enter, leave } = kit;
  const { bind, call } = Function.prototype;
  const uncurry = bind.bind(call);
  const rawParse = JSON.parse;
  const rawQuote = JSON.stringify;
  const rawReplace = uncurry(String.prototype.replace);
  const { isArray } = Array;
  const { keys: keysOf, defineProperty } = Object;
  const rawRepeat = uncurry(String.prototype.repeat);
  const rawSlice = uncurry(String.prototype.slice);
  const toHex = uncurry(Number.prototype.toString);
  const charCode = uncurry(String.prototype.charCodeAt);
  const { abs, max, min, trunc } = kit.math;
  const { isFinite } = Number;
  const valueOfNumber = uncurry(Number.prototype.valueOf);
  const DEPTH_BYTES = 1024;
  const ESCAPED =
    /[\u007f-\u009f\u00ad\u0600-\u0604\u070f\u17b4\u17b5\u200c-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff0-\uffff]/g;

  const escapeUnit = (unit) => `\\u${rawSlice(`0000${toHex(charCode(unit, 0), 16)}`, -4)}`;
  const quote = (text) => {
    incr(12 + 2 * text.length);
    allocate(2 * text.length);
    return rawReplace(rawQuote(text), ESCAPED, escapeUnit);
  };

  const parse = (text) => {
    const source = typeof text === 'string' ? text : `${text}`;
    incr(10 + source.length);
    allocate(8 * source.length);
    return rawParse(source);
  };

  const namesOf = (list) => {
    const names = [];
    allocate(16 * list.length);
    for (let index = 0; index < list.length; index++) names[index] = `${list[index]}`;
    return names;
  };

  const stringify = (root, replacer, space) => {
    const isFunction = typeof replacer === 'function';
    const chosen = isArray(replacer) ? namesOf(replacer) : undefined;
    const open = [];
    let indent = '';
    let gap = '';

    incr(24);
    if (typeof space === 'number') {
      incr(2 * abs(space) || 0);
      gap = rawRepeat(' ', min(10, max(0, trunc(space) || 0)));
    } else if (typeof space === 'string') gap = rawSlice(space, 0, 10);
    if (replacer && !isFunction && chosen === undefined) throw new Error('JSON.stringify');

    const counted = (text) => {
      incr(text.length);
      allocate(text.length);
      return text;
    };
    const wrapped = (parts, opening, closing, outer) => {
      if (parts.length === 0) return `${opening}${closing}`;
      let inner = '';
      const between = gap === '' ? ',' : `,\n${indent}`;
      for (let index = 0; index < parts.length; index++) {
        inner += index === 0 ? parts[index] : between + parts[index];
      }
      return gap === ''
        ? `${opening}${inner}${closing}`
        : `${opening}\n${indent}${inner}\n${outer}${closing}`;
    };
    const array = (value, outer) => {
      const { length } = value;
      incr(16 + 24 * length);
      allocate(8 * length);
      const parts = [];
      for (let index = 0; index < length; index++) {
        parts[index] = visit(`${index}`, value) ?? 'null';
      }
      return wrapped(parts, '[', ']', outer);
    };
    const object = (value, outer) => {
      const keys = chosen ?? keysOf(value);
      allocate(16 * keys.length);
      incr(16 + 16 * keys.length);
      const parts = [];
      for (let index = 0; index < keys.length; index++) {
        const key = keys[index];
        const text = visit(key, value);
        if (text === undefined) continue;
        incr(8);
        parts[parts.length] = `${quote(key)}${gap === '' ? ':' : ': '}${text}`;
      }
      return wrapped(parts, '{', '}', outer);
    };
    const structure = (value) => {
      for (let index = 0; index < open.length; index++) {
        if (open[index] === value) throw new TypeError('Converting circular structure to JSON');
      }
      const before = enter(DEPTH_BYTES);
      const outer = indent;
      indent += gap;
      open[open.length] = value;
      const text = isArray(value) ? array(value, outer) : object(value, outer);
      open.length -= 1;
      indent = outer;
      leave(before);
      return counted(text);
    };
    const primitive = (value) => {
      switch (typeof value) {
        case 'string':
          return counted(quote(value));
        case 'number':
          return counted(isFinite(value) ? `${value}` : 'null');
        case 'boolean':
          return counted(`${value}`);
        default:
          return undefined;
      }
    };
    const visit = (key, holder) => {
      incr(56);
      let value = holder[key];
      if (value && typeof value === 'object' && typeof value.toJSON === 'function') {
        incr(8);
        value = value.toJSON(key);
      }
      if (isFunction) {
        incr(8);
        value = replacer.call(holder, key, value);
      }
      if (value === null) {
        incr(4);
        return 'null';
      }
      return typeof value === 'object' ? structure(value) : primitive(value);
    };

    const text = visit('', { '': root });
    if (text !== undefined) incr(2 * text.length);
    return text;
  };

  const method = (name, value) =>
    defineProperty(JSON, name, { value, writable: true, enumerable: false, configurable: true });
  for (const name of Object.getOwnPropertyNames(JSON)) delete JSON[name];
  method('parse', (text) => parse(text));
  method('stringify', (value, replacer, space) => stringify(value, replacer, space));
  for (const Type of [Boolean, Number, String]) {
    const { valueOf } = Type.prototype;
    defineProperty(Type.prototype, 'toJSON', {
      value: {
        toJSON() {
          return valueOf.call(this);
        },
      }.toJSON,
      writable: true,
      enumerable: false,
      configurable: true,
    });
  }
  kit.parse = parse;
  kit.stringify = stringify;
  kit.rawParse = rawParse;
  kit.valueOfNumber = valueOfNumber;
};
