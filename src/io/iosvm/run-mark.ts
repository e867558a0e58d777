/**
 * Remembers across deaths of the process which transaction ran in the contract engine. Before each run
 * its hash is written to a file and erased after it, so a hash that is found at the start is that of a
 * transaction in whose run the process ended. What has done so twice is not run a third time, until a
 * person says otherwise.
 *
 * The file is not synced: pages outlive the process, which is what this is about, and a run costs two
 * small writes. BOUND: the deaths of the newest few transactions are kept.
 */

import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { base58Encode } from '#core/crypto/base58.ts';
import { hexOf } from '#core/crypto/hex.ts';

const ID_BYTES = 32;
const DEATHS_MAX = 2;
const REMEMBERED = 64;
const NONE = new Uint8Array(ID_BYTES);

export class RunMark {
  readonly #file: number;
  /** Transactions that the process died of, in hex, once for each time; the oldest first. */
  readonly #deaths: readonly string[];

  /** Opens `path` and counts the run that was found in it. Throws where it cannot be written. */
  constructor(path: string) {
    this.#deaths = recordDeath(path);
    this.#file = openSync(path, 'w');
  }

  begin(id: Uint8Array): void {
    writeSync(this.#file, id, 0, ID_BYTES, 0);
  }

  end(): void {
    writeSync(this.#file, NONE, 0, ID_BYTES, 0);
  }

  isDeadly(id: Uint8Array): boolean {
    if (this.#deaths.length < DEATHS_MAX) return false;
    const name = hexOf(id);
    return this.#deaths.filter((death) => death === name).length >= DEATHS_MAX;
  }

  close(): void {
    closeSync(this.#file);
  }
}

const deathsFile = (path: string): string => `${path}.deaths`;

/** Transactions that the process has died of, in Base58, and how often; `path` as of the mark. */
export function recordedDeaths(path: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const death of readDeaths(path)) {
    const name = base58Encode(Buffer.from(death, 'hex'));
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** Forgets the deaths of a transaction, from the next start on. False where there were none. */
export function forgiveDeaths(path: string, id: Uint8Array): boolean {
  const deaths = readDeaths(path);
  const kept = deaths.filter((death) => death !== hexOf(id));
  if (kept.length === deaths.length) return false;
  writeDeaths(path, kept);
  return true;
}

function readDeaths(path: string): readonly string[] {
  if (!existsSync(deathsFile(path))) return [];
  return readFileSync(deathsFile(path), 'utf8').split('\n').filter(Boolean);
}

function writeDeaths(path: string, deaths: readonly string[]): void {
  const file = openSync(deathsFile(path), 'w');
  writeSync(file, deaths.map((death) => `${death}\n`).join(''));
  fsyncSync(file);
  closeSync(file);
}

function recordDeath(path: string): readonly string[] {
  const recorded = readDeaths(path);
  const mark = existsSync(path) ? readFileSync(path) : NONE;
  if (mark.length < ID_BYTES || mark.every((byte) => byte === 0)) return recorded;
  const deaths = [...recorded, hexOf(mark.subarray(0, ID_BYTES))].slice(-REMEMBERED);
  writeDeaths(path, deaths);
  return deaths;
}
