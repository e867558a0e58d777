/**
 * Builds the signatures on which Ed25519 libraries are known to disagree, from the curve itself:
 * points of small order in every combination, keys and nonces with a torsion part, S plus the group
 * order, encodings that are not canonical. The self-test of the node carries a frozen selection; the
 * tests build all of them again and compare.
 */

import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';

export type Ed25519Case = {
  readonly name: string;
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  readonly valid: boolean;
};

const { Point } = ed25519;
type CurvePoint = InstanceType<typeof Point>;
const L = Point.Fn.ORDER;
const P = Point.Fp.ORDER;
/** A point of order eight generates the whole torsion group. */
const T8 = Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05');

export const torsion: readonly CurvePoint[] = Array.from({ length: 8 }, (_, index) =>
  index === 0 ? Point.ZERO : T8.multiplyUnsafe(BigInt(index)),
);

/** All 14 encodings that some library decodes to a point of small order. */
export function smallOrderEncodings(): Uint8Array[] {
  const canonical = torsion.map((point) => point.toBytes());
  const others: Uint8Array[] = [];
  for (const y of [0n, 1n, P - 1n, P, P + 1n]) {
    for (const sign of [0, 0x80]) {
      const bytes = toBytes(y);
      bytes[31] = (bytes[31] as number) | sign;
      others.push(bytes);
    }
  }
  const unique = new Map([...canonical, ...others].map((bytes) => [hex(bytes), bytes]));
  return [...unique.values()];
}

/** A signature with a chosen torsion part on the key and on the nonce. */
export function torsionCase(
  index: number,
  keyTorsion: number,
  nonceTorsion: number,
): Ed25519Case & { readonly challenge: bigint } {
  const message = new TextEncoder().encode(`torsion ${index}`);
  const a = scalar(`a${index}`);
  const r = scalar(`r${index}`);
  const key = Point.BASE.multiply(a).add(torsion[keyTorsion] as CurvePoint);
  const nonce = Point.BASE.multiply(r).add(torsion[nonceTorsion] as CurvePoint);
  const publicKey = key.toBytes();
  const challenge = challengeOf(nonce.toBytes(), publicKey, message);
  const s = (r + challenge * a) % L;
  // sB − hA = rB − h·T_key must equal rB + T_nonce.
  const valid = (Number(challenge % 8n) * keyTorsion + nonceTorsion) % 8 === 0;
  const signature = concat(nonce.toBytes(), toBytes(s));
  const name = `torsion ${keyTorsion} on the key, ${nonceTorsion} on the nonce, message ${index}`;
  return { name, publicKey, message, signature, valid, challenge };
}

/** Honest signatures and what becomes of them when single bits or S change. */
export function mutatedCases(): Ed25519Case[] {
  const { publicKey, message, signature } = torsionCase(1000, 0, 0);
  const s = fromBytes(signature.subarray(32));
  const nonce = signature.slice(0, 32);
  const make = (name: string, changed: Partial<Ed25519Case>): Ed25519Case => {
    return { name, publicKey, message, signature, valid: false, ...changed };
  };
  return [
    make('honest', { valid: true }),
    make('S plus L', { signature: concat(nonce, toBytes(s + L)) }),
    make('S equal to L', { signature: concat(nonce, toBytes(L)) }),
    make('S with the top bit', { signature: flip(signature, 63, 0x80) }),
    make('bit of R', { signature: flip(signature, 5, 1) }),
    make('sign of R', { signature: flip(signature, 31, 0x80) }),
    make('bit of S', { signature: flip(signature, 40, 1) }),
    make('bit of the message', { message: flip(message, 0, 1) }),
    make('bit of the key', { publicKey: flip(publicKey, 3, 1) }),
    make('sign of the key', { publicKey: flip(publicKey, 31, 0x80) }),
    make('key of 31 bytes', { publicKey: publicKey.slice(1) }),
    make('signature of 63 bytes', { signature: signature.slice(1) }),
    make('empty signature', { signature: new Uint8Array(0) }),
    make('key not canonical', { publicKey: toBytes(P + 3n) }),
    make('R not canonical', { signature: concat(toBytes(P + 3n), signature.slice(32)) }),
    make('key that is no point', { publicKey: toBytes(2n) }),
  ];
}

/** Small order on one side and an honest point on the other, with the equation satisfied. */
export function halfSmallOrderCases(): Ed25519Case[] {
  const message = new TextEncoder().encode('half small order');
  const a = scalar('half a');
  const honestKey = Point.BASE.multiply(a).toBytes();
  const honestNonce = Point.BASE.multiply(a).toBytes();
  return torsion.flatMap((point, index) => {
    const small = point.toBytes();
    const s = (challengeOf(small, honestKey, message) * a) % L;
    return [
      {
        name: `R of small order ${index}, honest key`,
        publicKey: honestKey,
        message,
        signature: concat(small, toBytes(s)),
        valid: false,
      },
      {
        name: `key of small order ${index}, honest R`,
        publicKey: small,
        message,
        signature: concat(honestNonce, toBytes(a)),
        valid: false,
      },
    ];
  });
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

export function flip(bytes: Uint8Array, at: number, mask: number): Uint8Array {
  return bytes.map((byte, index) => (index === at ? byte ^ mask : byte));
}

function challengeOf(nonce: Uint8Array, publicKey: Uint8Array, message: Uint8Array): bigint {
  return fromBytes(sha512(concat(nonce, publicKey, message))) % L;
}

function scalar(label: string): bigint {
  return fromBytes(sha512(new TextEncoder().encode(label))) % L;
}

function toBytes(value: bigint): Uint8Array {
  const bytes = new Uint8Array(32);
  for (let index = 0, rest = value; index < 32; index++, rest >>= 8n) {
    bytes[index] = Number(rest & 255n);
  }
  return bytes;
}

function fromBytes(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
