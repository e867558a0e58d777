/**
 * Facts: stable truths about state of other chains (cross-shard.md, mechanism 1). The names:
 *   account:<id>             the account exists
 *   token:<symbol>           the token exists; `value` is its unchanging part (TokenDefinition)
 *   entry:<token>:<account>  the account has a balance entry of the token, so nobody pays RAM for one
 * A chain that needs one asks the owner; the answer is written under `x-fact-…`. "Yes" holds for
 * ever. "No" may change, so it counts for a few blocks only and is asked again after that.
 */

import { assert } from '../assert.ts';
import { MissingState } from './missing-state.ts';
import { accountKey, balanceKey, factKey, KEY_LENGTH_MAX, mapKey } from './state-key.ts';
import type { StateOverlay } from './state-overlay.ts';
import type { StateValue } from './state-value.ts';
import { readTokenDefinition, type TokenDefinition } from './token-definition.ts';

/** Blocks for which a "no" counts. */
export const NEGATIVE_FACT_BLOCKS = 8;

export type FactAnswer = { readonly yes: boolean; readonly value?: TokenDefinition };

export const accountFact = (account: string): string => `account:${account}`;
export const tokenFact = (token: string): string => `token:${token}`;
export const entryFact = (token: string, account: string): string => `entry:${token}:${account}`;

/** Whether a text from elsewhere is the name of a fact. */
export function isFact(text: string): boolean {
  const { kind, subject, rest } = parts(text);
  if (subject === '' || text.length > KEY_LENGTH_MAX) return false;
  switch (kind) {
    case 'account':
      return text === accountFact(subject);
    case 'token':
      return text === tokenFact(subject);
    case 'entry':
      return rest !== '' && text === entryFact(subject, rest);
    default:
      return false;
  }
}

/** The key whose chain can answer the fact. */
export function factOwnerKey(fact: string): string {
  const { kind, subject, rest } = parts(fact);
  switch (kind) {
    case 'account':
      return accountKey(subject);
    case 'token':
      return mapKey('token.iost', `TI${subject}`, 'issuer');
    case 'entry':
      return balanceKey(rest, subject);
    default:
      assert(false, `a fact has a known kind: ${kind}`);
  }
}

/** Answers a fact from the state of its owner; to be asked only on the chain of `factOwnerKey`. */
export function answerFact(state: StateOverlay, fact: string): FactAnswer {
  const { kind, subject } = parts(fact);
  if (kind === 'token') {
    const value = readTokenDefinition(state, subject);
    return value === undefined ? { yes: false } : { yes: true, value };
  }
  return { yes: state.has(factOwnerKey(fact)) };
}

/** The state value under which the chain that asked keeps the answer. */
export function factValue(answer: FactAnswer, height: number): StateValue {
  const value = answer.yes ? JSON.stringify(answer) : `{"yes":false,"height":${height}}`;
  return { kind: 'json', value, payer: 'system.iost' };
}

/** A fact that this chain has been told, or `MissingState` where it has to be asked for. */
export function toldFact(state: StateOverlay, fact: string, height: number): FactAnswer {
  return factIn(state.get(factKey(fact)), fact, height);
}

/** As `toldFact` where what is stored of the fact has been read. */
export function factIn(told: StateValue | undefined, fact: string, height: number): FactAnswer {
  if (told?.kind !== 'json') throw MissingState.fact(fact);
  const known = parsedFact(told);
  if (!known.yes && height - (known.height ?? 0) > NEGATIVE_FACT_BLOCKS) {
    throw MissingState.fact(fact);
  }
  return known;
}

type ToldFact = FactAnswer & { readonly height?: number };

/** Parsed once per stored value: values are immutable and shared by the read cache. */
type FactValue = StateValue & { readonly kind: 'json'; parsed?: ToldFact };

function parsedFact(told: FactValue): ToldFact {
  told.parsed ??= JSON.parse(told.value) as ToldFact;
  return told.parsed;
}

function parts(fact: string): { kind: string; subject: string; rest: string } {
  const [kind = '', subject = '', rest = ''] = fact.split(':');
  return { kind, subject, rest };
}
