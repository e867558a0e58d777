/**
 * What must hold of a data directory at rest, whatever happened to its node: it follows from genesis,
 * it holds what was reported final, every transaction ran once, and no token came or went.
 */

import { strict as assert } from 'node:assert';
import { chainsOf } from '#actors/chain/chain-settings.ts';
import { decodeStoredBlock, resultAt, resultCount } from '#core/chain/block.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { ChainReader } from '#io/lmdb/chain-reader.ts';
import { chainName } from '#io/lmdb/data-directory.ts';
import { loadConfig } from '#node/config/load-config.ts';
import { type ChainReplay, replayData } from '#node/replay-data.ts';
import { checkNetwork } from '../../sim/chains/conservation.ts';
import type { Load } from './load.ts';

/** A node's data at rest. */
export type DataAtRest = {
  readonly profile: 'dev' | 'bench';
  readonly shards: number;
  readonly dataDir: string;
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
};

export type Audit = { readonly blocks: number; readonly transactions: number };

/** Asserts all of it; the node must not run. */
export async function audit(data: DataAtRest, load: Load): Promise<Audit> {
  let blocks = 0;
  for (const replay of replayAll(data)) {
    assert.ok(replay.end.ok, `${replay.chain}: ${JSON.stringify(replay.end)}`);
    blocks += replay.end.height;
  }
  const chains = new Map(
    chainsOf(data.shards).map((chain) => [
      chain,
      { storage: ChainReader.open(data.dataDir, chain) },
    ]),
  );
  try {
    const transactions = checkOnce(chains);
    checkPromises(chains, load);
    checkNetwork({ chains });
    return { blocks, transactions };
  } finally {
    for (const { storage } of chains.values()) await storage.close();
  }
}

export function replayAll({
  profile,
  shards,
  dataDir,
  settings = {},
}: DataAtRest): Iterable<ChainReplay> {
  const loaded = loadConfig({
    profile,
    file: undefined,
    dataDir,
    assignments: Object.entries({ ...settings, shards }).map(([key, value]) => `${key}=${value}`),
    environment: {},
  });
  assert.ok(loaded.ok);
  return replayData(loaded.value.config);
}

type Chains = ReadonlyMap<number, { readonly storage: ChainReader }>;

/** Every transaction has one receipt in the whole network; the number of them. */
function checkOnce(chains: Chains): number {
  const executed = new Set<string>();
  for (const { storage } of chains.values()) {
    for (let height = 1; height <= (storage.head()?.height ?? 0); height++) {
      const results = storage.receipts(height) as Uint8Array;
      for (const id of endedIn(results)) {
        const name = Buffer.from(id).toString('latin1');
        assert.ok(!executed.has(name), 'a transaction ran twice');
        executed.add(name);
      }
    }
  }
  return executed.size;
}

/** Ids of the transactions that ended in a block. */
function endedIn(results: Uint8Array): readonly Uint8Array[] {
  const ids: Uint8Array[] = [];
  for (let index = 0; index < resultCount(results); index++) {
    const result = resultAt(results, index);
    assert.ok(result !== undefined);
    if (result.receipt.length > 0) ids.push(result.id);
  }
  return ids;
}

/** What was reported final is there, block by block, and what was crosslinked is in a root block. */
function checkPromises(chains: Chains, load: Load): void {
  for (const [place, ids] of load.finalBlocks) {
    const [chain, height] = place.split('/').map(Number) as [number, number];
    const results = chains.get(chain)?.storage.receipts(height);
    assert.ok(results !== undefined, `${chainName(chain)} lost its final block ${height}`);
    const stored = Buffer.concat(endedIn(results));
    assert.deepEqual(stored, Buffer.from(ids), `block ${place} is another one`);
  }
  const root = chains.get(ROOT_CHAIN)?.storage;
  for (const [chain, height] of load.crosslinked) {
    const rootHeight = root?.rootHeightOf(chain, height);
    assert.ok(rootHeight !== undefined, `${chainName(chain)} ${height} was crosslinked`);
    const block = root?.block(rootHeight);
    assert.ok(block !== undefined && decodeStoredBlock(block) !== undefined);
  }
}
