/**
 * What can go wrong between us and the disk, as a closed list. Every failure says in one sentence
 * what happened and what the operator can do; none of them has changed anything on disk: LMDB aborts
 * the transaction, so the environment stays at the block before.
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
  | 'newer-format';

/** Failures that pass by themselves: stop acknowledging, try again. All others need the operator. */
const PASSING: ReadonlySet<StorageFailureCode> = new Set(['disk-full', 'map-full']);

export class StorageFailure extends Error {
  override readonly name = 'StorageFailure';
  readonly code: StorageFailureCode;

  constructor(code: StorageFailureCode, sentence: string, cause?: unknown) {
    super(sentence, { cause });
    this.code = code;
  }

  get passing(): boolean {
    return PASSING.has(this.code);
  }
}

// LMDB reports errno values as the text of strerror and its own codes as names; Node reports names.
const CAUSES: readonly (readonly [pattern: RegExp, code: StorageFailureCode, advice: string])[] = [
  [
    /ENOSPC|EDQUOT|EFBIG|No space left|quota exceeded|File too large/i,
    'disk-full',
    'the disk is full: free some space, the node goes on by itself',
  ],
  [
    /MDB_MAP_FULL|MDB_MAP_RESIZED|ENOMEM|Cannot allocate memory/i,
    'map-full',
    'the memory map cannot grow: raise the limit on address space (ulimit -v) or free memory',
  ],
  [
    /EROFS|EACCES|EPERM|Read-only file system|Permission denied|Operation not permitted/i,
    'read-only',
    'the data directory cannot be written: check the mount and the owner of its files',
  ],
  [
    /MDB_CORRUPTED|MDB_PAGE_NOTFOUND|MDB_INVALID|MDB_VERSION_MISMATCH|MDB_PANIC|MDB_BAD_TXN/,
    'corrupt',
    'the file is damaged: move it away and let the node fetch the chain again, or restore a backup',
  ],
  [/ENOENT|No such file/i, 'missing', 'the file is missing: start the node once to create it'],
];

/** The typed failure behind an error of LMDB or of the file system; `where` names path or chain. */
export function storageFailureFrom(error: unknown, where: string): StorageFailure {
  if (error instanceof StorageFailure) return error;
  const text = error instanceof Error ? `${errnoName(error)} ${error.message}` : String(error);
  for (const [pattern, code, advice] of CAUSES) {
    if (pattern.test(text)) return new StorageFailure(code, `${where}: ${advice}`, error);
  }
  return new StorageFailure(
    'io-error',
    `${where}: reading or writing failed (${text.trim()}): check the disk and the system log`,
    error,
  );
}

function errnoName(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}
