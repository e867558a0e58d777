/**
 * The one function of a context that the host calls. It runs the contract's code from its first
 * statement, as if nothing had run before, and turns whatever comes of it into one text: a letter, the
 * gas used, the bytes allocated, then after a success the bits of the guesses that were used and the
 * length of the writes that follow, and the result or the reason of a failure. It never reads a
 * property of a thrown value that could run code.
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

  const failedText = (letter, reason) => `${letter}${kit.used()} ${kit.allocated()} ${reason}`;
  const stoppedText = (reason) => failedText(reason === 'host' ? 'h' : 's', reason);

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
  kit.entryOf = (factory, contract) => entry(factory(runtime), contract);
  /** `request` is what `CallRequest` of the host writes. */
  const entry = (load, contract) => (request) => {
    const given = kit.rawParse(request);
    const abi = given[0];
    const list = given[1];
    const below = kit.begin(given[2], given[3], given[4]);
    const joining = kit.swapJoining([]);
    const names = kit.beginNames(namesOf(contract, abi, given[5], given[6], given[7]));
    const storage = kit.beginStorage(given[8]);
    kit.beginConsole();
    try {
      const module = { exports: {} };
      load(module, given[9] ?? undefined, given[10] ?? undefined);
      const instance = new module.exports();
      const value = instance[abi](...list);
      const text = resultText(value);
      if (text.length > RESULT_MAX) throw new Error('result too long');
      if (kit.stopReason() !== '') return stoppedText(kit.stopReason());
      const writes = kit.pendingWrites();
      return `r${kit.used()} ${kit.allocated()} ${kit.usedGuesses()} ${writes.length} ${writes}${text}`;
    } catch (error) {
      const reason = kit.stopReason();
      if (error === STOP || reason !== '') return stoppedText(reason);
      return failedText('e', `${thrownText(error)}\u0000${kit.placeOf(error)}`);
    } finally {
      kit.endStorage(storage);
      kit.endNames(names);
      kit.swapJoining(joining);
      kit.end(below);
    }
  };
  const namesOf = (contract, abi, publisher, caller, hasSigned) =>
    publisher === null
      ? undefined
      : { contract, abi, publisher, caller: caller ?? undefined, hasSigned: hasSigned === 1 };
};
