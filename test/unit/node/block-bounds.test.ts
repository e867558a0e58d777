/**
 * Goal: how much fits into a block is the same for everybody who is connected.
 * Method: genesis files that differ in it alone, and nodes on loopback with what they were told.
 */

import { strict as assert } from 'node:assert';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { blockBoundsOf } from '#core/ledger/genesis/block-bounds.ts';
import { type GenesisFile, readGenesis } from '#node/read-genesis.ts';
import { PeerNodes } from '../io/net/peer-nodes.ts';

const PATTERN = new URL('../../../config/genesis/dev.json', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'iost-genesis-'));
const nodes = new PeerNodes();

after(async () => {
  await nodes.stopAll();
  rmSync(folder, { recursive: true });
});

function genesisWith(block: object): GenesisFile {
  const content = JSON.parse(readFileSync(PATTERN, 'utf8')) as object;
  const path = join(folder, 'genesis.json');
  writeFileSync(path, JSON.stringify({ ...content, block }));
  return readGenesis(path);
}

test('nodes with other limits of blocks refuse each other', async () => {
  const termsOf = ({ id }: GenesisFile) => ({ terms: { chainId: 1020, genesis: id, shards: 2 } });
  const small = await nodes.start(0, [], termsOf(genesisWith({ gasMax: 4_000_000 })));
  const large = await nodes.start(1, [small], termsOf(genesisWith({ gasMax: 4_000_001 })));
  await nodes.logged(large, /genesis [0-9a-f]{16}…, here [0-9a-f]{16}…/);
  assert.deepEqual([small.network.peers, large.network.peers], [[], []]);
  const same = await nodes.start(2, [small], termsOf(genesisWith({ gasMax: 4_000_000 })));
  await nodes.until('connected', () => same.network.peers.length === 1);
});

test('the limits are those of the file, or the usual ones', () => {
  const { genesis } = genesisWith({ bytesMax: 1_000_000, gasMax: 5_000_000 });
  assert.deepEqual(blockBoundsOf(genesis.block), { bytesMax: 1_000_000, gasMax: 500_000_000n });
  const usual = { bytesMax: 4_194_304, gasMax: 40_000_000_000n };
  assert.deepEqual(blockBoundsOf(genesisWith({}).genesis.block), usual);
});

test('limits that hold no transaction are refused', () => {
  assert.throws(() => genesisWith({ bytesMax: 1000 }), /block\.bytesMax: must be from 131072 to/);
  assert.throws(() => genesisWith({ gasMax: 1 }), /block\.gasMax: must be from 4000000 to/);
  assert.throws(() => genesisWith({ gasMin: 1 }), /block\.gasMin/);
});
