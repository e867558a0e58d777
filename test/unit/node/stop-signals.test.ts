/** Signals to a real process: nothing accepted is lost, and a second signal does not wait. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const NODE = fileURLToPath(new URL('../../support/drain-node.ts', import.meta.url));

type Line = { readonly msg: string; readonly count?: number };

function startNode(file: string, mode: string) {
  const child = spawn(process.execPath, [NODE, file, mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: Line[] = [];
  const underLoad = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as Line;
      lines.push(line);
      if (line.msg === 'under load') resolve();
    });
  });
  return { child, lines, underLoad, exitCode: exitOf(child) };
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.on('close', (code) => resolve(code)));
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`node process: ${signal} under load: all that was accepted is stored, exit 0`, async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'iost-node-stop-'));
    t.after(() => rm(directory, { recursive: true }));
    const file = join(directory, 'stored');
    const { child, lines, underLoad, exitCode } = startNode(file, '');
    await underLoad;
    child.kill(signal);
    assert.equal(await exitCode, 0);
    const accepted = lines.find((line) => line.msg === 'accepted')?.count;
    assert.ok(accepted !== undefined && accepted > 200);
    const stored = (await readFile(file, 'utf8')).trimEnd().split('\n').map(Number);
    assert.deepEqual(
      stored,
      Array.from({ length: accepted }, (_, number) => number),
    );
  });
}

test('node process: second SIGTERM while draining: exits at once with code 1', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'iost-node-stop-'));
  t.after(() => rm(directory, { recursive: true }));
  const { child, lines, underLoad, exitCode } = startNode(join(directory, 'stored'), 'stubborn');
  await underLoad;
  child.kill('SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(child.exitCode, null, 'still draining');
  child.kill('SIGTERM');
  assert.equal(await exitCode, 1);
  assert.ok(lines.some((line) => line.msg === 'forced: second SIGTERM'));
});
