#!/usr/bin/env node
/**
 * The process entry. Before anything else is loaded it makes sure that this Node can run the
 * sources, sets what the heaps of all threads have in common, and tells workers where compiled
 * modules are cached: without it each worker compiles its whole module graph again at every start.
 */

import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

const NODE_MAJOR_MIN = 24;

/**
 * V8 puts objects of a place in the code among the old ones at once when those made there before have
 * all lived long. In a node every kind does so at times, while a genesis is read or a disk is slow, and
 * from then on a shard's short-lived objects pile up where collecting them is dear. PERF: a tenth of a
 * shard's processor time, and a third of the memory it touches anew (ADR 12).
 */
const OBJECTS_START_YOUNG_FLAG = '--no-allocation-site-pretenuring';
/**
 * With so few processors our threads are enough to keep them busy, so a collector that spreads over
 * helper threads only takes time from them. PERF: 5 to 7 µs less processor time per transfer on two.
 * Marking in small steps is for those helpers: without them it makes every write dearer for seconds and
 * begins long before memory is short. PERF: 1 to 5 µs a transfer, more in a young process (ADR 40).
 *
 * SAFETY: V8 reads these flags anew for each collection, and no marking has begun in this thread so
 * early. `--no-parallel-marking` is not among them: without it a marking under way is not joined.
 */
const SERIAL_COLLECTOR_PROCESSORS_MAX = 4;
const SERIAL_COLLECTOR_FLAGS = [
  '--no-incremental-marking',
  '--no-concurrent-marking',
  '--no-concurrent-sweeping',
  '--no-concurrent-array-buffer-sweeping',
  '--no-parallel-scavenge',
];

if (Number.parseInt(process.versions.node, 10) < NODE_MAJOR_MIN) {
  process.stderr.write(
    `error: this is Node ${process.version}, and iostd needs Node ${NODE_MAJOR_MIN} or newer\n` +
      'fix: run it as `npm start` or `npm run iostd -- …`, which use the Node 24 that comes with\n' +
      '     `npm install` (if that was run with --ignore-scripts, run `npm rebuild node` first)\n',
  );
  process.exit(78);
}

// Before the first worker, and before the compile cache, which is kept per set of flags. No flag here
// sizes a heap: it would override what the topology says of each thread.
setFlagsFromString(OBJECTS_START_YOUNG_FLAG);
if (availableParallelism() <= SERIAL_COLLECTOR_PROCESSORS_MAX) {
  for (const flag of SERIAL_COLLECTOR_FLAGS) setFlagsFromString(flag);
}

// Whoever reads our output may leave before we are done (`iostd config show | head`).
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const root = new URL('../', import.meta.url);
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('node_modules/.cache/iostd', root));
enableCompileCache(process.env['NODE_COMPILE_CACHE']);

const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
const { runProgram } = await import('#cli/program.ts');
process.exitCode = await runProgram(process.argv.slice(2), version);
