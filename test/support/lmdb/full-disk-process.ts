/**
 * A storage actor in a process whose files may not grow beyond a limit (`ulimit -f`), which is how a
 * full disk looks to it. Commits until it stalls, says `stalled <height acknowledged>`, waits for a
 * line on stdin (the limit is gone then), and says `resumed <height acknowledged>`.
 * Arguments: data directory.
 */

import { once } from 'node:events';
import { assert } from '#core/assert.ts';
import { ChainReader } from '#io/lmdb/chain-reader.ts';
import { answers, createStorage, deliverCommits, shardCommit } from './storage-harness.ts';

const BLOCK_BYTES = 200_000;
const HEIGHT_MAX = 1000;
const RETRIES = 3;

const dataDir = process.argv[2] as string;
const storage = createStorage(dataDir);
await storage.start();
let acknowledged = 0;
let height = 0;
while (storage.health.ready && height < HEIGHT_MAX) {
  height += 1;
  deliverCommits(storage, shardCommit(height, BLOCK_BYTES));
  acknowledged += answers(storage).length;
}
// Blocks go on coming and tries go on failing: nothing is acknowledged.
deliverCommits(storage, shardCommit(height + 1, BLOCK_BYTES));
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
