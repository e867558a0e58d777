import assert from 'node:assert/strict';
import { test } from 'node:test';
import { homeAnchor } from '#core/ledger/home-anchor.ts';
import { publishedId } from '#core/ledger/published-id.ts';
import { LedgerSimulator } from '#test/support/ledger-simulator.ts';

test('a contract is published where it will live, and updated there', () => {
  const { contracts } = new LedgerSimulator();
  const id = new Uint8Array(32).fill(7);
  const home = (actionName: string, data: string) =>
    homeAnchor({ contract: 'system.iost', actionName, data }, contracts, id);
  assert.equal(home('setCode', '["{}"]'), `contract:${publishedId(id)}`);
  const update = JSON.stringify([JSON.stringify({ ID: 'ContractX' }), '']);
  assert.equal(home('updateCode', update), 'contract:ContractX');
  assert.equal(home('updateCode', '["?",""]'), 'root');
});

test('the id of a contract is the hash of its transaction in base 58', () => {
  assert.equal(publishedId(Uint8Array.of(0, 1)), 'Contract12');
});
