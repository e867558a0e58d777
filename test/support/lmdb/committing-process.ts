/**
 * A process to be killed: takes the data directory, goes on where its chain stands and commits blocks
 * and votes without pause, one line per acknowledgement: `block <height>` or `vote <key>`.
 * Arguments: data directory. Everything in a block follows from its height (`crashCommit`).
 */

import { writeSync } from 'node:fs';
import { ChainStore } from '#io/lmdb/chain-store.ts';
import { claimDataDirectory } from '#io/lmdb/data-directory.ts';
import { IDENTITY } from './chain-fixture.ts';
import { crashCommit, crashVote } from './crash-history.ts';

const dataDir = process.argv[2] as string;
claimDataDirectory(dataDir);
const store = ChainStore.open(dataDir, IDENTITY, { freeBytesMin: 0 });
for (;;) {
  const next = (store.head?.height ?? -1) + 1;
  // Groups of different size, as they come when flushes are slow.
  const count = next === 0 ? 1 : 1 + (next % 3);
  const heights = Array.from({ length: count }, (_, index) => next + index);
  store.append({ commits: heights.map(crashCommit), votes: heights.map(crashVote) });
  for (const height of heights) writeSync(1, `${height}\n`);
}
