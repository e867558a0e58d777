/**
 * "Did you mean": the known name nearest to a mistyped one, by the edits that fingers make (insert,
 * drop, replace, swap neighbours). A name of the right last part under another section counts as
 * near, because the section is what people forget (`port` for `rpc.port`).
 */

/** The nearest name, or `undefined` if none is near enough to be a likely slip. */
export function suggest(name: string, known: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const distance = Math.min(
      editDistance(wanted, candidate.toLowerCase()),
      // A hit on the last part alone is a weaker hint than a near miss of the whole.
      editDistance(lastPart(wanted), lastPart(candidate.toLowerCase())) + 1,
    );
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  const tolerated = Math.max(1, Math.ceil(wanted.length / 3));
  return bestDistance <= tolerated ? best : undefined;
}

/** ` (did you mean X?)` or nothing, to be put behind a message. */
export function suggestion(name: string, known: readonly string[]): string {
  const near = suggest(name, known);
  return near === undefined ? '' : `; did you mean ${near}?`;
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** Optimal string alignment distance, row by row. */
function editDistance(left: string, right: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      let cost = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
      );
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (row > 1 && column > 1 && swapped) cost = Math.min(cost, at(beforeLast, column - 2) + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, right.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
