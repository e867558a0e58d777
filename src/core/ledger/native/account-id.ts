/** Which ids an account can have (spec go-iost §1.3), in the words of auth.iost. */

/** The account that burnt tokens go to: it exists in every network and nobody has its key. */
export const DEAD_ACCOUNT = 'deadaddr';

const NAME_CHARS_MIN = 5;
const NAME_CHARS_MAX = 11;
const ETHEREUM_ID = /^0x[0-9a-f]{40}$/;

/** An address of 20 bytes in lower-case hex; such an account has no keys of its own in its record. */
export function isEthereumId(id: string): boolean {
  return ETHEREUM_ID.test(id);
}

/** Why an id cannot be signed up; `undefined` where it can. */
export function accountIdProblem(id: string): string | undefined {
  if (isEthereumId(id)) return undefined;
  if (id.length < NAME_CHARS_MIN || id.length > NAME_CHARS_MAX) {
    return `id invalid. id length should be between 5,11 > ${id}`;
  }
  const bad = /[^a-z0-9_]/.exec(id);
  return bad === null ? undefined : `id invalid. id contains invalid character > ${bad[0]}`;
}
