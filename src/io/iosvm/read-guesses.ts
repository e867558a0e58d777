/**
 * Which entries of its own storage a call will read, guessed from what earlier calls of the same ABI
 * read: a key is often an argument, or the publisher, or the same every time. The values go along
 * with the call and save it a question each. A guess changes how long a call takes and nothing else.
 */

import type { Host } from '#core/ledger/host.ts';
import { mapKey, valueKey } from '#core/ledger/state-key.ts';
import { storedText } from './stored-text.ts';

/** BOUND: more than a handful costs more than it saves. */
const GUESSES_MAX = 8;
/** Calls in a row that had no use for a guess, after which it is dropped. */
const IDLE_MAX = 8;
/** Shorter texts occur in others by chance. */
const SOURCE_LENGTH_MIN = 3;
const PUBLISHER = -1;
const CONSTANT = -2;

/** A text that is built around an argument, by its position, or around the publisher. */
type Pattern = { readonly source: number; readonly before: string; readonly after: string };

type Guess = {
  readonly key: Pattern;
  /** `undefined`: not an entry of a map. */
  readonly field: Pattern | undefined;
  idle: number;
};

/** What goes along with one call. */
export type Expected = {
  /** Names and values in turn, as the prelude takes them. */
  readonly values: readonly string[];
  /** One for each value; its position is its bit. */
  readonly guesses: readonly Guess[];
};

export class ReadGuesses {
  readonly #guesses: Guess[] = [];

  /** `undefined` where there is nothing to send along. */
  expected(host: Host, args: readonly string[]): Expected | undefined {
    if (this.#guesses.length === 0) return undefined;
    const values: string[] = [];
    const guesses: Guess[] = [];
    for (const guess of this.#guesses) {
      const key = textOf(guess.key, args, host.publisher);
      const field =
        guess.field === undefined ? undefined : textOf(guess.field, args, host.publisher);
      const value = host.state.peek(
        field === undefined ? valueKey(host.contract, key) : mapKey(host.contract, key, field),
      );
      const text = storedText(value);
      if (text === null) continue;
      values.push(field === undefined ? key : `${key}@${field}`, text);
      guesses.push(guess);
    }
    return values.length === 0 ? undefined : { values, guesses };
  }

  /** `used`: bits of the values that the call asked for. */
  note({ guesses }: Expected, used: number): void {
    for (let position = 0; position < guesses.length; position++) {
      const guess = guesses[position] as Guess;
      guess.idle = (used & (1 << position)) === 0 ? guess.idle + 1 : 0;
      const at = guess.idle > IDLE_MAX ? this.#guesses.indexOf(guess) : -1;
      if (at >= 0) this.#guesses.splice(at, 1);
    }
  }

  /** A call had to ask for this. */
  learn(host: Host, args: readonly string[], key: string, field: string | undefined): void {
    if (this.#guesses.length >= GUESSES_MAX) return;
    const guess = {
      key: patternOf(key, args, host.publisher),
      field: field === undefined ? undefined : patternOf(field, args, host.publisher),
      idle: 0,
    };
    if (!this.#guesses.some((known) => isSame(known, guess))) this.#guesses.push(guess);
  }
}

function textOf({ source, before, after }: Pattern, args: readonly string[], publisher: string) {
  if (source === CONSTANT) return before;
  return before + (source === PUBLISHER ? publisher : (args[source] ?? '')) + after;
}

function patternOf(text: string, args: readonly string[], publisher: string): Pattern {
  const at = args.findIndex((arg) => arg.length >= SOURCE_LENGTH_MIN && text.includes(arg));
  const source = at >= 0 ? at : text.includes(publisher) ? PUBLISHER : CONSTANT;
  if (source === CONSTANT) return { source, before: text, after: '' };
  const inner = source === PUBLISHER ? publisher : (args[source] as string);
  const start = text.indexOf(inner);
  return { source, before: text.slice(0, start), after: text.slice(start + inner.length) };
}

function isSame(left: Guess, right: Guess): boolean {
  return isSamePattern(left.key, right.key) && isSamePattern(left.field, right.field);
}

function isSamePattern(left: Pattern | undefined, right: Pattern | undefined): boolean {
  return (
    left?.source === right?.source && left?.before === right?.before && left?.after === right?.after
  );
}
