/**
 * Where a node can be reached, signed by itself: whoever passes it on cannot send others astray, and
 * a record that is shown again cannot replace a later one.
 */

import { verifyEd25519 } from '#core/crypto/ed25519.ts';
import { sha256 } from '#core/crypto/hash.ts';
import type { Signer } from '#core/crypto/key-pair.ts';
import type { NodeRecord } from './wire-message.ts';

const DOMAIN = 'IOST/node-record/v1';
/** A record from so far ahead would never be replaced. */
const AHEAD_MS_MAX = 60 * 60 * 1000;
const ADDRESS = /^(?<host>[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]):(?<port>[1-9]\d{0,4})$/;
const PORT_MAX = 65_535;

export function makeNodeRecord(
  genesis: string,
  signer: Signer,
  address: string,
  nowMs: number,
): NodeRecord {
  const content = { key: signer.publicKey, address, timeMs: Math.floor(nowMs) };
  return { ...content, signature: signer.sign(digestOf(genesis, content)) };
}

/** Whether the node with this key has said so about itself, in the network of this genesis. */
export function isNodeRecord(genesis: string, record: NodeRecord, nowMs: number): boolean {
  if (!isAddress(record.address) || record.timeMs > nowMs + AHEAD_MS_MAX) return false;
  return verifyEd25519(record.signature, digestOf(genesis, record), record.key);
}

/** `host:port`, with an IPv6 address in brackets. */
export function isAddress(address: string): boolean {
  return Number(ADDRESS.exec(address)?.groups?.['port'] ?? PORT_MAX + 1) <= PORT_MAX;
}

export function hostOf(address: string): string {
  return ADDRESS.exec(address)?.groups?.['host'] ?? address;
}

function digestOf(genesis: string, record: Omit<NodeRecord, 'signature'>): Uint8Array {
  const { key, address, timeMs } = record;
  return sha256(
    Buffer.concat([Buffer.from(`${DOMAIN}\n${genesis}\n${timeMs}\n${address}\n`), key]),
  );
}
