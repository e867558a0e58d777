import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base58Encode } from '#core/crypto/base58.ts';
import { sha3 } from '#core/crypto/hash.ts';
import { encodeContract } from '#core/iosvm/contract-protobuf.ts';
import { storedContract } from '#core/iosvm/stored-contract.ts';
import { applyTransaction } from '#core/ledger/apply-transaction.ts';
import { StateOverlay } from '#core/ledger/state-overlay.ts';
import { ContractLedger, contractText } from './contracts.ts';

const HELLO = `class Contract {
    init() {

    }

    hello() {
        return "world";
    }
}

module.exports = Contract;

 `;

test('publishing costs what the reference says: 244258 gas and 450 bytes of RAM', () => {
  const { ledger } = new ContractLedger();
  const bytes = encodeContract({
    id: '',
    language: 'javascript',
    version: '1.0.0',
    abi: [{ name: 'hello', args: [], amountLimit: [] }],
    code: HELLO,
    originalCode: '',
  });
  assert.equal(bytes.length, 146);
  const published = ledger.succeed('system.iost', 'setCode', [
    Buffer.from(bytes).toString('base64'),
  ]);
  assert.equal(published.gasUsage, 24_425_800n);
  assert.deepEqual(published.ramUsage, [['user_0', 450n]]);
  const [id] = JSON.parse(published.returns[0] ?? '[]') as [string];
  assert.match(id, /^Contract[1-9A-Za-z]{43,44}$/);
  assert.deepEqual(ledger.succeed(id, 'hello', []).returns, ['["world"]']);
});

test('the worked example of the specification: 285 gas', () => {
  const contracts = new ContractLedger();
  contracts.place(
    'ContractCrypto',
    `'use strict';
    class Crypto {
      init() {}
      verify(algorithm, message, signature, key) {
        return IOSTCrypto.verify(algorithm, message, signature, key);
      }
    }
    module.exports = Crypto;`,
    { verify: ['string', 'string', 'string', 'string'] },
  );
  const eleven = base58Encode(new Uint8Array(11).fill(1));
  const gas = (algorithm: string, message: string) =>
    contracts.gasOf('ContractCrypto', 'verify', algorithm, message, 'a', 'b');
  assert.equal(gas('ed25519', eleven), 285);
  assert.equal(gas('ed25519', base58Encode(new Uint8Array(10).fill(1))), 284);
  assert.equal(gas('unknown', eleven), 285);
});

test('hashes of hexadecimal text: 291, 280 and 312 gas', () => {
  const contracts = new ContractLedger();
  const method = (name: string) => `${name}(x) { return IOSTCrypto.${name}(x); }`;
  contracts.place(
    'ContractHash',
    `'use strict';
    class Hash { init() {} other() {} ${method('sha3Hex')} ${method('ripemd160Hex')} }
    module.exports = Hash;`,
    { sha3Hex: ['string'], ripemd160Hex: ['string'] },
  );
  const gas = (name: string, hex: string) => contracts.gasOf('ContractHash', name, hex);
  assert.equal(gas('sha3Hex', Buffer.from('hello world').toString('hex')), 291);
  assert.equal(gas('sha3Hex', 'no hex'), 280);
  assert.equal(gas('ripemd160Hex', '00'.repeat(32)), 312);
  assert.equal(
    contracts.result('ContractHash', 'sha3Hex', '616263'),
    '3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532',
  );
  assert.equal(contracts.result('ContractHash', 'sha3Hex', 'no hex'), '');
  assert.equal(
    contracts.result('ContractHash', 'ripemd160Hex', '616263'),
    '8eb208f7e05d987a9b044a8e98c6b087f15a0bfc',
  );
});

