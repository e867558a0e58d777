/**
 * JSON as the reference's encoder writes it: no spaces, and `<`, `>`, `&` and the two line separators
 * escaped. Receipts and return values are hashed and shown, so the bytes matter.
 */

const NEED_ESCAPE = new Uint8Array(0x7f);
for (const character of '"\\<>&') NEED_ESCAPE[character.charCodeAt(0)] = 1;
const ESCAPED = /[<>&\u2028\u2029]/g;

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

export function goJsonString(text: string): string {
  if (isPlain(text)) return `"${text}"`;
  // V8 abbreviates backspace and form feed, Go spells them out; both are escapes after stringify.
  const quoted = JSON.stringify(text.toWellFormed());
  return quoted
    .replace(ESCAPED, (character) => SHORT_ESCAPES[character] ?? character)
    .replace(/\\(\\|b|f)/g, (whole, letter) =>
      letter === 'b' ? '\\u0008' : letter === 'f' ? '\\u000c' : whole,
    );
}

/** Printable ASCII without the characters that need an escape: the usual case, copied as it is. */
function isPlain(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code > 0x7e || NEED_ESCAPE[code] === 1) return false;
  }
  return true;
}

function isPlainText(value: string | bigint | boolean): boolean {
  return typeof value === 'string' && isPlain(value);
}

/** An array of texts, integers and truth values. */
export function goJson(values: readonly (string | bigint | boolean)[]): string {
  if (values.length === 0) return '[]';
  if (values.every(isPlainText)) return `["${values.join('","')}"]`;
  let text = '[';
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as string | bigint | boolean;
    if (index > 0) text += ',';
    text += typeof value === 'string' ? goJsonString(value) : String(value);
  }
  return `${text}]`;
}
