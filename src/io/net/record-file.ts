/**
 * The addresses that a node has learned, kept for its next start. Nothing depends on the file: what
 * cannot be read or is not signed is left out.
 */

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { base58Decode, base58Encode } from '#core/crypto/base58.ts';
import { isNodeRecord } from './node-record.ts';
import type { NodeRecord } from './wire-message.ts';

const FILE = 'peers.json';
/** BOUND: of what is read; the book keeps about 1000 records. */
const FILE_BYTES_MAX = 1024 * 1024;

export function writeRecords(dataDir: string, records: readonly NodeRecord[]): void {
  const content = records.map(({ key, address, timeMs, signature }) => ({
    key: base58Encode(key),
    address,
    timeMs,
    signature: base58Encode(signature),
  }));
  const path = join(dataDir, FILE);
  writeFileSync(`${path}.new`, `${JSON.stringify(content, null, 1)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

export function readRecords(dataDir: string, genesis: string): readonly NodeRecord[] {
  try {
    const text = readFileSync(join(dataDir, FILE), 'utf8').slice(0, FILE_BYTES_MAX);
    const content: unknown = JSON.parse(text);
    if (!Array.isArray(content)) return [];
    return content.flatMap((each: unknown) => readRecord(each, genesis) ?? []);
  } catch {
    return [];
  }
}

function readRecord(value: unknown, genesis: string): NodeRecord | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as Readonly<Record<string, unknown>>;
  const { address, timeMs } = fields;
  const key = base58Decode(String(fields['key']));
  const signature = base58Decode(String(fields['signature']));
  if (key?.length !== 32 || signature?.length !== 64) return undefined;
  if (typeof address !== 'string' || !Number.isSafeInteger(timeMs)) return undefined;
  const record = { key, address, timeMs: timeMs as number, signature };
  return isNodeRecord(genesis, record, Date.now()) ? record : undefined;
}
