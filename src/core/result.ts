/**
 * Expected rejections are values, not exceptions: a function that may refuse its input returns a
 * `Result`. Exceptions are left for bugs (`assert`) and for the outside world (typed errors in io).
 */

/** Either a value or a refusal that names its reason by a stable code. */
export type Result<Value, Failure = Rejection> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: Failure };

/** Why an input was refused: a stable code for machines and the sentence clients of IOST know. */
export type Rejection = { readonly code: string; readonly message: string };

export function ok<Value>(value: Value): { readonly ok: true; readonly value: Value } {
  return { ok: true, value };
}

export function reject(
  code: string,
  message: string,
): { readonly ok: false; readonly failure: Rejection } {
  return { ok: false, failure: { code, message } };
}
