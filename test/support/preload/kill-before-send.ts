/**
 * Preloaded into a node (`--import`), into each of its threads: the process is killed at the moment
 * at which votes of the chain `TEST_KILL_CHAIN` are on disk and have not left. The source is edited
 * on its way into the engine, so production code carries no hook for it.
 */

import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

const FILE = '/src/actors/chain/chain-host.ts';
const DURABLE = 'this.#votes.delete(token);';
const KILL = `if (this.#chain.chain === ${process.env['TEST_KILL_CHAIN']}) {
  process.kill(process.pid, 'SIGKILL');
}`;

registerHooks({
  load(url, context, nextLoad) {
    if (!url.endsWith(FILE)) return nextLoad(url, context);
    const parts = readFileSync(new URL(url), 'utf8').split(DURABLE);
    assert.equal(parts.length, 2, `${FILE} has one place where votes have become durable`);
    return { format: 'module-typescript', shortCircuit: true, source: parts.join(DURABLE + KILL) };
  },
});
