/** Names of tokens and NFTs: 2–16 of [a-z0-9_] (spec go-iost §6.2). */

import { utf8Bytes } from '../../state-value.ts';

const LENGTH_MIN = 2;
const LENGTH_MAX = 16;

/** Why the name may not be used; `undefined` when it may. */
export function symbolProblem(symbol: string): string | undefined {
  const bytes = utf8Bytes(symbol);
  if (bytes < LENGTH_MIN || bytes > LENGTH_MAX) {
    return `token symbol invalid. token symbol length should be between 2,16 got ${symbol}`;
  }
  const bad = /[^a-z0-9_]/u.exec(symbol);
  if (bad === null) return undefined;
  return `token symbol invalid. token symbol contains invalid character ${bad[0].codePointAt(0)}`;
}