test('every run starts from the first statement, and nothing is left of the one before', () => {
  const contracts = new ContractLedger();
  contracts.place(
    'ContractFresh',
    `const list = [];
    function leak() { leaked = typeof leaked === 'undefined' ? 1 : leaked + 1; storage.mine = 1; Array.prototype.mine = 1; return leaked; }
    class Fresh {
      run() {
        list.push(1); this.field = (this.field || 0) + 1;
        return [list.length, this.field, leak(), typeof storage.mine, [].constructor.mine];
      }
    }
    module.exports = Fresh;`,
    { run: [] },
  );
  const first = contracts.gasOf('ContractFresh', 'run');
  assert.equal(contracts.gasOf('ContractFresh', 'run'), first);
  assert.equal(contracts.result('ContractFresh', 'run'), '[1,1,1,"undefined",null]');
});

test('storage: values, absence, RAM by payer', () => {
  const contracts = new ContractLedger();
  const id = 'Contract'.padEnd(52, 'x');
  contracts.place(
    id,
    `class Store {
      put(key, value, payer) { storage.put(key, value, payer); }
      map() { storage.mapPut('k', 'f', 'v', 'user_0'); }
      get(key) { return storage.get(key); }
      all() {
        storage.mapPut('m', 'a', '1'); storage.mapPut('m', 'b', '2');
        storage.mapPut('m', 'c', '3'); storage.mapDel('m', 'b');
        return [storage.mapKeys('m'), storage.mapLen('m'), storage.mapHas('m', 'b'),
          storage.mapGet('m', 'c'), storage.has('m'), storage.globalMapGet('${id}', 'm', 'a')];
      }
      drop(key) { storage.del(key); }
    }
    module.exports = Store;`,
    { put: ['string', 'string', 'string'], map: [], get: ['string'], all: [], drop: ['string'] },
  );
  const { ledger } = contracts;
  const ram = (abi: string, ...args: string[]) => ledger.succeed(id, abi, args).ramUsage;
  assert.deepEqual(ram('put', 'k', 'v', 'user_0'), [['user_0', 63n]]);
  assert.deepEqual(ram('map'), [['user_0', 65n]]);
  assert.deepEqual(ram('drop', 'k'), [['user_0', -63n]]);
  assert.equal(contracts.result(id, 'get', 'k'), 'null');
  assert.equal(contracts.result(id, 'all'), '[["a","c"],2,false,"3",false,"1"]');
  assert.match(ledger.failure(id, 'put', ['', 'v', 'user_0']), /expected \[1, 64\], actual 0/);
  assert.match(ledger.failure(id, 'put', ['k', 'v', 'user_1']), /need user_1@active/);
});

test('calls between contracts: results, rights, gas of both, limits', () => {
  const contracts = new ContractLedger();
  contracts.place(
    'ContractUpper',
    `class Upper {
      plain() { return blockchain.call('ContractLower', 'who', ['a']); }
      lent() { return blockchain.callWithAuth('ContractLower', 'who', JSON.stringify(['a'])); }
      again() { return blockchain.call('ContractUpper', 'again', []); }
      missing() { return blockchain.call('ContractNone', 'x', []); }
      broken() { return blockchain.call('ContractLower', 'fail', []); }
      burnt() { return blockchain.call('ContractLower', 'burn', []); }
    }
    module.exports = Upper;`,
    { plain: [], lent: [], again: [], missing: [], broken: [], burnt: [] },
  );
  contracts.place(
    'ContractLower',
    `class Lower {
      who(x) {
        const context = JSON.parse(blockchain.contextInfo());
        return x + context.caller.name + blockchain.requireAuth('ContractUpper', 'active');
      }
      fail() { throw new Error('below'); }
      burn() { for (;;); }
    }
    module.exports = Lower;`,
    { who: ['string'], fail: [], burn: [] },
  );
  const { ledger } = contracts;
  assert.equal(contracts.result('ContractUpper', 'plain'), '["aContractUpperfalse"]');
  assert.equal(contracts.result('ContractUpper', 'lent'), '["aContractUppertrue"]');
  assert.ok(contracts.gasOf('ContractUpper', 'plain') > 30_000, 'the frame below is paid for');
  assert.match(ledger.failure('ContractUpper', 'again', []), /re-entering/);
  assert.match(
    ledger.failure('ContractUpper', 'missing', []),
    /prepare contract: contract ContractNone not found/,
  );
  assert.match(ledger.failure('ContractUpper', 'broken', []), /Uncaught exception: Error: below/);
  const burnt = ledger.receipt('ContractUpper', 'burnt', []);
  assert.equal(burnt.message, 'out of gas');
  assert.equal(burnt.gasUsage, 100_000_000n);
});

