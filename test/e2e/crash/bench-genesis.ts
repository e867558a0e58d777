/** The bench genesis with fewer accounts: a node starts, and is audited, in a fraction of the time. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FULL = new URL('../../../config/genesis/bench.json', import.meta.url);

/** Writes it and answers its path; it is gone when this process ends. */
export function benchGenesis(accounts: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'iost-node-genesis-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const genesis = JSON.parse(readFileSync(FULL, 'utf8'));
  genesis.benchAccounts.count = accounts;
  const path = join(folder, 'genesis.json');
  writeFileSync(path, JSON.stringify(genesis));
  return path;
}
