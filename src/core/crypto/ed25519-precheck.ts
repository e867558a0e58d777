/**
 * The part of the Ed25519 acceptance rule that can be read off the bytes: S below the group order,
 * and A and R canonical and not of small order (protocol.md §1.5). Libraries and their versions
 * disagree on exactly these inputs, so we decide them ourselves before any library is asked; behind
 * this check all three backends give the same answer (design/limits.md §1).
 */

/** The order of the group, little-endian. */
const GROUP_ORDER = Uint8Array.from([
  0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
]);

/**
 * The y coordinates below the field prime of the eight points of small order, sign bit clear. With
 * either sign bit they are all the small-order encodings that the canonical check lets through.
 */
const SMALL_ORDER_Y: readonly Uint8Array[] = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
].map((hex) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)));
/** Bit b is set when some small-order y starts with byte b: nearly every point stops at one look. */
const SMALL_ORDER_FIRST_BYTE = firstBytes();

/** Whether a 64-byte signature and a 32-byte key may be handed to a backend at all. */
export function passesEd25519Precheck(signature: Uint8Array, publicKey: Uint8Array): boolean {
  return (
    signature.length === 64 &&
    publicKey.length === 32 &&
    isAcceptablePoint(publicKey, 0) &&
    isAcceptablePoint(signature, 0) &&
    isBelowGroupOrder(signature, 32)
  );
}

function isAcceptablePoint(bytes: Uint8Array, at: number): boolean {
  return isCanonicalY(bytes, at) && !isSmallOrder(bytes, at);
}

/** y < 2^255 − 19, the sign bit aside. */
function isCanonicalY(bytes: Uint8Array, at: number): boolean {
  if (((bytes[at + 31] as number) & 0x7f) !== 0x7f) return true;
  for (let index = 30; index > 0; index--) if (bytes[at + index] !== 0xff) return true;
  return (bytes[at] as number) < 0xed;
}

function isSmallOrder(bytes: Uint8Array, at: number): boolean {
  if (SMALL_ORDER_FIRST_BYTE[bytes[at] as number] === 0) return false;
  return SMALL_ORDER_Y.some((y) => {
    for (let index = 0; index < 31; index++) if (bytes[at + index] !== y[index]) return false;
    return ((bytes[at + 31] as number) & 0x7f) === y[31];
  });
}

function isBelowGroupOrder(bytes: Uint8Array, at: number): boolean {
  for (let index = 31; index >= 0; index--) {
    const difference = (bytes[at + index] as number) - (GROUP_ORDER[index] as number);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function firstBytes(): Uint8Array {
  const table = new Uint8Array(256);
  for (const y of SMALL_ORDER_Y) table[y[0] as number] = 1;
  return table;
}
