/** The messages of the actors that exist for tests of the runtime and the supervisor only. */

export type Request = {
  readonly kind: 'request';
  readonly number: number;
  readonly payload: Uint8Array;
};
export type Answer = { readonly kind: 'answer'; readonly number: number };

export type TestMessage = Request | Answer;
