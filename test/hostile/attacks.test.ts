/**
 * Every attack in a child process of its own: it must end as it should, the same way cold, warm and in
 * another isolate, and without more memory than the budget of a transaction explains.
 */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ATTACKS } from './attacks.ts';

const RUNNER = fileURLToPath(new URL('./run-attack.ts', import.meta.url));
/** A node process with the engine loaded takes about 115 MB; the budget of a transaction is 64 MiB. */
const MEGABYTES_MAX = 115 + 3 * 64;
/** Only to end what hangs; nothing is concluded from the time that an attack takes. */
const HANGING_MS = 120_000;

const run = promisify(execFile);

test('attacks', { concurrency: 2 }, async (context) => {
  await Promise.all(
    ATTACKS.map((attack, index) =>
      context.test(attack.name, async () => {
        const { stdout } = await run(process.execPath, [RUNNER, String(index)], {
          timeout: HANGING_MS,
        });
        const { results, megabytes } = JSON.parse(stdout) as {
          readonly results: readonly string[];
          readonly megabytes: number;
        };
        assert.equal(results.length, 4);
        assert.equal(new Set(results).size, 1, results.join('\n'));
        assert.ok(results[0]?.includes(attack.expected), `${results[0]} for ${attack.expected}`);
        assert.ok(megabytes <= MEGABYTES_MAX, `${megabytes} MB`);
      }),
    ),
  );
});