test('tokens move by blockchain.transfer, deposit and withdraw', () => {
  const contracts = new ContractLedger();
  contracts.ledger.createIost();
  contracts.place(
    'ContractBank',
    `class Bank {
      pay(to) { blockchain.transfer(blockchain.publisher(), to, '1.5', ''); }
      store(amount) { return blockchain.deposit(blockchain.publisher(), amount, 'in'); }
      take(amount) { blockchain.withdraw(blockchain.publisher(), new Float64(amount), 'out'); }
    }
    module.exports = Bank;`,
    { pay: ['string'], store: ['number'], take: ['string'] },
  );
  const refused = contracts.ledger.failure('ContractBank', 'pay', ['user_1']);
  assert.equal(refused, 'token iost exceed amountLimit in abi. need 1.5');
});

test('what the block and the transaction say', () => {
  const contracts = new ContractLedger();
  contracts.place(
    'ContractInfo',
    `class Info {
      run() {
        return [block.number, block.witness, tx.publisher, tx.gasRatio, tx.authList,
          blockchain.contractName(), blockchain.contractOwner()];
      }
    }
    module.exports = Info;`,
    { run: [] },
  );
  const [number, witness, publisher, ratio, authList, name, owner] = JSON.parse(
    contracts.result('ContractInfo', 'run'),
  ) as [number, string, string, number, Record<string, number>, string, string];
  assert.deepEqual(
    [number, witness, publisher, ratio, name, owner],
    [1, 'witness', 'user_0', 100, 'ContractInfo', 'user_0'],
  );
  assert.deepEqual(Object.values(authList), [2]);
});

test('numbers and results in the forms of the reference', () => {
  const contracts = new ContractLedger();
  contracts.place(
    'ContractTypes',
    `class Types {
      big() { return new BigNumber('0.0000000000800029'); }
      int() { return new Int64('1234500000').plus(1234).toString(); }
      float() { return new Float64('1.5').div('0.7').toString(); }
      over() { return new Int64('9223372036854775807').plus(1); }
      none() {}
      strange() { return 1 / -0; }
      flag(x) { return x; }
      json(x) { return x; }
      loose() { return 1 == '1'; }
    }
    module.exports = Types;`,
    {
      big: [],
      int: [],
      float: [],
      over: [],
      none: [],
      strange: [],
      flag: ['bool'],
      json: ['json'],
      loose: [],
    },
  );
  const result = (abi: string, ...args: unknown[]) =>
    contracts.result('ContractTypes', abi, ...args);
  assert.equal(result('big'), '"8.00029e-11"');
  assert.equal(result('int'), '1234501234');
  assert.equal(result('float'), `2.${'142857'.repeat(8)}14`);
  assert.match(
    contracts.ledger.failure('ContractTypes', 'over', []),
    /Int64: 9223372036854775808 overflow int64/,
  );
  assert.equal(result('none'), '');
  assert.equal(result('strange'), '-Infinity');
  assert.equal(result('flag', false), 'false');
  assert.equal(result('json', [1, 2, { b: 1, a: 3 }]), '[1,2,{"a":3,"b":1}]');
  assert.equal(result('loose'), 'false');
});

