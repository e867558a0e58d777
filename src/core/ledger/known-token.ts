/** A token as a running transaction finds it: stored on this chain, or told by the root as a fact. */

import { BoundedCache } from '../bounded-cache.ts';
import { factIn, tokenFact } from './facts.ts';
import { factKey } from './state-key.ts';
import type { StateOverlay } from './state-overlay.ts';
import { definitionOf, type TokenDefinition, tokenInfoKey } from './token-definition.ts';

/** The definition wherever the token lives; ends the run as missing where it has not been told. */
export function tokenDefinition(
  state: StateOverlay,
  symbol: string,
  height: number,
): TokenDefinition | undefined {
  const { issuer, fact, told } = placesFor(symbol);
  // What is stored or told is found without asking where it lives, which costs more than looking.
  const stored = definitionOf(state, symbol, state.getOwned(issuer));
  if (stored !== undefined) return stored;
  const answer = state.getOwned(told);
  if (answer === undefined && state.reaches(issuer)) return undefined;
  return factIn(answer, fact, height).value;
}

/** Digits after the point; `undefined` where the token does not exist. */
export function decimalOf(state: StateOverlay, symbol: string, height: number): number | undefined {
  return tokenDefinition(state, symbol, height)?.decimal;
}

/** Where a definition may be found here; built once a token, since every transfer looks. */
type Places = { readonly issuer: string; readonly fact: string; readonly told: string };

const placesOf = new BoundedCache<string, Places>(1024);

function placesFor(symbol: string): Places {
  let places = placesOf.get(symbol);
  if (places === undefined) {
    const fact = tokenFact(symbol);
    places = { issuer: tokenInfoKey(symbol, 'issuer'), fact, told: factKey(fact) };
    placesOf.set(symbol, places);
  }
  return places;
}
