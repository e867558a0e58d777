/**
 * How many calls of one contract a second a network of two shards takes, in virtual time: what waits
 * for what decides it, not how fast a machine is. The callers live on the other shard.
 */

import { hexOf } from '#core/crypto/hex.ts';
import { contractScene } from './contract-scene.ts';
import { call } from './sim-client.ts';

const CALLS = 200;
const CALL_GAS = 100_000_00n;
const STEP_MS = 50;
/** They expire then. */
const LIFETIME_MS = 90_000;

type CallScene = {
  readonly about: string;
  readonly isOwnerNear: boolean;
  readonly publishers: number;
  /** What every call does: stores a new entry, for which the owner pays, or the same one, or takes tokens. */
  readonly calls: 'grow' | 'stay' | 'deposit';
};

export const CALL_SCENES = [
  {
    about: 'many users, storage grows, its owner is near',
    isOwnerNear: true,
    publishers: 100,
    calls: 'grow',
  },
  {
    about: 'many users, storage grows, its owner is elsewhere',
    isOwnerNear: false,
    publishers: 100,
    calls: 'grow',
  },
  {
    about: 'one publisher, storage stays as large',
    isOwnerNear: true,
    publishers: 1,
    calls: 'stay',
  },
  {
    about: 'one publisher, storage grows, its owner is elsewhere',
    isOwnerNear: false,
    publishers: 1,
    calls: 'grow',
  },
  {
    about: 'one publisher, deposits without a limit',
    isOwnerNear: true,
    publishers: 1,
    calls: 'deposit',
  },
] as const satisfies readonly CallScene[];

/** Calls a second of virtual time; throws where one fails. */
export function callsPerSecond({ isOwnerNear, publishers, calls }: CallScene): number {
  const scene = contractScene({ seed: 1, isOwnerNear, crashesPerSecond: 0 });
  const { network, promises, client, contract, strangers } = scene;
  const users = strangers.slice(0, publishers);
  const ids = Array.from({ length: CALLS }, (_, index) => {
    const publisher = users[index % users.length] as string;
    const actions = [actionOf(calls, contract, publisher, index)];
    return hexOf(client.send({ publisher, actions, gasLimit: CALL_GAS }));
  });
  let ms = 0;
  for (; ms < LIFETIME_MS && ids.some((id) => !promises.ran.has(id)); ms += STEP_MS) {
    network.run(STEP_MS);
  }
  const failed = ids.filter((id) => promises.ran.get(id)?.receipt.statusCode !== 0);
  if (failed.length > 0) throw new Error(`${failed.length} of ${CALLS} calls failed`);
  return Math.round((CALLS / ms) * 1000);
}

function actionOf(calls: CallScene['calls'], contract: string, publisher: string, index: number) {
  if (calls === 'deposit') return call(contract, 'deposit', publisher, '3');
  return call(contract, 'put', calls === 'grow' ? `key${index}` : 'key', 'a value');
}
