/**
 * blockchain and IOSTCrypto of contracts (spec go-iost §5.7, §5.8). Only primitives go out and come
 * back; what a call cost the host comes back with its answer.
 */
(kit) => {
  const { incr, stop, host, globals, text, refused, effect } = kit;
  const CONTEXT = 10;
  const SHORTCUT = 10;
  /** A check takes far longer than its gas says, so it counts as memory: 4,096 a transaction. */
  const VERIFY_WEIGHT = 16384;
  const LOG_WEIGHT = 64;
  const LOG_ENTRY = 64;
  const { bind, call } = Function.prototype;
  const uncurry = bind.bind(call);
  const indexOf = uncurry(String.prototype.indexOf);
  const slice = uncurry(String.prototype.slice);
  const toWellFormed = uncurry(String.prototype.toWellFormed);

  const count = (given, expected, name) => {
    if (given !== expected) throw new Error(`${name} invalid argument length.`);
  };

  /** Names of the running call; `undefined` where the host has to be asked for them. */
  let names;
  kit.beginNames = (next) => {
    const below = names;
    names = next;
    return below;
  };
  kit.endNames = (below) => {
    names = below;
  };
  const contextInfo = () => {
    if (names === undefined) return host.contextInfo();
    const { contract, abi, publisher, caller } = names;
    return `{"contract_name":"${contract}","abi_name":"${abi}","publisher":"${publisher}","caller":{"name":"${caller ?? publisher}","is_account":${caller === undefined}}}`;
  };

  /** The answer is `<gas> <bytes allocated> <text>`, or a refusal behind an exclamation mark. */
  const callContract = (name, withAuth, contract, abi, given) => {
    const args = typeof given === 'object' ? kit.stringify(given) : given;
    text(contract, name, 'contract');
    text(abi, name, 'api');
    text(args, name, 'arg');
    kit.flush();
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
    kit.forget();
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
    contextInfo: () => context(contextInfo()),
    contractName: () => kit.parse(blockchain.contextInfo()).contract_name,
    publisher: () => kit.parse(blockchain.contextInfo()).publisher,
    caller: () => kit.parse(blockchain.contextInfo()).caller,
    contractOwner: () =>
      globals.storage.globalMapGet('system.iost', 'contract_owner', blockchain.contractName()),
    call: (contract, abi, args) => callContract('IOSTBlockchain_call', false, contract, abi, args),
    callWithAuth: (contract, abi, args) =>
      callContract('IOSTBlockchain_callWithAuth', true, contract, abi, args),
    requireAuth(account, permission) {
      text(account, 'IOSTBlockchain_requireAuth', 'accountID');
      text(permission, 'IOSTBlockchain_requireAuth', 'permission');
      // The publisher has signed: what the host would find first.
      if (names?.hasSigned === true && permission === 'active') {
        if (account === names.publisher) {
          incr(SHORTCUT);
          return true;
        }
      }
      // Gas doubled, plus one where it is granted.
      const answer = host.requireAuth(account, permission);
      if (answer === undefined) stop('host');
      incr(answer >> 1);
      return answer % 2 === 1;
    },
    receipt(content) {
      logged(text(content, 'IOSTBlockchain_receipt', 'content'));
      const written = toWellFormed(content);
      return kit.later(`r${written.length}:${written}`);
    },
    event(content) {
      logged(text(content, 'IOSTBlockchain_event', 'content'));
      kit.flush();
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

  globals.blockchain = blockchain;
  globals.IOSTCrypto = crypto;
  globals.require = (name) => (name === 'storage' || name === 'blockchain' ? globals[name] : {});
};
