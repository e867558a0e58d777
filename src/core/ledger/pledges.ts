/**
 * Who has pledged how much for whose gas (spec go-iost §6.4, map `<pledger>gp`, field user). An entry
 * lives on the chain of the user. The index of a pledger is kept by each chain for its own users, so
 * it is their union that answers for all.
 */

import { withField, withoutField } from './map-index.ts';
import type { StateReader } from './ports.ts';
import { mapIndexKey, mapKey } from './state-key.ts';
import type { StateOverlay } from './state-overlay.ts';

export const pledgeKey = (pledger: string, user: string): string =>
  mapKey('gas.iost', `${pledger}gp`, user);

/** What `pledger` has pledged for `user`, in 1e-8 IOST. */
export function pledgeOf(state: StateReader, pledger: string, user: string): bigint {
  const value = state.get(pledgeKey(pledger, user));
  return value?.kind === 'decimal' ? value.value : 0n;
}

export function changePledge(
  state: StateOverlay,
  pledger: string,
  user: string,
  change: bigint,
): void {
  const key = pledgeKey(pledger, user);
  const indexKey = mapIndexKey('gas.iost', `${pledger}gp`);
  const index = state.getOwned(indexKey);
  const pledged = pledgeOf(state, pledger, user) + change;
  if (pledged === 0n) {
    state.delete(key);
    const rest = index === undefined ? undefined : withoutField(index, user);
    if (rest === undefined) state.delete(indexKey);
    else state.put(indexKey, rest);
    return;
  }
  if (!state.has(key)) state.put(indexKey, withField(index, user));
  state.put(key, { kind: 'decimal', value: pledged, scale: 8, payer: 'gas.iost' });
}
