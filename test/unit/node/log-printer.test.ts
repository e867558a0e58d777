import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

/** A process of its own, because the printer writes to file descriptors. */
function printed(format: 'json' | 'pretty', descriptor: 1 | 2): { out: string; err: string } {
  const printer = new URL('../../../src/node/log-printer.ts', import.meta.url).href;
  const script = `
    const { createLogPrinter } = await import('${printer}');
    const printer = createLogPrinter({ level: 'info', format: '${format}', descriptor: ${descriptor} });
    const record = { kind: 'log', timeMs: 1700000000000, text: 'block final' };
    printer.print('shard-0', { ...record, level: 'debug', fields: {} });
    printer.print('shard-0', { ...record, level: 'warn', fields: { height: 5, gas: 12n ** 20n } });
    process.exit(0);`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  return { out: stdout, err: stderr };
}

test('log printer: json: one line per record at or above the level, whole at exit', () => {
  const { out } = printed('json', 1);
  assert.deepEqual(JSON.parse(out), {
    level: 40,
    time: 1700000000000,
    actor: 'shard-0',
    height: 5,
    gas: (12n ** 20n).toString(),
    msg: 'block final',
  });
});

test('log printer: pretty: readable, on the descriptor asked for', () => {
  const { out, err } = printed('pretty', 2);
  assert.equal(out, '');
  assert.match(err, /WARN.*block final/s);
  assert.match(err, /shard-0/);
});
