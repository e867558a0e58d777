/**
 * What a token is, apart from its supply: set at creation and never changed, so it can travel as a
 * fact. It lives at the root chain under the reference's keys `m-token.iost-TI<symbol>-…`.
 */

import type { StateReader } from './ports.ts';
import { mapKey } from './state-key.ts';
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

/** The definition as the token's own chain stores it. */
export function readTokenDefinition(
  state: StateReader,
  symbol: string,
): TokenDefinition | undefined {
  return definitionOf(state, symbol, state.get(tokenInfoKey(symbol, 'issuer')));
}

/** The definition whose stored issuer is known already. */
export function definitionOf(
  state: StateReader,
  symbol: string,
  issuer: IssuerValue | undefined,
): TokenDefinition | undefined {
  if (issuer?.kind !== 'string') return undefined;
  issuer.definition ??= readParts(state, symbol, issuer.value);
  return issuer.definition;
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
