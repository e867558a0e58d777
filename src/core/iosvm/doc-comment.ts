/** The JSDoc comment above a method: what its author says about parameters and limits. */

import type { AmountLimit } from '../chain/transaction.ts';
import type { Flaw } from './flaw.ts';
import type { Comment } from './syntax.ts';

export type DocParameter = {
  readonly name: string;
  /** As it stands between the braces; empty where there are none. */
  readonly type: string;
  /** Offset of the type in the source, or of the tag where there is none. */
  readonly at: number;
};

export type DocComment = {
  readonly parameters: readonly DocParameter[];
  /** `undefined` where there is no `@amountLimit`; empty for `@amountLimit none`. */
  readonly amountLimits: readonly AmountLimit[] | undefined;
  readonly flaws: readonly Flaw[];
};

const COMMENT_OPEN = '/*'.length;
const PARAMETER = /@param\b(?:[ \t]+\{([^}\n]*)\})?(?:[ \t]+\[?([A-Za-z_$][\w$]*))?/g;
const LIMIT = /@amountLimit\b[ \t]*([^\n*]*(?:\*[ \t]+\S+)?)/g;
const TOKEN = /^(\*|[a-z0-9_]{2,16})$/;
const VALUE = /^(unlimited|\d+(\.\d+)?)$/;

const NOTHING: DocComment = { parameters: [], amountLimits: undefined, flaws: [] };

/** The comment that ends right above `at`, with nothing but blanks between. */
export function docCommentAbove(
  source: string,
  comments: readonly Comment[],
  at: number,
): DocComment {
  const above = comments.findLast(({ range }) => range[1] <= at);
  if (above?.type !== 'Block' || !above.value.startsWith('*')) return NOTHING;
  if (source.slice(above.range[1], at).trim() !== '') return NOTHING;
  const start = above.range[0] + COMMENT_OPEN;
  const limits = limitsIn(above.value, start);
  return { parameters: parametersIn(above.value, start), ...limits };
}

/** `token value`, as `@amountLimit` and the command line write it. */
export function readAmountLimit(token: string, value: string): AmountLimit | undefined {
  return TOKEN.test(token) && VALUE.test(value) ? { token, value } : undefined;
}

function parametersIn(comment: string, start: number): readonly DocParameter[] {
  const parameters: DocParameter[] = [];
  for (const match of comment.matchAll(PARAMETER)) {
    const [whole, type, name] = match;
    if (name === undefined) continue;
    const brace = whole.indexOf('{');
    const at = start + match.index + (brace < 0 ? 0 : brace + 1);
    parameters.push({ name, type: (type ?? '').trim(), at });
  }
  return parameters;
}

function limitsIn(comment: string, start: number): Pick<DocComment, 'amountLimits' | 'flaws'> {
  const limits: AmountLimit[] = [];
  const flaws: Flaw[] = [];
  let isSaid = false;
  for (const match of comment.matchAll(LIMIT)) {
    isSaid = true;
    const [token = '', value = ''] = (match[1] ?? '').trim().split(/\s+/);
    if (token === 'none' && value === '') continue;
    const limit = readAmountLimit(token, value);
    if (limit !== undefined) limits.push(limit);
    else {
      const message = '@amountLimit is followed by a token and an amount, like "iost 100"';
      flaws.push({ message, at: start + match.index });
    }
  }
  return { amountLimits: isSaid ? limits : undefined, flaws };
}
