/**
 * A storage actor in a process whose files may not grow beyond a limit (`ulimit -f`), which is how a
 * full disk looks to it. Commits until it stalls, says `stalled <height acknowledged>`, waits for a
 * line on stdin (the limit is gone then), and says `resumed <height acknowledged>`.
 * Arguments: data directory; `blocks` or `state`, what the commits are full of.
 */

import { once } from 'node:events';
import { assert } from '#core/assert.ts';
import { packChanges } from '#core/msb/packed-changes.ts';
import type { ChainCommit } from '#core/shard/commit.ts';
import { ChainReader } from '#io/lmdb/chain-reader.ts';
import { answers, createStorage, deliverCommits, shardCommit } from './storage-harness.ts';

const COMMIT_BYTES = 200_000;
const HEIGHT_MAX = 1000;
const RETRIES = 3;

const [dataDir, content] = process.argv.slice(2) as [string, 'blocks' | 'state'];
const storage = createStorage(dataDir);
await storage.start();
let acknowledged = 0;
let height = 0;
while (storage.health.ready && height < HEIGHT_MAX) {
  height += 1;
  deliverCommits(storage, fullCommit(height));
  acknowledged += answers(storage).length;
}
// Blocks go on coming and tries go on failing: nothing is acknowledged.
deliverCommits(storage, fullCommit(height + 1));
for (let retry = 0; retry < RETRIES; retry++) storage.advance(1000);
assert(answers(storage).length === 0, 'no answer without the disk');
assert(
  ChainReader.open(dataDir, 0).head()?.height === acknowledged,
  'the chain stays where it was',
);
process.stdout.write(`stalled ${acknowledged} ${storage.health.reason}\n`);
await once(process.stdin, 'data');
storage.advance(1000);
assert(storage.health.ready, 'space is back');
acknowledged += answers(storage).length;
process.stdout.write(`resumed ${acknowledged}\n`);
process.exit(0);

function fullCommit(height: number): ChainCommit {
  if (content === 'blocks') return shardCommit(height, COMMIT_BYTES);
  const value = new Uint8Array(COMMIT_BYTES).fill(height);
  return { ...shardCommit(height), changes: packChanges([[`b-large-${height}`, value]]) };
}
