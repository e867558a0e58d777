/**
 * What a token is, apart from its supply: set at creation and never changed, so it can travel as a
 * fact. It lives at the root chain under the reference's keys `m-token.iost-TI<symbol>-…`.
 */

import { BoundedCache } from '../bounded-cache.ts';
import { factIn, tokenFact } from './facts.ts';
import type { StateReader } from './ports.ts';
import { factKey, mapKey } from './state-key.ts';
import type { StateOverlay } from './state-overlay.ts';
import type { StateValue } from './state-value.ts';

export type TokenDefinition = {
  readonly issuer: string;
  /** Digits after the point, 0 … 18. */
  readonly decimal: number;
  readonly canTransfer: boolean;
  readonly onlyIssuerCanTransfer: boolean;
  readonly fullName: string;
};

export const tokenInfoKey = (symbol: string, field: string): string =>
  mapKey('token.iost', `TI${symbol}`, field);

/** Read once per stored issuer: the parts of a definition are written together and never again. */
type IssuerValue = StateValue & { definition?: TokenDefinition };

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

/** The definition as the token's own chain stores it. */
export function readTokenDefinition(
  state: StateReader,
  symbol: string,
): TokenDefinition | undefined {
  return definitionOf(state, symbol, state.get(tokenInfoKey(symbol, 'issuer')));
}

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

function definitionOf(
  state: StateReader,
  symbol: string,
  issuer: IssuerValue | undefined,
): TokenDefinition | undefined {
  if (issuer?.kind !== 'string') return undefined;
  issuer.definition ??= readParts(state, symbol, issuer.value);
  return issuer.definition;
}

/** Digits after the point; `undefined` where the token does not exist. */
export function decimalOf(state: StateOverlay, symbol: string, height: number): number | undefined {
  return tokenDefinition(state, symbol, height)?.decimal;
}

function readParts(state: StateReader, symbol: string, issuer: string): TokenDefinition {
  return {
    issuer,
    decimal: numberOf(state, tokenInfoKey(symbol, 'decimal')),
    canTransfer: truthOf(state, tokenInfoKey(symbol, 'canTransfer')),
    onlyIssuerCanTransfer: truthOf(state, tokenInfoKey(symbol, 'onlyIssuerCanTransfer')),
    fullName: textOf(state, tokenInfoKey(symbol, 'fullName')),
  };
}

function numberOf(state: StateReader, key: string): number {
  const value = state.get(key);
  return value?.kind === 'int' ? Number(value.value) : 0;
}

function truthOf(state: StateReader, key: string): boolean {
  const value = state.get(key);
  return value?.kind === 'bool' && value.value;
}

function textOf(state: StateReader, key: string): string {
  const value = state.get(key);
  return value?.kind === 'string' ? value.value : '';
}
