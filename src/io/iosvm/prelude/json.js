/**
 * JSON of contracts (spec go-iost §5.4): parsing costs by length, and writing is done here, value by
 * value, so that each is charged before it is written. What the reference's writer itself calls of
 * Array and String (push, join, replace) is charged too, as it is there. Nesting takes no stack.
 */
(kit) => {
  const { incr, allocate, enter, leave } = kit;
  const { bind, call } = Function.prototype;
  const uncurry = bind.bind(call);
  const rawParse = JSON.parse;
  const rawReplace = uncurry(String.prototype.replace);
  const rawTest = uncurry(RegExp.prototype.test);
  const rawRepeat = uncurry(String.prototype.repeat);
  const rawSlice = uncurry(String.prototype.slice);
  const toHex = uncurry(Number.prototype.toString);
  const charCode = uncurry(String.prototype.charCodeAt);
  const has = uncurry(WeakSet.prototype.has);
  const add = uncurry(WeakSet.prototype.add);
  const remove = uncurry(WeakSet.prototype.delete);
  const { isArray } = Array;
  const { keys: keysOf, defineProperty, isExtensible } = Object;
  const { abs, max } = kit.math;
  const { isFinite } = Number;
  const LEVEL_BYTES = 512;
  const NEEDS_ESCAPE =
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to be escaped
    /[\\"\u0000-\u001f\u007f-\u009f\u00ad\u0600-\u0604\u070f\u17b4\u17b5\u200c-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff0-\uffff]/;
  const ESCAPED = new RegExp(NEEDS_ESCAPE, 'g');
  const SHORT = {
    __proto__: null,
    '\b': '\\b',
    '\t': '\\t',
    '\n': '\\n',
    '\f': '\\f',
    '\r': '\\r',
  };
  SHORT['"'] = '\\"';
  SHORT['\\'] = '\\\\';

  const escapeUnit = (unit) => {
    const short = SHORT[unit];
    if (short !== undefined) return short;
    const digits = `0000${toHex(charCode(unit, 0), 16)}`;
    incr(1);
    incr(1 + 0.1 * digits.length);
    return `\\u${rawSlice(digits, -4)}`;
  };
  const quote = (text) => {
    incr(12 + 2 * text.length);
    allocate(2 * text.length);
    if (!rawTest(NEEDS_ESCAPE, text)) return `"${text}"`;
    incr(1 + 0.1 * text.length);
    allocate(6 * text.length);
    return `"${rawReplace(text, ESCAPED, escapeUnit)}"`;
  };

  const parse = (text) => {
    if (text === undefined || text === null) {
      incr(10);
      return rawParse(`${text}`);
    }
    const source = typeof text === 'string' ? text : `${text}`;
    incr(10 + source.length);
    allocate(8 * source.length);
    return rawParse(source);
  };

  /** The second parameter of parse: a function that sees every value, the innermost first. */
  const revive = (holder, key, reviver) => {
    const before = enter(LEVEL_BYTES);
    const value = holder[key];
    if (typeof value === 'object' && value !== null) {
      const keys = keysOf(value);
      allocate(32 * keys.length);
      for (let index = 0; index < keys.length; index++) {
        const revived = revive(value, keys[index], reviver);
        if (revived === undefined) delete value[keys[index]];
        else value[keys[index]] = revived;
      }
    }
    const result = reviver.call(holder, key, value);
    leave(before);
    return result;
  };

  const indentOf = (space) => {
    if (typeof space === 'string') return space;
    if (typeof space !== 'number') return '';
    incr(2 * abs(space));
    const count = max(0, space);
    allocate(count);
    return rawRepeat(' ', count % 1 === 0 ? count : count + 1);
  };
  const checkReplacer = (replacer) => {
    if (!replacer || typeof replacer === 'function') return;
    if (typeof replacer !== 'object' || typeof replacer.length !== 'number') {
      throw new Error('JSON.stringify');
    }
  };

  const stringify = (root, replacer, space) => {
    incr(24);
    const indent = indentOf(space);
    checkReplacer(replacer);
    const isFunction = typeof replacer === 'function';
    const chosen = !isFunction && replacer ? replacer : undefined;
    const open = new WeakSet();
    /** Arrays and objects that are being written, the outermost first. */
    const levels = [];
    let gap = '';

    const counted = (text) => {
      incr(text.length);
      allocate(text.length);
      return text;
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
    const push = (value) => {
      if (typeof value.hasOwnProperty !== 'function') {
        throw new TypeError('value.hasOwnProperty is not a function');
      }
      if (has(open, value)) throw new Error('Converting circular structure to JSON');
      if (!isExtensible(value)) {
        throw new TypeError('Cannot define property Symbol(), object is not extensible');
      }
      add(open, value);
      const isList = isArray(value);
      const keys = isList ? undefined : (chosen ?? keysOf(value));
      const length = isList ? value.length : keys.length;
      incr(16 + (isList ? 24 : 16) * length);
      allocate(LEVEL_BYTES + 16 * length);
      levels[levels.length] = { value, isList, keys, length, next: 0, parts: [], outer: gap };
      gap += indent;
    };
    /** Text of a value, `undefined` where there is none, `null` where a level was opened for it. */
    const begin = (key, holder) => {
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
      if (typeof value !== 'object') return primitive(value);
      push(value);
      return null;
    };
    const addTo = ({ isList, keys, parts, next }, text) => {
      if (isList) parts[parts.length] = text ?? 'null';
      else if (text !== undefined) {
        const name = quote(keys[next - 1]);
        incr(1);
        parts[parts.length] = `${name}${gap === '' ? ':' : ': '}${text}`;
      }
    };
    const close = ({ value, isList, parts, outer }) => {
      const opening = isList ? '[' : '{';
      const closing = isList ? ']' : '}';
      const { length } = parts;
      if (!isList) incr(8 * length);
      let text = `${opening}${closing}`;
      if (length > 0) {
        incr(1 + length);
        allocate(gap.length * (length + 1));
        const between = gap === '' ? ',' : `,\n${gap}`;
        text = parts[0];
        for (let index = 1; index < length; index++) text += between + parts[index];
        text =
          gap === ''
            ? `${opening}${text}${closing}`
            : `${opening}\n${gap}${text}\n${outer}${closing}`;
      }
      gap = outer;
      counted(text);
      remove(open, value);
      levels.length -= 1;
      return text;
    };

    let text = begin('', { '': root });
    while (levels.length > 0) {
      const level = levels[levels.length - 1];
      if (level.next < level.length) {
        const key = level.isList ? `${level.next}` : level.keys[level.next];
        level.next += 1;
        if (!level.isList && typeof key !== 'string') continue;
        text = begin(key, level.value);
        if (text !== null) addTo(level, text);
      } else {
        text = close(level);
        if (levels.length > 0) addTo(levels[levels.length - 1], text);
      }
    }
    if (text !== undefined) incr(2 * text.length);
    return text;
  };

  const method = (name, value) =>
    defineProperty(JSON, name, { value, writable: true, enumerable: false, configurable: true });
  for (const name of Object.getOwnPropertyNames(JSON)) delete JSON[name];
  method('parse', (text, reviver) =>
    typeof reviver === 'function' ? revive({ '': parse(text) }, '', reviver) : parse(text),
  );
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
};
