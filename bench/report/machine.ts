/** What a result depends on: the machine, and how fast its disk makes things durable. */

import {
  closeSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { availableParallelism, cpus, platform, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { median } from './median.ts';
import type { Machine } from './result.ts';

const FSYNCS = 21;
const FSYNC_BYTES = 4096;

/** Magic numbers of `statfs`. */
const FILESYSTEMS: ReadonlyMap<number, string> = new Map([
  [0xef53, 'ext4'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0x2fc12fc1, 'zfs'],
  [0x794c7630, 'overlay'],
  [0x01021994, 'tmpfs (memory: nothing is durable)'],
]);

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    platform: `${platform()} ${process.arch}`,
    kernel: release(),
    node: process.versions.node,
    v8: process.versions.v8,
    dataFilesystem: filesystemOf(tmpdir()),
    fsyncMs: measureFsync(),
  };
}

function filesystemOf(path: string): string {
  const { type } = statfsSync(path);
  return FILESYSTEMS.get(type) ?? `0x${type.toString(16)}`;
}

function measureFsync(): number {
  const folder = mkdtempSync(join(tmpdir(), 'iost-bench-fsync-'));
  const file = openSync(join(folder, 'file'), 'w');
  try {
    const block = Buffer.alloc(FSYNC_BYTES, 1);
    const times = Array.from({ length: FSYNCS }, (_, index) => {
      writeSync(file, block, 0, FSYNC_BYTES, index * FSYNC_BYTES);
      const startMs = performance.now();
      fsyncSync(file);
      return performance.now() - startMs;
    });
    return median(times);
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true });
  }
}