test('state of another chain ends the run and is asked for', () => {
  const placement = {
    self: 0,
    chainOf: (key: string) => (key.includes('ContractFar') ? 1 : 0),
  };
  const contracts = new ContractLedger(placement);
  contracts.place(
    'ContractNear',
    `class Near { run() { storage.put('k', 'v'); return storage.globalGet('ContractFar', 'k'); } }
    module.exports = Near;`,
    { run: [] },
  );
  const { ledger } = contracts;
  const action = { contract: 'ContractNear', actionName: 'run', data: '[]' };
  const transaction = ledger.transaction([action], 'user_0', {});
  const overlay = new StateOverlay(ledger.base, ledger.placement);
  const { block, contracts: registry } = ledger;
  const environment = { overlay, block, contracts: registry, engine: contracts.engine };
  const id = sha3(transaction.bytes);
  const missing = applyTransaction(environment, transaction, id);
  assert.deepEqual(missing, { kind: 'missing', facts: [], keys: ['b-ContractFar-k'], ram: [] });
  assert.equal(overlay.changes().size, 0);
  const carried = new Map([
    ['b-ContractFar-k', { kind: 'string', value: 'far', payer: 'x' } as const],
  ]);
  const executed = applyTransaction(environment, transaction, id, carried);
  assert.equal(executed.kind === 'executed' && executed.receipt.returns[0], '["far"]');
});

test('publishing: what is refused, and that init runs once', () => {
  const contracts = new ContractLedger();
  const { ledger } = contracts;
  const failure = (text: string) => ledger.failure('system.iost', 'setCode', [text]);
  const abis = { get: [] };
  assert.match(failure('!'), /invalid contract/);
  assert.match(
    failure(contractText('class C { get() {} } module.exports = C;', abis)),
    /, result: Error: init not found!$/,
  );
  assert.match(
    failure(
      contractText('class C { init() {} get() { try {} finally {} } } module.exports = C;', abis),
    ),
    /use of try catch is not supported/,
  );
  assert.match(
    failure(contractText('class C { init() { throw "no"; } get() {} } module.exports = C;', abis)),
    /Uncaught exception: no/,
  );
  assert.match(
    failure(contractText('let a; let a; class C { init() {} get() {} } module.exports = C;', abis)),
    /SyntaxError: Identifier 'a' has already been declared/,
  );
  const source = `class C { init() { storage.put('n', '1'); } get() { return storage.get('n'); } }
    module.exports = C;`;
  const id = contracts.publish(source, abis);
  assert.equal(contracts.result(id, 'get'), '1');
  assert.equal(ledger.failure(id, 'init', []), "prepare contract: cannot call 'init' manually");
  assert.equal(
    ledger.failure('system.iost', 'updateCode', [contractText(source, abis, id), '']),
    'update refused',
  );
});

test('updating: the contract itself decides, init does not run, the difference of RAM is paid', () => {
  const contracts = new ContractLedger();
  const abis = { can_update: ['string'], get: [] } as const;
  const source = (text: string) => `class C {
      init() { storage.put('n', '1'); }
      can_update(data) { return data === 'yes'; }
      get() { return '${text}' + storage.get('n'); }
    }
    module.exports = C;`;
  const id = contracts.publish(source('old'), abis);
  const { ledger } = contracts;
  const codeBytes = () => storedContract(ledger.base, id)?.code.length ?? 0;
  const before = codeBytes();
  const update = (data: string) => [contractText(source('newer'), abis, id), data];
  assert.equal(contracts.result(id, 'get'), 'old1');
  assert.equal(ledger.failure('system.iost', 'updateCode', update('no')), 'update refused');
  const updated = ledger.succeed('system.iost', 'updateCode', update('yes'));
  assert.deepEqual(updated.ramUsage, [['user_0', BigInt(codeBytes() - before)]]);
  assert.equal(contracts.result(id, 'get'), 'newer1');
});

test('arguments that were spread are off the stack when the call is done', () => {
  const contracts = new ContractLedger();
  contracts.place(
    'ContractSpread',
    `class Spread {
      run() {
        const list = new Array(1000).join('1').split('');
        let sum = 0;
        for (let i = 0; i < 100; i++) sum += Math.max(...list);
        return sum;
      }
    }
    module.exports = Spread;`,
    { run: [] },
  );
  assert.equal(contracts.result('ContractSpread', 'run'), '100');
});
