/**
 * Goal: who was away gets all blocks from whoever has them, whatever liars and the silent among its
 * peers do; they are found out, and nothing that does not verify is ever executed.
 * Method: whole chains of four validators in virtual time; one of them answers requests wrongly.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { SyncEvent } from '#core/sync/sync-events.ts';
import { readGenesis } from '#test/support/genesis.ts';
import { ValidatorNetwork } from './validator-network.ts';

const CHAINS = [0, 1];
const AWAY = 3;
const ROGUE = 1;

type Answer = Extract<SyncEvent, { readonly kind: 'headers' | 'bodies' }>;

/** A network in which one validator has missed many blocks. */
function networkWithOneBehind(seed: number): ValidatorNetwork {
  const network = new ValidatorNetwork({
    seed,
    validators: 4,
    shards: 2,
    genesis: readGenesis('dev'),
    delayMs: 20,
    lossPerMille: 0,
  });
  network.run(1000);
  network.stop(AWAY);
  network.run(12_000);
  return network;
}

/** Starts it again and lets it catch up with a rogue among its peers. */
function catchUp(network: ValidatorNetwork, change: (answer: Answer) => Answer | undefined): void {
  const honest = network.answer;
  network.answer = (server, asked) => {
    const answer = honest(server, asked) as Answer;
    return server.validator === ROGUE ? change(answer) : answer;
  };
  network.start(AWAY);
  network.run(12_000);
  for (const chain of CHAINS) {
    const goal = network.height(0, chain);
    assert.ok(goal > 40, 'there was something to miss');
    assert.ok(
      network.height(AWAY, chain) >= goal - 3,
      `at ${network.height(AWAY, chain)} of ${goal}`,
    );
    const own = network.hashes(AWAY, chain);
    assert.deepEqual(own.slice(0, goal - 3), network.hashes(0, chain).slice(0, goal - 3));
  }
}

function spoilt(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[copy.length >> 1] = (copy[copy.length >> 1] as number) ^ 1;
  return copy;
}

function reportsOf(network: ValidatorNetwork, peer: number): readonly string[] {
  return network.reports.filter((report) => report.startsWith(`${AWAY} ${peer}: `));
}

test('blocks come from several peers at once, and nobody is suspected', () => {
  const network = networkWithOneBehind(1);
  const asked = new Set<number>();
  const honest = network.answer;
  network.answer = (server, request) => {
    if (request.kind === 'wantBodies') asked.add(server.validator);
    return honest(server, request);
  };
  catchUp(network, (answer) => answer);
  assert.deepEqual(asked, new Set([0, 1, 2]));
  assert.deepEqual(network.reports, []);
});

for (const [name, change, report] of [
  [
    'bodies of other blocks',
    (answer: Answer) =>
      answer.kind === 'bodies' ? { ...answer, bodies: answer.bodies.map(spoilt) } : answer,
    /junk a body that is not the one of block/,
  ],
  [
    'more bodies than asked for',
    (answer: Answer) =>
      answer.kind === 'bodies'
        ? { ...answer, bodies: [...answer.bodies, ...answer.bodies] }
        : answer,
    /junk more than asked for/,
  ],
  [
    'headers that are not those',
    (answer: Answer) =>
      answer.kind === 'headers' ? { ...answer, headers: answer.headers.map(spoilt) } : answer,
    /junk (a header that|no valid certificate)/,
  ],
  [
    'proofs that prove nothing',
    (answer: Answer) =>
      answer.kind === 'headers' ? { ...answer, proofs: answer.proofs.map(spoilt) } : answer,
    /junk (a header that cannot be read|no valid certificate)/,
  ],
  [
    'headers with a gap',
    (answer: Answer) =>
      answer.kind === 'headers'
        ? { ...answer, headers: answer.headers.slice(1), proofs: answer.proofs.slice(1) }
        : answer,
    /junk (a header that does not follow|nothing for block)/,
  ],
  ['nothing at all', () => undefined, /silence no answer to a request/],
] as const) {
  test(`a peer that answers with ${name} is found out and does not stop the others`, () => {
    const network = networkWithOneBehind(2);
    catchUp(network, change);
    const reports = reportsOf(network, ROGUE);
    assert.ok(reports.length > 0, 'it was asked');
    for (const each of reports) assert.match(each, report);
    for (const honest of [0, 2]) assert.deepEqual(reportsOf(network, honest), []);
  });
}

test('who claims blocks that do not exist is found out', () => {
  const network = networkWithOneBehind(3);
  const truth = network.claim;
  network.claim = (validator, chain) => truth(validator, chain) + (validator === ROGUE ? 1000 : 0);
  catchUp(network, (answer) => answer);
  const reports = reportsOf(network, ROGUE);
  assert.ok(reports.length > 0, 'it was asked');
  for (const each of reports)
    assert.match(each, /junk nothing for block \d+, which it says to have/);
});
