import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandFailure } from '#cli/command-failure.ts';
import { argumentList, typedArguments } from '#cli/contract-arguments.ts';
import { readLimit } from '#cli/contract-source.ts';

const CONTRACT = {
  id: 'ContractX',
  code: '',
  language: 'javascript',
  version: '1.0.0',
  orig_code: '',
  abis: [
    { name: 'run', args: ['string', 'number', 'bool', 'json'], amount_limit: [] },
    { name: 'plain', args: [], amount_limit: [] },
  ],
};

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof CommandFailure);
    assert.equal(error.exitCode, 64);
    return `${error.message}; ${error.fix}`;
  }
  assert.fail('it has to be refused');
}

const run = (...args: readonly string[]) => typedArguments(CONTRACT, 'run', args);

test('arguments are read as the types of the ABI, digit by digit', () => {
  assert.equal(
    run('12', '9007199254740993', 'true', '{"a": [1]}'),
    '["12",9007199254740993,true,{"a": [1]}]',
  );
  assert.equal(run('say "no"', '-1', 'false', 'null'), '["say \\"no\\"",-1,false,null]');
  assert.equal(typedArguments(CONTRACT, 'plain', []), '[]');
});

test('what does not fit is refused with what would', () => {
  assert.match(
    refusal(() => run('a', '1.5', 'true', '{}')),
    /"1.5" is no whole number/,
  );
  assert.match(
    refusal(() => run('a', '1', 'yes', '{}')),
    /neither true nor false/,
  );
  assert.match(
    refusal(() => run('a', '1', 'true', '{a:1}')),
    /no JSON/,
  );
  assert.match(
    refusal(() => run('a')),
    /takes 4 arguments, not 1; .*string, number, bool, json/,
  );
  const unknown = refusal(() => typedArguments(CONTRACT, 'walk', []));
  assert.match(unknown, /has no ABI walk; it has: run, plain/);
});

test('a whole list is taken as it stands', () => {
  assert.equal(argumentList('["a", 12345678901234567890]'), '["a", 12345678901234567890]');
  assert.match(
    refusal(() => argumentList('{"a":1}')),
    /no JSON list/,
  );
  assert.match(
    refusal(() => argumentList('[a]')),
    /no JSON list/,
  );
});

test('limits: token and amount, with or without the ABI before them', () => {
  assert.deepEqual(readLimit('iost:12.5'), { abi: '*', limit: { token: 'iost', value: '12.5' } });
  assert.deepEqual(readLimit('buy:*:unlimited'), {
    abi: 'buy',
    limit: { token: '*', value: 'unlimited' },
  });
  for (const wrong of ['iost', 'iost:-1', '10:iost:', 'a:b:iost:1', 'iost:1e3']) {
    assert.match(
      refusal(() => readLimit(wrong)),
      /is no limit; write token:amount/,
      wrong,
    );
  }
});
