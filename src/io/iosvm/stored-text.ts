/** What contracts see of a stored value: text, also of what native code stores. */

import type { StateValue } from '#core/ledger/state-value.ts';

/** `null` where there is nothing that a contract could see. */
export function storedText(value: StateValue | undefined): string | null {
  if (value === undefined || value.kind === 'bytes') return null;
  return String(value.value);
}
