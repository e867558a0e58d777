/**
 * Remembers across deaths of the process which transaction ran in the contract engine. Before each run
 * its hash is written to a file and erased after it, so a hash that is found at the start is that of a
 * transaction in whose run the process ended. What has done so twice is not run a third time.
 *
 * The file is not synced: pages outlive the process, which is what this is about, and a run costs two
 * small writes. BOUND: the deaths of the newest few transactions are kept.
 */

import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
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

export const deathsFile = (path: string): string => `${path}.deaths`;

function recordDeath(path: string): readonly string[] {
  const recorded = existsSync(deathsFile(path))
    ? readFileSync(deathsFile(path), 'utf8').split('\n').filter(Boolean)
    : [];
  const mark = existsSync(path) ? readFileSync(path) : NONE;
  if (mark.length < ID_BYTES || mark.every((byte) => byte === 0)) return recorded;
  const deaths = [...recorded, hexOf(mark.subarray(0, ID_BYTES))].slice(-REMEMBERED);
  const file = openSync(deathsFile(path), 'w');
  writeSync(file, `${deaths.join('\n')}\n`);
  fsyncSync(file);
  closeSync(file);
  return deaths;
}
