/** A reporter of node:test that writes each outcome as one line of JSON, for `test/run.ts`. */

import type { TestEvent } from 'node:test/reporters';

export type Outcome = {
  readonly name: string;
  readonly result: 'passed' | 'failed' | 'skipped';
  /** `file:line` of the test; empty for a file that failed as a whole. */
  readonly place: string;
  /** What was thrown, if it failed. */
  readonly reason: string;
};

// biome-ignore lint/style/noDefaultExport: node:test takes a reporter by its default export
export default async function* reportOutcomes(
  events: AsyncIterable<TestEvent>,
): AsyncGenerator<string> {
  for await (const event of events) {
    const outcome = outcomeOf(event);
    if (outcome !== undefined) yield `${JSON.stringify(outcome)}\n`;
  }
}

function outcomeOf(event: TestEvent): Outcome | undefined {
  if (event.type !== 'test:pass' && event.type !== 'test:fail') return undefined;
  const { name, file = '', line = 0, skip, details } = event.data;
  if (details.type === 'suite') return undefined;
  const place = file === '' ? '' : `${file}:${line}`;
  if (event.type === 'test:fail') {
    return { name, result: 'failed', place, reason: reasonOf(event.data.details.error) };
  }
  return { name, result: skip === undefined ? 'passed' : 'skipped', place, reason: '' };
}

/** The runner wraps what a test threw; the cause is what a reader wants. */
function reasonOf(error: Error): string {
  const thrown = error.cause instanceof Error ? error.cause : error;
  return thrown.stack ?? String(thrown);
}
