/**
 * Records whose length and content follow from their number, so that a reader can tell whether it
 * got exactly the next one, whole.
 */

export function recordLength(index: number, lengthMax: number): number {
  return (Math.imul(index + 1, 0x9e3779b1) >>> 7) % (lengthMax + 1);
}

export function fillRecord(
  target: Uint8Array,
  offset: number,
  index: number,
  length: number,
): void {
  for (let at = 0; at < length; at += 1) target[offset + at] = (index * 31 + at * 7) & 0xff;
}

export function isRecord(
  source: Uint8Array,
  offset: number,
  index: number,
  length: number,
): boolean {
  for (let at = 0; at < length; at += 1) {
    if (source[offset + at] !== ((index * 31 + at * 7) & 0xff)) return false;
  }
  return true;
}
