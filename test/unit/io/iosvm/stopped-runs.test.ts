/**
 * Goal: what runs away while a block is packed is stopped, at any depth, and the engine goes on; what
 * the process died of twice is not run a third time.
 * Method: contracts without counters, which really never end; processes that really die.
 */

import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { base58Decode } from '#core/crypto/base58.ts';
import { RunStopped } from '#core/ledger/engine.ts';
import { forgiveDeaths, recordedDeaths } from '#io/iosvm/run-mark.ts';
import { ContractLedger } from './contracts.ts';

const LIMIT_MS = 150;
const ENDLESS = `class Endless { init() {} spin() { for (;;); } } module.exports = Endless;`;
const CALLER = `class Caller {
  init() {}
  call(name, abi) { storage.put('key', 'half done'); return blockchain.call(name, abi, []); }
  fine() { return 'fine'; }
}
module.exports = Caller;`;

function ledgerWithBoth(): ContractLedger {
  const contracts = new ContractLedger(undefined, { console: false, packingLimitMs: LIMIT_MS });
  contracts.placeUncounted('Contractendless', ENDLESS, { spin: [] });
  contracts.place('Contractcaller', CALLER, { call: ['string', 'string'], fine: [] });
  contracts.engine.patience = 1;
  return contracts;
}

const isSlow = (error: unknown): boolean => error instanceof RunStopped && error.reason === 'slow';

test('an endless call is stopped, and the engine runs others after it', () => {
  const contracts = ledgerWithBoth();
  assert.throws(() => contracts.ledger.receipt('Contractendless', 'spin', []), isSlow);
  assert.equal(contracts.result('Contractcaller', 'fine'), 'fine');
  assert.throws(() => contracts.ledger.receipt('Contractendless', 'spin', []), isSlow);
});

test('an endless call below others is stopped, and nothing of them stays', () => {
  const contracts = ledgerWithBoth();
  const args = ['Contractcaller', 'call', ['Contractendless', 'spin']] as const;
  assert.throws(() => contracts.ledger.receipt(...args), isSlow);
  assert.equal(contracts.ledger.base.get('b-Contractcaller-key'), undefined);
  assert.equal(contracts.result('Contractcaller', 'fine'), 'fine');
});

test('what the process has died of twice is not run a third time', () => {
  const folder = mkdtempSync(join(tmpdir(), 'iost-node-mark-'));
  const path = join(folder, 'contract-run');
  const program = fileURLToPath(new URL('../../../support/dying-run.ts', import.meta.url));
  const run = (fault: string) => {
    const { status, signal, stdout } = spawnSync(process.execPath, [program, path, fault], {
      encoding: 'utf8',
    });
    return { died: signal !== null || status !== 0, said: stdout.trim() };
  };
  try {
    assert.deepEqual(run('none'), { died: false, said: 'ran' });
    assert.equal(run('abort').died, true);
    assert.equal(run('abort').died, true, 'one death may be chance');
    assert.deepEqual(run('abort'), { died: false, said: 'refused' });
    assert.deepEqual(
      run('none'),
      { died: false, said: 'refused' },
      'until somebody says otherwise',
    );
    const [[name = '', deaths] = []] = recordedDeaths(path);
    assert.equal(deaths, 2);
    assert.equal(forgiveDeaths(path, new Uint8Array(32)), false, 'another transaction');
    assert.equal(forgiveDeaths(path, base58Decode(name) as Uint8Array), true);
    assert.deepEqual(run('none'), { died: false, said: 'ran' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
