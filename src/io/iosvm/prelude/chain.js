/**
 * storage, blockchain and IOSTCrypto of contracts (spec go-iost §5.6 to §5.8). Only
 * primitives go out and come back; what a call cost the host comes back with its answer.
 */
(kit) => {
  const { incr, stop, host, globals } = kit;
  const TEXT_MAX = 65536;
  const GET = 300;
  const CONTEXT = 10;
  /** A check takes far longer than its gas says, so it counts as memory: 4,096 a transaction. */
  const VERIFY_WEIGHT = 16384;
  /** What is stored is copied on its way and kept until the block is done. */
  const STORED_WEIGHT = 4;
  const LOG_WEIGHT = 64;
  const LOG_ENTRY = 64;
  const { bind, call } = Function.prototype;
  const uncurry = bind.bind(call);
  const indexOf = uncurry(String.prototype.indexOf);
  const slice = uncurry(String.prototype.slice);

  const text = (value, api, what) => {
    if (typeof value !== 'string') throw new Error(`${api} ${what} must be string`);
    if (value.length > TEXT_MAX) throw new Error('input string too long');
    return value;
  };
  const count = (given, expected, name) => {
    if (given !== expected) throw new Error(`${name} invalid argument length.`);
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
  /** `<gas> <message>` */
  const refused = (answer) => {
    const end = indexOf(answer, ' ');
    incr(+slice(answer, 0, end));
    throw new Error(slice(answer, end + 1));
  };
  const value = (answer) => {
    if (answer === undefined) stop('host');
    incr(GET);
    return answer;
  };

  const storage = {
    put(key, stored, payer = '') {
      if (typeof stored !== 'string') throw new Error('storage put must be string');
      text(key, 'IOSTContractStorage_Put', 'key');
      text(stored, 'IOSTContractStorage_Put', 'value');
      text(payer, 'IOSTContractStorage_Put', 'owner');
      kit.allocate(STORED_WEIGHT * stored.length);
      return effect(host.put(key, stored, payer));
    },
    get: (key) => value(host.get(text(key, 'IOSTContractStorage_Get', 'key'))),
    has: (key) => value(host.get(text(key, 'IOSTContractStorage_Has', 'key'))) !== null,
    del: (key) => effect(host.del(text(key, 'IOSTContractStorage_Del', 'key'))),
    mapPut(key, field, stored, payer = '') {
      if (typeof stored !== 'string') throw new Error('storage mapPut must be string');
      text(key, 'IOSTContractStorage_MapPut', 'key');
      text(field, 'IOSTContractStorage_MapPut', 'key');
      text(stored, 'IOSTContractStorage_MapPut', 'value');
      text(payer, 'IOSTContractStorage_MapPut', 'owner');
      kit.allocate(STORED_WEIGHT * stored.length);
      return effect(host.mapPut(key, field, stored, payer));
    },
    mapGet: (key, field) => value(entry('IOSTContractStorage_MapGet', key, field)),
    mapHas: (key, field) => value(entry('IOSTContractStorage_MapHas', key, field)) !== null,
    mapKeys: (key) =>
      kit.parse(value(host.mapKeys(text(key, 'IOSTContractStorage_MapKeys', 'key')))),
    mapLen: (key) => lengthOf(value(host.mapKeys(text(key, 'IOSTContractStorage_MapLen', 'key')))),
    mapDel(key, field) {
      text(key, 'IOSTContractStorage_MapDel', 'key');
      return effect(host.mapDel(key, text(field, 'IOSTContractStorage_MapDel', 'field')));
    },
    globalGet: (contract, key) => value(foreign('IOSTContractStorage_GlobalGet', contract, key)),
    globalHas: (contract, key) =>
      value(foreign('IOSTContractStorage_GlobalHas', contract, key)) !== null,
    globalMapGet: (contract, key, field) =>
      value(foreignEntry('IOSTContractStorage_GlobalMapGet', contract, key, field)),
    globalMapHas: (contract, key, field) =>
      value(foreignEntry('IOSTContractStorage_GlobalMapHas', contract, key, field)) !== null,
    globalMapKeys: (contract, key) =>
      kit.parse(value(foreignKeys('IOSTContractStorage_GlobalMapKeys', contract, key))),
    globalMapLen: (contract, key) =>
      lengthOf(value(foreignKeys('IOSTContractStorage_GlobalMapLen', contract, key))),
  };
  const entry = (name, key, field) =>
    host.mapGet(text(key, name, 'key'), text(field, name, 'field'));
  const foreign = (name, contract, key) =>
    host.globalGet(text(contract, name, 'contract'), text(key, name, 'key'));
  const foreignEntry = (name, contract, key, field) =>
    host.globalMapGet(
      text(contract, name, 'contract'),
      text(key, name, 'key'),
      text(field, name, 'field'),
    );
  const foreignKeys = (name, contract, key) =>
    host.globalMapKeys(text(contract, name, 'contract'), text(key, name, 'key'));
  /** Counting is not charged like parsing. */
  const lengthOf = (keys) => kit.rawParse(keys).length;

  /** The answer is `<gas> <bytes allocated> <text>`, or a refusal behind an exclamation mark. */
  const callContract = (name, withAuth, contract, abi, given) => {
    const args = typeof given === 'object' ? kit.stringify(given) : given;
    text(contract, name, 'contract');
    text(abi, name, 'api');
    text(args, name, 'arg');
    const answer = host.call(
      contract,
      abi,
      args,
      withAuth,
      kit.used(),
      kit.allocationLeft(),
      kit.depthLeft(),
    );
    if (answer === undefined) stop('host');
    if (answer[0] === '!') return refused(slice(answer, 1));
    const first = indexOf(answer, ' ');
    const second = indexOf(answer, ' ', first + 1);
    incr(+slice(answer, 0, first));
    kit.allocate(+slice(answer, first + 1, second));
    return kit.parse(slice(answer, second + 1));
  };
  /** Receipts cost no gas here, so what bounds them is that they count as memory many times. */
  const logged = (content) => kit.allocate(LOG_WEIGHT * (content.length + LOG_ENTRY));
  const context = (answer) => {
    incr(CONTEXT);
    return answer;
  };

  const blockchain = {
    transfer(from, to, amount, memo) {
      const { Float64 } = globals;
      const number = amount instanceof Float64 ? amount : new Float64(amount);
      return blockchain.callWithAuth('token.iost', 'transfer', [
        'iost',
        from,
        to,
        number.toString(),
        memo.toString(),
      ]);
    },
    withdraw: (to, amount, memo) =>
      blockchain.transfer(blockchain.contractName(), to, amount, memo),
    deposit: (from, amount, memo) =>
      blockchain.transfer(from, blockchain.contractName(), amount, memo),
    blockInfo: () => context(host.blockInfo()),
    txInfo: () => context(host.txInfo()),
    contextInfo: () => context(host.contextInfo()),
    contractName: () => kit.parse(blockchain.contextInfo()).contract_name,
    publisher: () => kit.parse(blockchain.contextInfo()).publisher,
    caller: () => kit.parse(blockchain.contextInfo()).caller,
    contractOwner: () =>
      storage.globalMapGet('system.iost', 'contract_owner', blockchain.contractName()),
    call: (contract, abi, args) => callContract('IOSTBlockchain_call', false, contract, abi, args),
    callWithAuth: (contract, abi, args) =>
      callContract('IOSTBlockchain_callWithAuth', true, contract, abi, args),
    requireAuth(account, permission) {
      text(account, 'IOSTBlockchain_requireAuth', 'accountID');
      text(permission, 'IOSTBlockchain_requireAuth', 'permission');
      // Gas doubled, plus one where it is granted.
      const answer = host.requireAuth(account, permission);
      if (answer === undefined) stop('host');
      incr(answer >> 1);
      return answer % 2 === 1;
    },
    receipt(content) {
      logged(text(content, 'IOSTBlockchain_receipt', 'content'));
      return effect(host.receipt(content));
    },
    event(content) {
      logged(text(content, 'IOSTBlockchain_event', 'content'));
      return effect(host.event(content));
    },
  };

  /** `bytesOf` answers how many bytes the text stands for. */
  const hashed = (name, bytesOf, run) => ({
    [name](...args) {
      count(args.length, 1, `IOSTCrypto_${name}`);
      const data = text(args[0], `IOSTCrypto_${name}`, 'argument');
      incr(100 + bytesOf(data));
      return run(data);
    },
  });
  const crypto = {
    ...hashed('sha3', host.textBytes, host.sha3),
    ...hashed('sha3Hex', host.hexBytes, host.sha3Hex),
    ...hashed('ripemd160Hex', host.hexBytes, host.ripemd160Hex),
    verify(...args) {
      count(args.length, 4, 'IOSTCrypto_verify');
      kit.allocate(VERIFY_WEIGHT);
      for (let index = 0; index < args.length; index++) {
        const { length } = text(args[index], 'IOSTCrypto_verify', 'argument');
        // Reading base 58 takes time by the square of the length.
        kit.allocate((length * length) / 64);
      }
      incr(100 + host.base58Bytes(args[1]));
      return host.verify(args[0], args[1], args[2], args[3]);
    },
  };

  globals.storage = storage;
  globals.blockchain = blockchain;
  globals.IOSTCrypto = crypto;
  globals.require = (name) => (name === 'storage' || name === 'blockchain' ? globals[name] : {});
};
