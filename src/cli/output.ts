/**
 * What commands print. Results go to standard output, so that scripts can read them; words about
 * the progress and errors go to standard error.
 */

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** One JSON document, indented: readable, and still one value for a parser. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

export function printProgress(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Two columns, the first as wide as its widest entry. */
export function printTable(rows: readonly (readonly [string, string])[]): void {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  for (const [left, right] of rows) print(`${left.padEnd(width)}  ${right}`);
}
