/**
 * A thread like that of a shard: it waits in `Atomics.wait` and never returns to the event loop. For
 * each number put into `cells[0]` it reads the chain and puts the height that it saw into `cells[1]`;
 * -1 ends it, then `cells[2]` holds the number of Node timers that have piled up.
 */

import { workerData } from 'node:worker_threads';
import { assert } from '#core/assert.ts';
import { ChainReader } from '#io/lmdb/chain-reader.ts';

const { dataDir, cells } = workerData as { dataDir: string; cells: Int32Array };
const reader = ChainReader.open(dataDir, 0);
let asked = 0;
while (asked >= 0) {
  const height = reader.head()?.height ?? -1;
  assert(reader.state('b-counter-height')?.[0] === height % 256, 'state and head are of one block');
  Atomics.store(cells, 1, height);
  Atomics.notify(cells, 1);
  Atomics.wait(cells, 0, asked);
  asked = Atomics.load(cells, 0);
}
const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
Atomics.store(cells, 2, timers);
Atomics.store(cells, 1, -1);
Atomics.notify(cells, 1);
