/**
 * JSON as the reference's encoder writes it: no spaces, and `<`, `>`, `&` and the two line separators
 * escaped. Receipts and return values are hashed and shown, so the bytes matter.
 */

/** Printable ASCII without the characters that need an escape: the usual case, copied as it is. */
const PLAIN = /^[ !#-%'-;=?-[\]-~]*$/;
const ESCAPED = /[<>&\u2028\u2029]/g;

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

export function goJsonString(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  // V8 abbreviates backspace and form feed, Go spells them out; both are escapes after stringify.
  const quoted = JSON.stringify(text.toWellFormed());
  return quoted
    .replace(ESCAPED, (character) => SHORT_ESCAPES[character] ?? character)
    .replace(/\\(\\|b|f)/g, (whole, letter) =>
      letter === 'b' ? '\\u0008' : letter === 'f' ? '\\u000c' : whole,
    );
}

/** An array of texts, integers and truth values. */
export function goJson(values: readonly (string | bigint | boolean)[]): string {
  let text = '[';
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as string | bigint | boolean;
    if (index > 0) text += ',';
    text += typeof value === 'string' ? goJsonString(value) : String(value);
  }
  return `${text}]`;
}
