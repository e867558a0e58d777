/**
 * The one function of a context that the host calls. It runs the contract's code from its first
 * statement, as if nothing had run before, and turns whatever comes of it into one text: a letter, the
 * gas used, the bytes allocated, and the result or the reason of a failure. It never reads a property
 * of a thrown value that could run code.
 */
(kit) => {
  const { STOP, incr } = kit;
  const { getOwnPropertyDescriptor, getPrototypeOf } = Object;
  const RESULT_MAX = 65536;
  const TEXT_MAX = 1024;
  const CHAIN_MAX = 16;
  const { bind, call } = Function.prototype;
  const slice = bind.call(call, String.prototype.slice);

  const resultText = (value) => {
    switch (typeof value) {
      case 'undefined':
        return '';
      case 'string':
        return value;
      case 'number':
      case 'boolean':
        return `${value}`;
      default:
        incr(12);
        return kit.stringify(value) ?? '';
    }
  };

  const dataOf = (value, key) => {
    const descriptor = getOwnPropertyDescriptor(value, key);
    return descriptor !== undefined && typeof descriptor.value === 'string'
      ? descriptor.value
      : undefined;
  };
  /** The name of an error: its own, or that of the first class above it that has one. */
  const nameOf = (error) => {
    let at = error;
    for (let count = 0; count < CHAIN_MAX && at !== null; count++) {
      const known = kit.errorPrototypes;
      for (let index = 0; index < known.length; index++) {
        if (known[index][0] === at) return known[index][1];
      }
      const own = dataOf(at, 'name');
      if (own !== undefined) return own;
      at = getPrototypeOf(at);
    }
    return undefined;
  };
  const thrownText = (value) => {
    if (typeof value === 'function') return 'function';
    if (typeof value === 'symbol') return 'Symbol()';
    if (typeof value !== 'object' || value === null) return slice(`${value}`, 0, TEXT_MAX);
    const name = nameOf(value);
    if (name === undefined) return '[object Object]';
    const message = dataOf(value, 'message') ?? '';
    return slice(message === '' ? name : `${name}: ${message}`, 0, TEXT_MAX);
  };

  const stoppedText = (reason) =>
    `${reason === 'host' ? 'h' : 's'}${kit.used()} ${kit.allocated()} ${reason}`;

  const runtime = Object.freeze({
    enter: kit.enter,
    leave: kit.leave,
    allocate: kit.allocate,
    number: kit.number,
    update: kit.update,
    label: kit.label,
    keys: kit.keys,
    spread: kit.spread,
    mark: kit.mark,
    unspread: kit.unspread,
    base: kit.base,
    slot: kit.slot,
    counter: Object.freeze({ incr }),
    binary: kit.binary,
    template: kit.template,
    spreadElement: kit.spreadElement,
  });

  /**
   * `factory` binds the names of the runtime and answers the contract's code as a function of what
   * is new for each call.
   */
  kit.entryOf = (factory) => entry(factory(runtime));
  const entry = (load) => (abi, args, blockText, txText, gas, allocation, stack) => {
    const below = kit.begin(gas, allocation, stack);
    const joining = kit.swapJoining([]);
    kit.beginConsole();
    try {
      const block = blockText === undefined ? undefined : kit.rawParse(blockText);
      const tx = txText === undefined ? undefined : kit.rawParse(txText);
      const list = kit.rawParse(args);
      const contract = { exports: {} };
      load(contract, block, tx);
      const instance = new contract.exports();
      const value = instance[abi](...list);
      const text = resultText(value);
      if (text.length > RESULT_MAX) throw new Error('result too long');
      if (kit.stopReason() !== '') return stoppedText(kit.stopReason());
      return `r${kit.used()} ${kit.allocated()} ${text}`;
    } catch (error) {
      const reason = kit.stopReason();
      if (error === STOP || reason !== '') return stoppedText(reason);
      return `e${kit.used()} ${kit.allocated()} Uncaught exception: ${thrownText(error)}`;
    } finally {
      kit.swapJoining(joining);
      kit.end(below);
    }
  };
};
