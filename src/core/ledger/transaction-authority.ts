/**
 * What a transaction proves about who made it: the keys that signed and the permissions it declares.
 * Signatures themselves were verified before; here they are only names. Keys are compared as bytes,
 * because turning them into base58 would cost more than the rest of the check.
 */

import { BoundedCache } from '../bounded-cache.ts';
import type { Transaction } from '../chain/transaction.ts';
import { base58Decode, base58Encode } from '../crypto/base58.ts';
import { sha3 } from '../crypto/hash.ts';
import { secp256k1Coordinates } from '../crypto/secp256k1.ts';

const NO_KEY = new Uint8Array();
/** Keys of account records as bytes; as many as there are busy accounts. */
const bytesOfKey = new BoundedCache<string, Uint8Array>(65_536);

export class TransactionAuthority {
  readonly #transaction: Transaction;
  /** What the transaction declares; nearly always nothing. */
  readonly #signers: ReadonlySet<string> | undefined;

  constructor(transaction: Transaction) {
    this.#transaction = transaction;
    this.#signers = transaction.signers.length === 0 ? undefined : new Set(transaction.signers);
  }

  /** Whether the transaction names `id@permission` as acting. */
  declares(id: string, permission: string): boolean {
    if (permission === 'active' && id === this.#transaction.publisher) return true;
    return this.#signers?.has(`${id}@${permission}`) === true;
  }

  /** 2: signed by it as publisher, 1: as signer, 0: not at all. `key` is base58. */
  keyLevel(key: string): number {
    return this.levelOf(keyBytes(key));
  }

  /** As `keyLevel` of the key's bytes. */
  levelOf(key: Uint8Array): number {
    if (hasKey(this.#transaction.publisherSignatures, key)) return 2;
    return hasKey(this.#transaction.signatures, key) ? 1 : 0;
  }

  /** Whether one of the signing keys is the secp256k1 key that the address stands for. */
  signedByAddress(address: string): boolean {
    return this.#signatures().some(({ publicKey }) => addressOf(publicKey) === address);
  }

  /** Base58 public key → level, as contracts see it (`tx.authList`). */
  keys(): ReadonlyMap<string, number> {
    const { signatures, publisherSignatures } = this.#transaction;
    const keys = new Map<string, number>();
    for (const { publicKey } of signatures) keys.set(base58Encode(publicKey), 1);
    for (const { publicKey } of publisherSignatures) keys.set(base58Encode(publicKey), 2);
    return keys;
  }

  #signatures(): Transaction['signatures'] {
    return [...this.#transaction.signatures, ...this.#transaction.publisherSignatures];
  }
}

/** `0x` and the last 20 bytes of the hash of the key's coordinates, in hex. */
function addressOf(publicKey: Uint8Array): string | undefined {
  const coordinates = publicKey.length === 33 ? secp256k1Coordinates(publicKey) : undefined;
  if (coordinates === undefined) return undefined;
  const tail = sha3(coordinates).subarray(12);
  return `0x${Array.from(tail, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

function keyBytes(key: string): Uint8Array {
  let bytes = bytesOfKey.get(key);
  if (bytes === undefined) {
    bytes = base58Decode(key) ?? NO_KEY;
    bytesOfKey.set(key, bytes);
  }
  return bytes;
}

function hasKey(signatures: Transaction['signatures'], key: Uint8Array): boolean {
  if (key.length === 0) return false;
  for (const { publicKey } of signatures) if (sameBytes(publicKey, key)) return true;
  return false;
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}
