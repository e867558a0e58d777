/** Small keys and values that the writing and the reading side share. */

/** Little-endian u32. */
export function heightValue(height: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32LE(height, 0);
  return bytes;
}

export function heightFrom(value: Uint8Array): number {
  return new DataView(value.buffer, value.byteOffset, value.byteLength).getUint32(0, true);
}

/** Big-endian, so that the first key at or above (chain, height) is the crosslink that covers it. */
export function crosslinkKey(chain: number, toHeight: number): Uint8Array {
  const key = Buffer.allocUnsafe(5);
  key.writeUInt8(chain, 0);
  key.writeUInt32BE(toHeight, 1);
  return key;
}
