/**
 * A look at an LMDB file before LMDB does. lmdb-js crashes the process on a file that is no database,
 * and a read behind the end of a truncated file is a bus error; both must be ordinary failures.
 *
 * Layout of the two meta pages (data version 2, 64-bit): page header of 24 bytes, then magic u32,
 * version u32, address u64, map bytes u64, free list (its first u32 is the page size), main tree,
 * last page u64, transaction u64.
 */

import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { StorageFailure, storageFailureFrom } from './storage-failure.ts';

const MAGIC = 0xbeef_c0de;
const MAGIC_AT = 24;
const PAGE_BYTES_AT = 48;
const LAST_PAGE_AT = 144;
const TRANSACTION_AT = 152;
const META_BYTES = 160;
const PAGE_BYTES_MIN = 512;
const PAGE_BYTES_MAX = 65_536;
/** Some pages, so that a rounding of the file system does not hide a full one. */
const PROBE_BYTES_MIN = 1 << 20;
const RESTORE = 'restore a backup, or move the data directory away and fetch the chain again';

export type DataFileState = 'absent' | 'complete' | 'shorter-than-recorded';

export function dataFilePath(environmentPath: string): string {
  return join(environmentPath, 'data.mdb');
}

/**
 * Throws `corrupt` where the file is not an LMDB database. One that is shorter than its newest root
 * says may be truncated, or its last pages are free and were never written: a writer extends it with
 * a hole, so that reading is safe, and then has to read everything once.
 */
export function inspectDataFile(environmentPath: string, access: 'read' | 'write'): DataFileState {
  const path = dataFilePath(environmentPath);
  if (!existsSync(path)) return 'absent';
  try {
    const file = openSync(path, access === 'read' ? 'r' : 'r+');
    try {
      return inspect(file, environmentPath, access);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw storageFailureFrom(error, environmentPath);
  }
}

/**
 * Whether there is no room for `extraBytes` more in the data file. LMDB reports a write that the
 * system cut short as an input/output error, though it only means that a disk, quota or file size
 * limit is exhausted; so we ask the system ourselves, with a file of our own.
 */
export function isOutOfSpace(environmentPath: string, extraBytes: number): boolean {
  const probe = join(environmentPath, 'space-probe');
  try {
    const position = statSync(dataFilePath(environmentPath)).size;
    const file = openSync(probe, 'w');
    try {
      const zeros = Buffer.alloc(Math.max(extraBytes, PROBE_BYTES_MIN));
      if (writeSync(file, zeros, 0, zeros.length, position) < zeros.length) return true;
      fsyncSync(file);
      return false;
    } finally {
      closeSync(file);
      rmSync(probe, { force: true });
    }
  } catch (error) {
    return storageFailureFrom(error, environmentPath).code === 'disk-full';
  }
}

function inspect(file: number, where: string, access: 'read' | 'write'): DataFileState {
  const { size } = fstatSync(file);
  // A crash right after the creation; LMDB begins anew.
  if (size === 0) return 'absent';
  const first = readMeta(file, 0);
  const pageBytes = first?.readUInt32LE(PAGE_BYTES_AT) ?? 0;
  const isPageSize = pageBytes >= PAGE_BYTES_MIN && pageBytes <= PAGE_BYTES_MAX;
  const second = isPageSize ? readMeta(file, pageBytes) : undefined;
  if (first === undefined || second === undefined) {
    throw new StorageFailure('corrupt', `${where}: data.mdb is no database`, RESTORE);
  }
  const isSecondNewer =
    second.readBigUInt64LE(TRANSACTION_AT) > first.readBigUInt64LE(TRANSACTION_AT);
  const newest = isSecondNewer ? second : first;
  const recordedBytes = (Number(newest.readBigUInt64LE(LAST_PAGE_AT)) + 1) * pageBytes;
  if (size >= recordedBytes) return 'complete';
  if (access === 'write') ftruncateSync(file, recordedBytes);
  return 'shorter-than-recorded';
}

/** The meta page at `position`, or undefined where there is none. */
function readMeta(file: number, position: number): Buffer | undefined {
  const bytes = Buffer.alloc(META_BYTES);
  const count = readSync(file, bytes, 0, META_BYTES, position);
  return count === META_BYTES && bytes.readUInt32LE(MAGIC_AT) === MAGIC ? bytes : undefined;
}
