/**
 * What the unmodified `iost` package does with a node, against one real process. The tests of a file
 * share the node and run at the same time: each waits for blocks most of its time, and each has
 * accounts of its own.
 */

import { after, before, describe } from 'node:test';
import { accounts } from './accounts.ts';
import { chainQueries } from './chain-queries.ts';
import { contracts } from './contracts.ts';
import { permissions } from './permissions.ts';
import { quirks } from './quirks.ts';
import { refusals } from './refusals.ts';
import { resources } from './resources.ts';
import { tokens } from './tokens.ts';
import { votes } from './votes.ts';
import { waiting } from './waiting.ts';
import { World } from './world.ts';

const CONCURRENCY = 16;

export function iostJsSuite(shards: number): void {
  describe(`iost.js with ${shards} shard(s)`, {
    concurrency: CONCURRENCY,
    timeout: 180_000,
  }, () => {
    let world: World | undefined;
    before(async () => {
      world = await World.start(shards);
    });
    after(() => world?.end());
    const running = (): World => world as World;
    chainQueries(running);
    accounts(running);
    tokens(running);
    contracts(running);
    permissions(running);
    resources(running);
    refusals(running);
    quirks(running);
    votes(running);
    waiting(running);
  });
}
