import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArgumentType } from '#core/ledger/native/native-contract.ts';
import { IosvmEngine } from '#io/iosvm/iosvm-engine.ts';
import { LedgerSimulator } from '#test/support/ledger-simulator.ts';
import { contractText } from './contracts.ts';

const SOURCE = `
class Talk {
  init() {}
  say(n) {
    blockchain.event('said ' + n);
    blockchain.receipt('noted');
    console.log('n is %d, %s and 100%%', n, 'text', { a: [1, 'b'], c: null }, new Float64('1.50'));
    return 'done';
  }
  fail() { blockchain.event('never'); console.error('why'); throw new Error('no'); }
  traps() {
    const trap = { get x() { storage.put('ran', 'yes'); return 1; } };
    trap.toString = () => { storage.put('ran', 'yes'); return 'ran'; };
    trap.toJSON = trap.toString;
    const odd = Object.create(BigNumber.prototype);
    Object.defineProperty(odd, 'c', { get: trap.toString });
    const circle = [];
    circle.push(circle, new BigNumber('1e30'), Symbol('s'), undefined, trap.toString);
    console.warn(trap, odd, circle, new BigNumber('1'.repeat(200)));
    console.debug('%v|%s', [[[[[1]]]]], new Error('seen'));
    console.info(-0, 'x'.repeat(5000));
    return storage.has('ran');
  }
  flood() { for (let i = 0; i < 300; i++) console.log(i); }
}
module.exports = Talk;`;

const ABIS: Readonly<Record<string, readonly ArgumentType[]>> = {
  say: ['number'],
  fail: [],
  traps: [],
  flood: [],
};

function talk(console: boolean) {
  const ledger = new LedgerSimulator({ engine: new IosvmEngine({ console }) }).addAccounts();
  ledger.setBalance('user_0', 'ram', 1_000_000n);
  const { returns } = ledger.succeed('system.iost', 'setCode', [contractText(SOURCE, ABIS)]);
  const [id] = JSON.parse(returns[0] ?? '[]') as [string];
  const run = (abi: string, ...args: readonly unknown[]) => {
    const outcome = ledger.call(id, abi, args);
    assert(outcome.kind === 'executed');
    return outcome;
  };
  return { id, run };
}

test('events and console lines come with the outcome, in order', () => {
  const { id, run } = talk(true);
  const { receipt, emissions } = run('say', 5);
  assert.equal(receipt.statusCode, 0, receipt.message);
  assert.deepEqual(emissions, [
    { kind: 'event', contract: id, source: `${id}/say`, data: 'said 5' },
    {
      kind: 'console',
      contract: id,
      level: 'info',
      text: "n is 5, text and 100% {a: [1, 'b'], c: null} 1.5",
    },
  ]);
  assert.deepEqual(receipt.receipts, [{ funcName: `${id}/say`, content: 'noted' }]);
});

test('a transaction that fails has no events; what it wrote to the console stays', () => {
  const { run } = talk(true);
  const { receipt, emissions } = run('fail');
  assert.match(receipt.message, /Error: no/);
  assert.deepEqual(
    emissions.map((each) => (each.kind === 'console' ? [each.level, each.text] : each.kind)),
    [['error', 'why']],
  );
});

test('whether lines are kept changes nothing that a chain agrees on, and runs no code', () => {
  const [on, off] = [talk(true), talk(false)];
  for (const [abi, ...args] of [['say', 5], ['fail'], ['traps'], ['flood']] as const) {
    const [kept, silent] = [on.run(abi, ...args), off.run(abi, ...args)];
    assert.deepEqual(kept.receipt, silent.receipt, abi);
    assert.deepEqual(
      silent.emissions.filter(({ kind }) => kind === 'console'),
      [],
    );
  }
  assert.deepEqual(on.run('traps').receipt.returns, ['["false"]']);
});

test('what is shown of a value is bounded and never asks the value', () => {
  const { run } = talk(true);
  const texts = run('traps').emissions.map((each) => (each.kind === 'console' ? each.text : ''));
  assert.deepEqual(texts.slice(0, 2), [
    '{x: [getter], toString: [function], toJSON: [function]} {} ' +
      '[[[[[…], 1e+30, Symbol(), undefined, [function]], 1e+30, Symbol(), undefined, [function]], 1e+30, Symbol(), undefined, [function]], 1e+30, Symbol(), undefined, [function]] [long number]',
    '[[[[[…]]]]]|Error: seen',
  ]);
  assert.equal(texts[2]?.length, 1025);
});

test('a transaction keeps a hundred lines and says that there were more', () => {
  const { run } = talk(true);
  const { emissions } = run('flood');
  assert.equal(emissions.length, 101);
  const last = emissions.at(-1);
  assert(last?.kind === 'console');
  assert.match(last.text, /only the first 100 lines/);
});
