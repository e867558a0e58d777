/** Goal: one process per data directory; what a killed one left behind is no obstacle. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { claimDataDirectory } from '#io/lmdb/data-directory.ts';
import { temporaryDirectory } from '#test/support/lmdb/chain-fixture.ts';

const MODULE = JSON.stringify(import.meta.resolve('#io/lmdb/data-directory.ts'));

test('data directory: claimed by a living process: refused; after its kill: taken over', async (t) => {
  const dataDir = temporaryDirectory(t);
  const script = `
    const { claimDataDirectory } = await import(${MODULE});
    claimDataDirectory(${JSON.stringify(dataDir)});
    process.stdout.write('claimed');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  assert.throws(() => claimDataDirectory(dataDir), {
    name: 'StorageFailure',
    code: 'locked',
    message: new RegExp(`process ${child.pid} is running`),
  });
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = claimDataDirectory(dataDir);
  assert.equal(JSON.parse(readFileSync(join(dataDir, 'node.lock'), 'utf8')).pid, process.pid);
  lock.release();
  assert.deepEqual(readdirSync(dataDir), []);
});

test('data directory: lock of a process whose pid has a new owner: taken over', (t) => {
  const dataDir = temporaryDirectory(t);
  const path = join(dataDir, 'node.lock');
  // This very process is alive but was not started then.
  writeFileSync(path, JSON.stringify({ pid: process.ppid, started: 'another-boot/1' }));
  claimDataDirectory(dataDir);
  assert.equal(JSON.parse(readFileSync(path, 'utf8')).pid, process.pid);
});

test('data directory: damaged or empty lock: taken over', (t) => {
  for (const content of ['', '{', 'null', '{"pid":"x","started":1}']) {
    const dataDir = temporaryDirectory(t);
    writeFileSync(join(dataDir, 'node.lock'), content);
    claimDataDirectory(dataDir).release();
  }
});

test('data directory: claimed twice by one process: the storage actor came back', (t) => {
  const dataDir = join(temporaryDirectory(t), 'made', 'here');
  claimDataDirectory(dataDir);
  const lock = claimDataDirectory(dataDir);
  lock.release();
  assert.equal(existsSync(join(dataDir, 'node.lock')), false);
});

test('data directory: below a file: refusal', (t) => {
  const file = join(temporaryDirectory(t), 'file');
  writeFileSync(file, '');
  assert.throws(() => claimDataDirectory(join(file, 'data')), { name: 'StorageFailure' });
});
