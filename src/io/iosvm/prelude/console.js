/**
 * The console of contracts. It costs nothing and changes nothing that the contract could see, so a
 * value is looked at without running any code of the contract: own data properties, no getters, no
 * `toString`. Where the host takes no lines, none is made. What is shown of a value is bounded.
 */
(kit) => {
  const { globals, host } = kit;
  const LINES_MAX = 100;
  const TEXT_MAX = 1024;
  const DEPTH_MAX = 4;
  const MEMBERS_MAX = 32;
  const DIGITS_MAX = 8;
  const { keys, getOwnPropertyDescriptor } = Object;
  const { isArray } = Array;
  const { bind, call } = Function.prototype;
  const uncurry = bind.bind(call);
  const slice = uncurry(String.prototype.slice);
  const indexOf = uncurry(String.prototype.indexOf);
  const numberText = uncurry(kit.BigNumber.prototype.toString);

  const dataOf = (value, key) => {
    const descriptor = getOwnPropertyDescriptor(value, key);
    return descriptor === undefined ? undefined : descriptor.value;
  };
  const memberText = (value, key, depth) => {
    const descriptor = getOwnPropertyDescriptor(value, key);
    if (descriptor !== undefined && descriptor.get !== undefined) return '[getter]';
    return shown(descriptor === undefined ? undefined : descriptor.value, depth);
  };
  const knownNumber = (value) => {
    if (kit.isNumber(value)) return value;
    const inner = dataOf(value, 'number');
    return typeof inner === 'object' && inner !== null && kit.isNumber(inner) ? inner : undefined;
  };

  const listText = (list, depth) => {
    const { length } = list;
    let text = '[';
    for (let index = 0; index < length && index < MEMBERS_MAX; index++) {
      text += `${index === 0 ? '' : ', '}${memberText(list, index, depth)}`;
    }
    return `${text}${length > MEMBERS_MAX ? ', …' : ''}]`;
  };
  const objectText = (value, depth) => {
    const names = keys(value);
    let text = '{';
    for (let index = 0; index < names.length && index < MEMBERS_MAX; index++) {
      const name = names[index];
      text += `${index === 0 ? '' : ', '}${slice(name, 0, TEXT_MAX)}: ${memberText(value, name, depth)}`;
    }
    return `${text}${names.length > MEMBERS_MAX ? ', …' : ''}}`;
  };
  const shown = (value, depth) => {
    if (typeof value === 'string') return depth === 0 ? value : `'${slice(value, 0, TEXT_MAX)}'`;
    if (typeof value === 'function') return '[function]';
    if (typeof value === 'symbol') return 'Symbol()';
    if (typeof value !== 'object' || value === null) return `${value}`;
    const number = knownNumber(value);
    if (number !== undefined) {
      const isLong = number.c !== null && number.c.length > DIGITS_MAX;
      return isLong ? '[long number]' : kit.free(numberText, number);
    }
    if (depth >= DEPTH_MAX) return isArray(value) ? '[…]' : '{…}';
    const message = dataOf(value, 'message');
    if (typeof message === 'string' && keys(value).length === 0) return `Error: ${message}`;
    return isArray(value) ? listText(value, depth + 1) : objectText(value, depth + 1);
  };

  /** `%s %d %v %i %f %j` stand for the next value, `%%` for a percent sign; what is left follows. */
  const format = (values) => {
    let text = '';
    let next = 0;
    const [first] = values;
    if (typeof first === 'string') {
      next = 1;
      const { length } = first;
      for (let index = 0; index < length && text.length <= TEXT_MAX; index++) {
        const letter = first[index] === '%' ? first[index + 1] : undefined;
        if (letter === '%') text += '%';
        else if (letter !== undefined && next < values.length && indexOf('sdvifj', letter) >= 0) {
          text += slice(shown(values[next], 0), 0, TEXT_MAX);
          next += 1;
        } else {
          text += first[index];
          continue;
        }
        index += 1;
      }
    }
    for (; next < values.length && text.length <= TEXT_MAX; next++) {
      text += `${next === 0 ? '' : ' '}${slice(shown(values[next], 0), 0, TEXT_MAX)}`;
    }
    return text.length > TEXT_MAX ? `${slice(text, 0, TEXT_MAX)}…` : text;
  };
  /** Lines of the call that runs. */
  let lines = 0;
  kit.beginConsole = () => {
    lines = 0;
  };
  const silent = () => undefined;
  const writing =
    (level) =>
    (...values) => {
      lines += 1;
      // One more than the host keeps, so that it knows that there were more.
      if (lines <= LINES_MAX + 1) host.consoleLine(level, format(values));
    };
  const method = host.consoleLine === undefined ? () => silent : writing;
  globals.console = {
    debug: method('debug'),
    info: method('info'),
    warn: method('warn'),
    error: method('error'),
    log: method('info'),
  };
};
