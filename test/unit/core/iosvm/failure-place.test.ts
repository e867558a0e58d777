import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failurePlace } from '#core/iosvm/failure-place.ts';
import { instrument } from '#core/iosvm/instrument.ts';
import { describeFlaw, placeOf } from '#core/iosvm/source-place.ts';

const SOURCE = `// Says no.
class Refuse {
  init() {}
  run(reason) {
    const why = reason + '!'; throw new Error(why);
  }
}
module.exports = Refuse;
`;

/** A receipt's words for a failure at what stands in the instrumented code of a source. */
function words(source: string, code: string, reason: string): string {
  const instrumented = instrument(source);
  assert.ok(instrumented.ok);
  const { line, column } = placeOf(instrumented.value, instrumented.value.indexOf(code));
  const shown = instrumented.value.split('\n')[line - 1];
  return `Uncaught exception: ${reason}\nat _default_name.js:${line}:${column}\n  ${shown}\n  ^\nStack tree: \n${reason}`;
}

test('a failure is shown at its place in the source', () => {
  const flaw = failurePlace(words(SOURCE, 'throw new Error', 'Error: no!'), SOURCE);
  assert.ok(flaw !== undefined);
  assert.equal(
    describeFlaw('refuse.js', SOURCE, flaw),
    `refuse.js:5:31: Uncaught exception: Error: no!
        const why = reason + '!'; throw new Error(why);
                                  ^`,
  );
});

test('of a failure in a called contract the place of the call counts', () => {
  const caller = `class Caller {
  init() {}
  run() {
    return blockchain.call('ContractX', 'run', []);
  }
}
module.exports = Caller;
`;
  const inner = words(SOURCE, 'throw new Error', 'Error: no!');
  const message = words(caller, "blockchain.call('ContractX'", `Error: ${inner}`);
  const flaw = failurePlace(message, caller);
  assert.ok(flaw !== undefined);
  assert.equal(flaw.message, 'Uncaught exception: Error: Uncaught exception: Error: no!');
  assert.deepEqual(placeOf(caller, flaw.at), { line: 4, column: 12 });
  // The place of the called one alone is none of the caller's.
  assert.equal(failurePlace(inner, caller), undefined);
});

test('words without a place, or sources that are none, have none', () => {
  assert.equal(failurePlace('out of gas', SOURCE), undefined);
  assert.equal(failurePlace('x\nat _default_name.js:900:1', SOURCE), undefined);
  assert.equal(failurePlace('x\nat _default_name.js:1:1', 'no source {'), undefined);
});
