/**
 * Preloaded into a node (`--import`), into each of its threads: while the file `TEST_FUSE` exists, the
 * process is really killed in the middle of every contract call of the ABI `explode`, as it would by a fault
 * of the engine. The source is edited on its way into the runtime, so production code has no hook for it.
 */

import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

const FILE = '/src/io/iosvm/iosvm-engine.ts';
const BEGUN = 'this.#mark.begin(host.id);';
const DEATH = `
    if (abi === 'explode' && process.getBuiltinModule('node:fs').existsSync(${JSON.stringify(process.env['TEST_FUSE'])})) {
      process.kill(process.pid, 'SIGKILL');
    }`;

registerHooks({
  load(url, context, nextLoad) {
    if (!url.endsWith(FILE)) return nextLoad(url, context);
    const parts = readFileSync(new URL(url), 'utf8').split(BEGUN);
    assert.equal(parts.length, 2, `${FILE} has one place where a run begins`);
    return { format: 'module-typescript', shortCircuit: true, source: parts.join(BEGUN + DEATH) };
  },
});
