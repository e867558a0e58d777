/**
 * BigNumber, Int64 and Float64 of contracts (spec go-iost §5.4). The library's numbers are frozen
 * when they leave it, so that an operation can trust what a number says about its own size.
 */
(kit) => {
  const { incr, allocate, quietly } = kit;
  const { bind, call } = Function.prototype;
  const uncurry = bind.bind(call);
  const { freeze, defineProperty, getOwnPropertyNames } = Object;
  const { abs } = kit.math;
  const Library = kit.BigNumber;
  const proto = Library.prototype;
  const known = new WeakSet();
  const isKnown = uncurry(known.has).bind(undefined, known);
  const remember = uncurry(known.add).bind(undefined, known);
  /** The library writes zeros one by one, each a text of its own until they are put together. */
  const ZERO_BYTES = 64;
  const libraryText = uncurry(proto.toString);

  kit.isNumber = isKnown;

  Library.config({
    DECIMAL_PLACES: 50,
    POW_PRECISION: 50,
    ROUNDING_MODE: Library.ROUND_DOWN,
  });

  const released = (value) => {
    if (kit.isQuiet() || typeof value !== 'object' || value === null || isKnown(value))
      return value;
    if (value.c !== null && value.c !== undefined) freeze(value.c);
    remember(value);
    return freeze(value);
  };

  const construct = (value, base) => new Library(value, base);
  /** A number of the library, or text, in place of what a contract passes. */
  const operand = (value) => {
    if (typeof value === 'string') allocate(8 * value.length);
    if (typeof value !== 'object' || value === null || isKnown(value)) return value;
    const text = `${value}`;
    allocate(8 * text.length);
    return text;
  };

  function BigNumber(value, base) {
    incr(20);
    return released(quietly(construct, operand(value), operand(base)));
  }

  const take = (self) => {
    if (kit.isQuiet() || isKnown(self)) return self;
    throw new TypeError('[BigNumber Error] Not a BigNumber');
  };
  const numeric = (value) =>
    value instanceof Library ? value : quietly(construct, operand(value), undefined);
  /** Digits and zeros that an operation may have to write out. */
  const size = (value) => (value.c ? 16 * value.c.length + ZERO_BYTES * abs(value.e) : 0);
  const textLength = (value) => {
    if (value === null || value === undefined) return 0;
    return typeof value === 'object' ? quietly(libraryText, value).length : `${value}`.length;
  };

  const costs = { __proto__: null, times: (left, right) => 20 + 4 * (left + right) };
  costs.pow = (left, right) => 20 + 10 * left * right;
  const FLAT = ['abs', 'isFinite', 'isInteger', 'isNaN', 'isNegative', 'isPositive', 'isZero'];
  for (const name of [...FLAT, 'negated']) costs[name] = () => 20;
  for (const name of ['eq', 'gt', 'gte', 'lt', 'lte']) {
    costs[name] = (left, right) => 20 + 2 * (left + right);
  }
  for (const name of ['plus', 'minus', 'div', 'idiv', 'mod']) {
    costs[name] = (left, right) => 20 + 10 * (left + right);
  }
  for (const name of ['sqrt', 'integerValue', 'toFixed']) costs[name] = (left) => 20 + 4 * left;
  /** Methods whose first parameter is a number of places, not an operand. */
  const PLACES = ['toFixed', 'integerValue', 'toExponential', 'toPrecision', 'precision', 'sd'];
  PLACES.push('decimalPlaces', 'dp', 'shiftedBy', 'toString');
  const UNARY = [...FLAT, 'negated', 'sqrt', 'absoluteValue', 'squareRoot', 'toNumber', 'toJSON'];
  UNARY.push('valueOf');

  for (const name of getOwnPropertyNames(proto)) {
    const method = proto[name];
    if (name === 'constructor' || typeof method !== 'function') continue;
    if (name === 'toFormat' || name === 'toFraction') {
      delete proto[name];
      continue;
    }
    const run = uncurry(method);
    const cost = costs[name];
    const isOperand = !PLACES.includes(name) && !UNARY.includes(name);
    const value = {
      [name](first, second) {
        const self = take(this);
        let other = operand(first);
        let bytes = size(self);
        if (isOperand && first !== undefined && first !== null) {
          // A second parameter is the base in which the first is written.
          other = second === undefined ? numeric(other) : BigNumber(other, second);
          bytes += size(other);
        } else if (typeof other === 'number') bytes += ZERO_BYTES * abs(other) || 0;
        allocate(bytes);
        if (cost !== undefined) {
          incr(cost(textLength(self), isOperand ? textLength(other) : 0));
        }
        return released(quietly(run, self, other, isOperand ? undefined : operand(second)));
      },
    }[name];
    defineProperty(proto, name, { value, writable: true, enumerable: false, configurable: true });
  }

  defineProperty(BigNumber, 'prototype', { value: proto, writable: false });
  defineProperty(proto, 'constructor', { value: BigNumber, writable: true, configurable: true });
  for (const name of getOwnPropertyNames(Library)) {
    if (name.startsWith('ROUND_') || name === 'EUCLID') BigNumber[name] = Library[name];
  }
  BigNumber.isBigNumber = (value) => value instanceof Library;

  const MAX = '9223372036854775807';
  const MIN = '-9223372036854775808';

  const checkRange = (number, name, type, max, min) => {
    if (number.gt(max)) throw new Error(`${name}: ${number.toString()} overflow ${type}`);
    if (number.lt(min)) throw new Error(`${name}: ${number.toString()} underflow ${type}`);
  };
  const checkArgument = (value, name) => {
    if (value === null || value === undefined)
      throw new Error(`${name} argument: ${value} is empty`);
  };
  const operandOf = (value, Type, name) => {
    checkArgument(value, name);
    return value instanceof Type ? value : new Type(value);
  };

  class Int64 {
    constructor(value, base) {
      checkArgument(value, 'Int64');
      this.number = new BigNumber(value instanceof Int64 ? value.number : value, base);
      if (!this.number.isInteger()) {
        throw new Error(`Int64: ${this.number.toString()} is not an integer`);
      }
      checkRange(this.number, 'Int64', 'int64', MAX, MIN);
    }
    plus(value) {
      return new Int64(this.number.plus(operandOf(value, Int64, 'Int64').number));
    }
    minus(value) {
      return new Int64(this.number.minus(operandOf(value, Int64, 'Int64').number));
    }
    multi(value) {
      return new Int64(this.number.times(operandOf(value, Int64, 'Int64').number));
    }
    div(value) {
      return new Int64(this.number.idiv(operandOf(value, Int64, 'Int64').number));
    }
    mod(value) {
      return new Int64(this.number.mod(operandOf(value, Int64, 'Int64').number));
    }
    shift(value) {
      return new Int64(this.number.times(new BigNumber(2).pow(value)).integerValue());
    }
    pow(value) {
      return new Int64(this.number.pow(operandOf(value, Int64, 'Int64').number));
    }
    eq(value) {
      return this.number.eq(operandOf(value, Int64, 'Int64').number);
    }
    gt(value) {
      return this.number.gt(operandOf(value, Int64, 'Int64').number);
    }
    gte(value) {
      return this.number.gte(operandOf(value, Int64, 'Int64').number);
    }
    lt(value) {
      return this.number.lt(operandOf(value, Int64, 'Int64').number);
    }
    lte(value) {
      return this.number.lte(operandOf(value, Int64, 'Int64').number);
    }
    negated() {
      return new Int64(this.number.negated());
    }
    isZero() {
      return this.number.isZero();
    }
    isPositive() {
      return this.number.isPositive();
    }
    isNegative() {
      return this.number.isNegative();
    }
    toString() {
      return this.number.toFixed();
    }
    toFixed(places) {
      return this.number.toFixed(places);
    }
    toJSON() {
      return this.number.toFixed();
    }
  }

  class Float64 {
    constructor(value, base) {
      checkArgument(value, 'float64');
      this.number = new BigNumber(value instanceof Float64 ? value.number : value, base);
      checkRange(this.number, 'Float64', 'float64', MAX, MIN);
    }
    plus(value) {
      return new Float64(this.number.plus(operandOf(value, Float64, 'float64').number));
    }
    minus(value) {
      return new Float64(this.number.minus(operandOf(value, Float64, 'float64').number));
    }
    multi(value) {
      return new Float64(this.number.times(operandOf(value, Float64, 'float64').number));
    }
    div(value) {
      return new Float64(this.number.div(operandOf(value, Float64, 'float64').number));
    }
    mod(value) {
      return new Float64(this.number.mod(operandOf(value, Float64, 'float64').number));
    }
    pow(value) {
      return new Float64(this.number.pow(operandOf(value, Float64, 'float64').number));
    }
    eq(value) {
      return this.number.eq(operandOf(value, Float64, 'float64').number);
    }
    gt(value) {
      return this.number.gt(operandOf(value, Float64, 'float64').number);
    }
    gte(value) {
      return this.number.gte(operandOf(value, Float64, 'float64').number);
    }
    lt(value) {
      return this.number.lt(operandOf(value, Float64, 'float64').number);
    }
    lte(value) {
      return this.number.lte(operandOf(value, Float64, 'float64').number);
    }
    negated() {
      return new Float64(this.number.negated());
    }
    isZero() {
      return this.number.isZero();
    }
    isPositive() {
      return this.number.isPositive();
    }
    isNegative() {
      return this.number.isNegative();
    }
    toString() {
      return this.number.toFixed();
    }
    toFixed(places) {
      return this.number.toFixed(places);
    }
    toJSON() {
      return this.number.toFixed();
    }
  }

  kit.globals.BigNumber = BigNumber;
  kit.globals.Int64 = Int64;
  kit.globals.Float64 = Float64;
};
