/**
 * Errors of contracts, and where they happened. V8 notes the stack of every error; contracts never see
 * it, neither of their own errors nor, as they catch nothing, of others.
 */
(kit) => {
  const { globals } = kit;
  const { construct, defineProperty: defineOwn } = Reflect;
  const { defineProperty, getOwnPropertyDescriptor } = Object;
  const { bind, call } = Function.prototype;
  const uncurry = bind.bind(call);
  const split = uncurry(String.prototype.split);
  const lastIndexOf = uncurry(String.prototype.lastIndexOf);
  const slice = uncurry(String.prototype.slice);
  const RawError = Error;
  const hide = (target, name, value) =>
    defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true });
  const stackOf = uncurry(getOwnPropertyDescriptor(new RawError(), 'stack').get);
  /** Enough to find the contract's statement behind what the library calls inside. */
  const FRAMES = 16;
  /** What V8 notes of an error, which nothing else counts. */
  const ERROR_BYTES = 4096;

  function ContractError(message) {
    kit.allocate(ERROR_BYTES);
    const text = message === undefined ? undefined : `${message}`;
    const error = construct(RawError, [], new.target ?? ContractError);
    delete error.stack;
    // Not known when the stack is noted, a message cannot pretend to be a part of it.
    if (text !== undefined) hide(error, 'message', text);
    return error;
  }
  defineProperty(ContractError, 'name', { value: 'Error' });
  defineProperty(ContractError, 'prototype', { value: RawError.prototype, writable: false });
  hide(RawError.prototype, 'constructor', ContractError);
  hide(ContractError, 'stackTraceLimit', 0);
  hide(RawError, 'stackTraceLimit', FRAMES);
  globals.Error = ContractError;

  /** `line:column` in the contract's code as it was loaded, or nothing. */
  kit.placeOf = (error) => {
    if (typeof error !== 'object' || error === null || !speakFor(error)) return '';
    const stack = stackOf(error);
    if (typeof stack !== 'string') return '';
    const frames = split(stack, '\n');
    for (let index = 0; index < frames.length; index++) {
      const place = placeIn(frames[index]);
      if (place !== undefined) return place;
    }
    return '';
  };
  /** V8 asks an error for its name and message to write its stack: what it finds must run no code. */
  const speakFor = (error) => {
    const plain = { value: '', configurable: true };
    return defineOwn(error, 'name', plain) && defineOwn(error, 'message', plain);
  };
  /** `    at Class.method (<isolated-vm>:12:34)`; the rest is its name. */
  const placeIn = (frame) => {
    if (slice(frame, 0, 7) !== '    at ') return undefined;
    const end = lastIndexOf(frame, ')') < 0 ? frame.length : lastIndexOf(frame, ')');
    const column = lastIndexOf(frame, ':');
    const line = lastIndexOf(slice(frame, 0, column), ':');
    const number = +slice(frame, line + 1, column) - kit.lastLine;
    if (!(number >= 1)) return undefined;
    return `${number}:${+slice(frame, column + 1, end)}`;
  };
};
