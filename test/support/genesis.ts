/** A small network's beginning for tests; the dev network's file as the node would read it. */

import { readFileSync } from 'node:fs';
import type { Genesis } from '#core/ledger/genesis/genesis-config.ts';

const NS_PER_MS = 1_000_000n;

/** `config/genesis/<name>.json` with its time in nanoseconds. */
export function readGenesis(name: string): Genesis {
  const url = new URL(`../../config/genesis/${name}.json`, import.meta.url);
  const file = JSON.parse(readFileSync(url, 'utf8')) as Genesis & {
    readonly initialTimestamp: unknown;
  };
  const ms = Date.parse(String(file.initialTimestamp));
  return { ...file, initialTimestamp: BigInt(ms) * NS_PER_MS };
}
