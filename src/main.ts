#!/usr/bin/env node
/**
 * The process entry. Before anything else is loaded it makes sure that this Node can run the
 * sources, and tells workers where compiled modules are cached: without it each worker compiles its
 * whole module graph again at every start.
 */

import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR_MIN = 24;

if (Number.parseInt(process.versions.node, 10) < NODE_MAJOR_MIN) {
  process.stderr.write(
    `error: this is Node ${process.version}, and iostd needs Node ${NODE_MAJOR_MIN} or newer\n` +
      'fix: run it as `npm start` or `npm run iostd -- …`, which use the Node 24 that comes with\n' +
      '     `npm install` (if that was run with --ignore-scripts, run `npm rebuild node` first)\n',
  );
  process.exit(78);
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
