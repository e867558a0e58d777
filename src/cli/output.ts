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

/** Rows of equally many columns, each as wide as its widest entry. */
export function printColumns(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  for (const row of rows) {
    print(
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
}

/** Two columns, the first as wide as its widest entry. */
export function printTable(rows: readonly (readonly [string, string])[]): void {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  for (const [left, right] of rows) print(`${left.padEnd(width)}  ${right}`);
}
