/**
 * Assertions stay on in production. A failed one is a bug of ours: nothing catches it, the actor
 * dies and the supervisor decides. Never use them for input that somebody else wrote.
 */

export class AssertionFailure extends Error {
  override readonly name = 'AssertionFailure';
}

export function assert(condition: unknown, sentence: string): asserts condition {
  if (!condition) throw new AssertionFailure(sentence);
}

/** Ends a `switch` over a union: a forgotten member is a type error, an unknown one at run time a bug. */
export function assertNever(value: never): never {
  throw new AssertionFailure(`unexpected variant: ${JSON.stringify(value)}`);
}
