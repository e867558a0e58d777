/** A thread that opens the store of a chain, commits one block, says so, and dies of an exception. */

import { parentPort, workerData } from 'node:worker_threads';
import { ChainStore } from '#io/lmdb/chain-store.ts';
import { commitAt, IDENTITY } from './chain-fixture.ts';

const { dataDir } = workerData as { dataDir: string };
const store = ChainStore.open(dataDir, IDENTITY, { freeBytesMin: 0 });
const height = (store.head?.height ?? -1) + 1;
store.append({ commits: [commitAt(height)], votes: [] });
parentPort?.on('message', () => {
  throw new Error('the writer dies');
});
parentPort?.postMessage(height);
