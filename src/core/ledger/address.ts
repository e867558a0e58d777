/** An id that stands for a key: `0x` and 40 hex digits (spec go-iost §1.3). */
export function isAddress(id: string): boolean {
  return id.length === 42 && id.startsWith('0x');
}
