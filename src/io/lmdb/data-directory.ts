/**
 * The layout of a data directory and its lock. One process may write it: the lock file holds the pid
 * and the start time of the owner, so that the file of a killed process (or of one whose pid was
 * given to somebody else) is recognised as stale and taken over.
 */

import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { StorageFailure, storageFailureFrom } from './storage-failure.ts';

const LOCK_FILE = 'node.lock';
// Two starters can race for a stale lock; each round one of them wins.
const CLAIM_ATTEMPTS_MAX = 5;
const LOCKED_FIX = 'stop the other node or use another --data-dir';

export function chainName(chain: number): string {
  return chain === ROOT_CHAIN ? 'root' : `shard-${chain}`;
}

export function chainPath(dataDir: string, chain: number): string {
  return join(dataDir, 'chains', chainName(chain));
}

/** The mark of the contract run that goes on (io/iosvm/run-mark.ts). */
export function runMarkPath(dataDir: string, chain: number): string {
  return join(chainPath(dataDir, chain), 'contract-run');
}

export type DataDirectoryLock = { release(): void };

/**
 * Makes this process the owner of `dataDir`, creating it where it is missing. A second claim by the
 * same process succeeds: it is the storage actor after a restart.
 */
export function claimDataDirectory(dataDir: string): DataDirectoryLock {
  const path = join(dataDir, LOCK_FILE);
  const mine = JSON.stringify({ pid: process.pid, started: startTimeOf(process.pid) });
  try {
    mkdirSync(dataDir, { recursive: true });
    for (let attempt = 0; attempt < CLAIM_ATTEMPTS_MAX; attempt++) {
      if (tryCreate(path, mine)) return { release: () => release(path, mine) };
      const held = readIfPresent(path);
      if (held === mine) return { release: () => release(path, mine) };
      if (held !== undefined && isAlive(held)) throw lockedBy(held, dataDir);
      if (held !== undefined) removeStale(path, held);
    }
  } catch (error) {
    throw storageFailureFrom(error, dataDir);
  }
  throw new StorageFailure('locked', `${dataDir}: other nodes are starting on it`, LOCKED_FIX);
}

/** Creates the file with its content in one step: a reader never sees it empty. */
function tryCreate(path: string, content: string): boolean {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, content);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (existsSync(path)) return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Renaming decides between racers; what turns out not to be the stale file is put back. */
function removeStale(path: string, stale: string): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return; // Another starter was faster.
  }
  if (readIfPresent(aside) !== stale && !existsSync(path)) linkSync(aside, path);
  rmSync(aside, { force: true });
}

function release(path: string, mine: string): void {
  if (readIfPresent(path) === mine) rmSync(path, { force: true });
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function lockedBy(held: string, dataDir: string): StorageFailure {
  const { pid } = ownerOf(held);
  return new StorageFailure(
    'locked',
    `${dataDir}: process ${pid} is running a node on it`,
    LOCKED_FIX,
  );
}

function isAlive(held: string): boolean {
  const { pid, started } = ownerOf(held);
  if (pid <= 0) return false;
  const now = startTimeOf(pid);
  if (now !== '') return now === started;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** A file that nobody can read as an owner counts as stale (pid 0). */
function ownerOf(held: string): { readonly pid: number; readonly started: string } {
  try {
    const owner: unknown = JSON.parse(held);
    if (typeof owner === 'object' && owner !== null && 'pid' in owner && 'started' in owner) {
      return { pid: Number(owner.pid) || 0, started: String(owner.started) };
    }
  } catch {
    // Fall through: not JSON.
  }
  return { pid: 0, started: '' };
}

/** Boot id and start time in clock ticks, which a reused pid cannot share; empty without /proc. */
function startTimeOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${afterName[19] ?? ''}`;
  } catch {
    return '';
  }
}
