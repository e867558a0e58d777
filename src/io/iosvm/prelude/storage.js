/**
 * `storage` of contracts (spec go-iost §5.6). Crossing to the host costs more than the work there, so
 * a call keeps what it has read and written of its own contract: a key is asked for once, and writes
 * go over together, in their order, when the call ends or before anything that could see them. What
 * they cost is known here. The host may send along what it expects a call to read.
 */
(kit) => {
  const { incr, stop, host, globals } = kit;
  const TEXT_MAX = 65536;
  const GET = 300;
  const PUT = 300;
  const DELETE = 300;
  /** What is stored is copied on its way and kept until the block is done. */
  const STORED_WEIGHT = 4;
  /** Longer values cost more than the least, which depends on who pays: the host reckons. */
  const SHORT_VALUE = 800;
  const PENDING_MAX = 65536;
  const { bind, call } = Function.prototype;
  const uncurry = bind.bind(call);
  const indexOf = uncurry(String.prototype.indexOf);
  const slice = uncurry(String.prototype.slice);
  const toWellFormed = uncurry(String.prototype.toWellFormed);
  const matches = uncurry(RegExp.prototype.test);
  const RawMap = Map;
  const mapGet = uncurry(Map.prototype.get);
  const mapSet = uncurry(Map.prototype.set);
  /** A name that may be written: it needs no look by the host, and has no `@` in it. */
  const PLAIN = /^[ -,.-?A-~]{1,64}$/;

  const text = (value, api, what) => {
    if (typeof value !== 'string') throw new Error(`${api} ${what} must be string`);
    if (value.length > TEXT_MAX) throw new Error('input string too long');
    return value;
  };
  /** `<gas> <message>` */
  const refused = (answer) => {
    const end = indexOf(answer, ' ');
    incr(+slice(answer, 0, end));
    throw new Error(slice(answer, end + 1));
  };
  /** The host answers `undefined` where the call has to end, and a text where it refuses. */
  const effect = (answer) => {
    if (typeof answer === 'number') {
      incr(answer);
      return null;
    }
    if (answer === undefined) stop('host');
    return refused(answer);
  };
  const value = (answer) => {
    if (answer === undefined) stop('host');
    incr(GET);
    return answer;
  };

  /** Current values by name, of a map's entry `key@field`; `null` where there is none. */
  let known;
  /** Bits of the values that the host sent along, and of those that were asked for. */
  let guesses;
  let used = 0;
  /** Writes that the host has not seen: a letter, the lengths of the texts, the texts. */
  let pending = '';

  const flush = () => {
    if (pending === '') return;
    const writes = pending;
    pending = '';
    if (host.write(writes) === undefined) stop('host');
  };
  const later = (write) => {
    pending += write;
    if (pending.length > PENDING_MAX) flush();
    return null;
  };
  const knownValue = (name) => {
    if (known === undefined) return undefined;
    const found = mapGet(known, name);
    if (found !== undefined && guesses !== undefined) used |= mapGet(guesses, name) | 0;
    return found;
  };
  const note = (name, current) => {
    known ??= new RawMap();
    mapSet(known, name, current);
    return current;
  };

  const read = (key) => {
    if (!matches(PLAIN, key)) return value(host.get(key));
    const found = knownValue(key);
    return found === undefined ? note(key, value(host.get(key))) : value(found);
  };
  const readEntry = (key, field) => {
    if (!matches(PLAIN, key) || !matches(PLAIN, field)) return value(host.mapGet(key, field));
    const name = `${key}@${field}`;
    const found = knownValue(name);
    return found === undefined ? note(name, value(host.mapGet(key, field))) : value(found);
  };
  const isShort = (stored, payer) => stored.length <= SHORT_VALUE && payer.length <= 64;

  const storage = {
    put(key, given, payer = '') {
      if (typeof given !== 'string') throw new Error('storage put must be string');
      text(key, 'IOSTContractStorage_Put', 'key');
      text(given, 'IOSTContractStorage_Put', 'value');
      text(payer, 'IOSTContractStorage_Put', 'owner');
      kit.allocate(STORED_WEIGHT * given.length);
      const stored = toWellFormed(given);
      if (!isShort(stored, payer) || !matches(PLAIN, key)) {
        flush();
        known = undefined;
        return effect(host.put(key, stored, payer));
      }
      incr(PUT);
      note(key, stored);
      return later(`p${key.length},${stored.length},${payer.length}:${key}${stored}${payer}`);
    },
    get: (key) => read(text(key, 'IOSTContractStorage_Get', 'key')),
    has: (key) => read(text(key, 'IOSTContractStorage_Has', 'key')) !== null,
    del(key) {
      text(key, 'IOSTContractStorage_Del', 'key');
      if (!matches(PLAIN, key)) {
        flush();
        return effect(host.del(key));
      }
      incr(DELETE);
      note(key, null);
      return later(`d${key.length}:${key}`);
    },
    mapPut(key, field, given, payer = '') {
      if (typeof given !== 'string') throw new Error('storage mapPut must be string');
      text(key, 'IOSTContractStorage_MapPut', 'key');
      text(field, 'IOSTContractStorage_MapPut', 'key');
      text(given, 'IOSTContractStorage_MapPut', 'value');
      text(payer, 'IOSTContractStorage_MapPut', 'owner');
      kit.allocate(STORED_WEIGHT * given.length);
      const stored = toWellFormed(given);
      if (!isShort(stored, payer) || !matches(PLAIN, key) || !matches(PLAIN, field)) {
        flush();
        known = undefined;
        return effect(host.mapPut(key, field, stored, payer));
      }
      incr(PUT);
      note(`${key}@${field}`, stored);
      const lengths = `${key.length},${field.length},${stored.length},${payer.length}`;
      return later(`m${lengths}:${key}${field}${stored}${payer}`);
    },
    mapGet(key, field) {
      text(key, 'IOSTContractStorage_MapGet', 'key');
      return readEntry(key, text(field, 'IOSTContractStorage_MapGet', 'field'));
    },
    mapHas(key, field) {
      text(key, 'IOSTContractStorage_MapHas', 'key');
      return readEntry(key, text(field, 'IOSTContractStorage_MapHas', 'field')) !== null;
    },
    mapKeys: (key) => kit.parse(keysOf(text(key, 'IOSTContractStorage_MapKeys', 'key'))),
    mapLen: (key) => lengthOf(keysOf(text(key, 'IOSTContractStorage_MapLen', 'key'))),
    mapDel(key, field) {
      text(key, 'IOSTContractStorage_MapDel', 'key');
      text(field, 'IOSTContractStorage_MapDel', 'field');
      if (!matches(PLAIN, key) || !matches(PLAIN, field)) {
        flush();
        return effect(host.mapDel(key, field));
      }
      incr(DELETE);
      note(`${key}@${field}`, null);
      return later(`x${key.length},${field.length}:${key}${field}`);
    },
    globalGet: (contract, key) => foreign('IOSTContractStorage_GlobalGet', contract, key),
    globalHas: (contract, key) => foreign('IOSTContractStorage_GlobalHas', contract, key) !== null,
    globalMapGet: (contract, key, field) =>
      foreignEntry('IOSTContractStorage_GlobalMapGet', contract, key, field),
    globalMapHas: (contract, key, field) =>
      foreignEntry('IOSTContractStorage_GlobalMapHas', contract, key, field) !== null,
    globalMapKeys: (contract, key) =>
      kit.parse(foreignKeys('IOSTContractStorage_GlobalMapKeys', contract, key)),
    globalMapLen: (contract, key) =>
      lengthOf(foreignKeys('IOSTContractStorage_GlobalMapLen', contract, key)),
  };
  const keysOf = (key) => {
    flush();
    return value(host.mapKeys(key));
  };
  /** Counting is not charged like parsing. */
  const lengthOf = (keys) => kit.rawParse(keys).length;
  // A contract may look at its own storage as another's.
  const foreign = (name, contract, key) => {
    text(contract, name, 'contract');
    text(key, name, 'key');
    flush();
    return value(host.globalGet(contract, key));
  };
  const foreignEntry = (name, contract, key, field) => {
    text(contract, name, 'contract');
    text(key, name, 'key');
    text(field, name, 'field');
    flush();
    return value(host.globalMapGet(contract, key, field));
  };
  const foreignKeys = (name, contract, key) => {
    text(contract, name, 'contract');
    text(key, name, 'key');
    flush();
    return value(host.globalMapKeys(contract, key));
  };

  globals.storage = storage;
  kit.text = text;
  kit.refused = refused;
  kit.effect = effect;
  kit.flush = flush;
  kit.later = later;
  /** To be called where other code may have written. */
  kit.forget = () => {
    known = undefined;
    guesses = undefined;
  };
  /** `expected`: names and values in turn, of which the first has bit 1, the second 2, … */
  let isRunning = false;
  kit.beginStorage = (expected) => {
    const below = isRunning ? [known, guesses, used, pending] : undefined;
    isRunning = true;
    known = undefined;
    guesses = undefined;
    used = 0;
    pending = '';
    if (expected !== null) {
      guesses = new RawMap();
      for (let index = 0; index < expected.length; index += 2) {
        note(expected[index], expected[index + 1]);
        mapSet(guesses, expected[index], 1 << (index >> 1));
      }
    }
    return below;
  };
  kit.endStorage = (below) => {
    isRunning = below !== undefined;
    if (below === undefined) return;
    known = below[0];
    guesses = below[1];
    used = below[2];
    pending = below[3];
  };
  kit.usedGuesses = () => used;
  kit.pendingWrites = () => pending;
};
