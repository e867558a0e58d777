/** Amounts of the genesis file: decimal text in IOST. */

const AMOUNT = /^[0-9]{1,11}([.][0-9]{1,8})?$/;
export const UNITS_PER_IOST = 100_000_000n;

export function isIostAmount(text: string): boolean {
  return AMOUNT.test(text);
}

/** Smallest units; 0 for text that is no amount, which validation reports. */
export function iostUnits(text: string): bigint {
  if (!isIostAmount(text)) return 0n;
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole) * UNITS_PER_IOST + BigInt(fraction.padEnd(8, '0'));
}
