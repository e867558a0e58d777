/**
 * What can go wrong between us and the disk, as a closed list. Every failure says what happened
 * (`message`) and what the operator can do (`fix`); none of them has changed anything on disk: LMDB
 * aborts the transaction, so the environment stays at the block before.
 */

export type StorageFailureCode =
  | 'disk-full'
  | 'map-full'
  | 'io-error'
  | 'read-only'
  | 'corrupt'
  | 'missing'
  | 'locked'
  | 'wrong-chain'
  | 'wrong-shards'
  | 'wrong-genesis'
  | 'newer-format'
  | 'older-format';

/** Failures that pass by themselves: stop acknowledging, try again. All others need the operator. */
const PASSING: ReadonlySet<StorageFailureCode> = new Set(['disk-full', 'map-full']);

export class StorageFailure extends Error {
  override readonly name = 'StorageFailure';
  readonly code: StorageFailureCode;
  readonly fix: string;

  constructor(code: StorageFailureCode, reason: string, fix: string, cause?: unknown) {
    super(reason, cause === undefined ? undefined : { cause });
    this.code = code;
    this.fix = fix;
  }

  get passing(): boolean {
    return PASSING.has(this.code);
  }
}

type Cause = {
  readonly pattern: RegExp;
  readonly code: StorageFailureCode;
  readonly reason: string;
  readonly fix: string;
};

// LMDB reports errno values as the text of strerror and its own codes as names; Node reports names.
const CAUSES: readonly Cause[] = [
  {
    pattern: /ENOSPC|EDQUOT|EFBIG|No space left|quota exceeded|File too large/i,
    code: 'disk-full',
    reason: 'the disk is full',
    fix: 'free some space; the node goes on by itself',
  },
  {
    pattern: /MDB_MAP_FULL|MDB_MAP_RESIZED|ENOMEM|Cannot allocate memory/i,
    code: 'map-full',
    reason: 'the memory map cannot grow',
    fix: 'raise the limit on address space (ulimit -v) or free memory',
  },
  {
    pattern: /EROFS|EACCES|EPERM|Read-only file system|Permission denied|Operation not permitted/i,
    code: 'read-only',
    reason: 'the data directory cannot be written',
    fix: 'check the mount and the owner of its files',
  },
  {
    pattern:
      /MDB_CORRUPTED|MDB_PAGE_NOTFOUND|MDB_INVALID|MDB_VERSION_MISMATCH|MDB_PANIC|MDB_BAD_TXN/,
    code: 'corrupt',
    reason: 'the database is damaged',
    fix: 'move the data directory away and let the node fetch the chain again, or restore a backup',
  },
  {
    // lmdb-js goes on without a transaction where it could not begin one; this is how it ends.
    pattern: /No transaction to renew/,
    code: 'read-only',
    reason: 'was opened for reading only in this process before storage opened it',
    fix: 'restart the node',
  },
  {
    pattern: /ENOENT|No such file/i,
    code: 'missing',
    reason: 'there is no such file',
    fix: 'start the node once to create it',
  },
];

/** The typed failure behind an error of LMDB or of the file system; `where` names the path. */
export function storageFailureFrom(error: unknown, where: string): StorageFailure {
  if (error instanceof StorageFailure) return error;
  const text = error instanceof Error ? `${errnoName(error)} ${error.message}` : String(error);
  for (const { pattern, code, reason, fix } of CAUSES) {
    if (pattern.test(text)) return new StorageFailure(code, `${where}: ${reason}`, fix, error);
  }
  return new StorageFailure(
    'io-error',
    `${where}: reading or writing failed (${text.trim()})`,
    'check the disk and the system log',
    error,
  );
}

function errnoName(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}
