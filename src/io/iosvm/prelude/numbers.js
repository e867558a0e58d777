/**
 * BigNumber, Int64 and Float64 of contracts (spec go-iost §5.4). What the library does inside is
 * charged as if the contract did it: the reference runs it over the metered methods of String and
 * Array. Its numbers are frozen when they leave it, so that an operation can trust what a number says
 * about its own size.
 */
(kit) => {
  const { incr, allocate, library, free } = kit;
  const { bind, call } = Function.prototype;
  const uncurry = bind.bind(call);
  const { freeze, defineProperty, getOwnPropertyNames } = Object;
  const { isArray } = Array;
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
    if (kit.inLibrary() || typeof value !== 'object' || value === null || isKnown(value))
      return value;
    if (value.c !== null && value.c !== undefined) freeze(value.c);
    remember(value);
    return freeze(value);
  };

  const construct = (value, base) => new Library(value, base);
  /** A number of the library, or text, in place of what a contract passes. */
  const operand = (value) => {
    if (typeof value === 'string') allocate(8 * value.length);
    if (kit.inLibrary() || typeof value !== 'object' || value === null || isKnown(value)) {
      return value;
    }
    const text = `${value}`;
    allocate(8 * text.length);
    return text;
  };

  function BigNumber(value, base) {
    incr(20);
    return released(library(construct, operand(value), operand(base)));
  }

  const take = (self) => {
    if (kit.inLibrary() || isKnown(self)) return self;
    throw new TypeError('[BigNumber Error] Not a BigNumber');
  };
  /** Digits and zeros that an operation may have to write out. */
  const size = (value) => (value.c ? 16 * value.c.length + ZERO_BYTES * abs(value.e) : 0);
  const operandSize = (value, base) =>
    value === undefined || value === null
      ? 0
      : size(value instanceof Library ? value : free(construct, value, base));
  const textLength = (value) => {
    if (value === null || value === undefined) return 0;
    return value instanceof Library ? library(libraryText, value).length : `${value}`.length;
  };

  /** Gas of an operation beside what the library does for it, by its names. */
  const costs = { __proto__: null };
  const price = (names, cost) => {
    for (const name of kit.words(names)) costs[name] = cost;
  };
  const bySum = (factor) => (self, first) => 20 + factor * (textLength(first) + textLength(self));
  const COMPARISONS = `eq isEqualTo gt isGreaterThan gte isGreaterThanOrEqualTo lt isLessThan lte
    isLessThanOrEqualTo`;
  const FLAT = 'abs absoluteValue isFinite isInteger isNaN isNegative isPositive isZero negated';
  price(FLAT, () => 20);
  price('sqrt squareRoot integerValue toFixed', (self) => 20 + 4 * textLength(self));
  price(COMPARISONS, bySum(2));
  price('plus minus div dividedBy idiv dividedToIntegerBy mod', bySum(10));
  price('times multipliedBy', bySum(4));
  price('pow exponentiatedBy', (self, first) =>
    first === null || first === undefined
      ? 20 + 10 * textLength(self)
      : 20 + 10 * textLength(first) * textLength(self),
  );

  /** Methods whose first parameter is a number of places, not an operand. */
  const PLACES = kit.words(
    'toFixed integerValue toExponential toPrecision precision sd decimalPlaces dp shiftedBy toString',
  );
  const UNARY = [...kit.words(FLAT), ...kit.words('sqrt squareRoot toNumber toJSON valueOf')];

  for (const name of getOwnPropertyNames(proto)) {
    const method = proto[name];
    if (name === 'constructor' || typeof method !== 'function') continue;
    // They take time that nothing of them tells beforehand.
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
        if (cost !== undefined) incr(cost(self, first));
        const other = operand(first);
        // A second parameter is the base in which the first is written.
        const base = operand(second);
        allocate(
          size(self) +
            (isOperand
              ? operandSize(other, base)
              : typeof other === 'number'
                ? ZERO_BYTES * abs(other) || 0
                : 0),
        );
        return released(library(run, self, other, base));
      },
    }[name];
    defineProperty(proto, name, { value, writable: true, enumerable: false, configurable: true });
  }

  defineProperty(BigNumber, 'prototype', { value: proto, writable: false });
  defineProperty(proto, 'constructor', { value: BigNumber, writable: true, configurable: true });
  for (const name of getOwnPropertyNames(Library)) {
    if (typeof Library[name] === 'number' && name !== 'length') BigNumber[name] = Library[name];
  }
  BigNumber.isBigNumber = (value) => value instanceof Library;
  const extreme = (method) => {
    const run = (values) => method(...values);
    return (...given) => {
      const list = given.length > 0 && isArray(given[0]) ? given[0] : given;
      const values = [];
      for (let index = 0; index < list.length; index++) {
        values[index] = operand(list[index]);
        allocate(64 + operandSize(values[index], undefined));
      }
      return released(library(run, values));
    };
  };
  BigNumber.maximum = BigNumber.max = extreme(Library.maximum);
  BigNumber.minimum = BigNumber.min = extreme(Library.minimum);

  /** The two bounded numbers: each operation checks its operand and its result. */
  const bounded = ({ name, type, argument, isWhole }) => {
    const max = new BigNumber('9223372036854775807');
    const min = new BigNumber('-9223372036854775808');
    class Bounded {
      constructor(value, base) {
        this.number = new BigNumber(value, base);
        this._validate();
      }
      _validate() {
        const { number } = this;
        const refuse = (why) => {
          throw new Error(`${name}: ${number.valueOf()} ${why}`);
        };
        if (isWhole && !number.isInteger()) refuse('is not an integer');
        if (number.gt(max)) refuse(`overflow ${type}`);
        if (number.lt(min)) refuse(`underflow ${type}`);
      }
      _checkArgument(value) {
        if (value === null || value === undefined) {
          throw new Error(`${argument} argument: ${value} is empty`);
        }
        const isSame = value instanceof Bounded && value.constructor === this.constructor;
        const checked = isSame ? value : new this.constructor(value);
        checked._validate();
        return checked;
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
        return this.number.toString();
      }
      toFixed(places) {
        return this.number.toFixed(places);
      }
      toJSON() {
        return this.number.toJSON();
      }
    }
    const add = (method, value) =>
      defineProperty(Bounded.prototype, method, { value, writable: true, configurable: true });
    const division = isWhole ? 'idiv' : 'div';
    const operations = { plus: 'plus', minus: 'minus', multi: 'times', div: division, mod: 'mod' };
    operations.pow = 'pow';
    for (const method of getOwnPropertyNames(operations)) {
      const inner = operations[method];
      add(
        method,
        {
          [method](value) {
            const operand = this._checkArgument(value);
            return new this.constructor(this.number[inner](operand.number));
          },
        }[method],
      );
    }
    for (const method of ['eq', 'gt', 'gte', 'lt', 'lte']) {
      add(
        method,
        {
          [method](value) {
            const operand = this._checkArgument(value);
            return this.number[method](operand.number);
          },
        }[method],
      );
    }
    defineProperty(Bounded, 'name', { value: name });
    return { Bounded, add };
  };

  const whole = bounded({ name: 'Int64', type: 'int64', argument: 'Int64', isWhole: true });
  whole.add(
    'shift',
    {
      shift(places) {
        return new this.constructor(this.number.shiftedBy(places));
      },
    }.shift,
  );
  whole.add(
    'negated',
    {
      negated() {
        return this.number.negated();
      },
    }.negated,
  );
  const decimal = bounded({ name: 'Float64', type: 'float64', argument: 'float64' });
  decimal.add(
    'negated',
    {
      /** As with the reference, of the operand, which it changes; without one of the number. */
      negated(value) {
        if (value === undefined) return new this.constructor(this.number.negated());
        const operand = this._checkArgument(value);
        operand.number = operand.number.negated();
        return operand;
      },
    }.negated,
  );

  kit.globals.BigNumber = BigNumber;
  kit.globals.Int64 = whole.Bounded;
  kit.globals.Float64 = decimal.Bounded;
};
