/** The first period: the rules, and the witnesses as its committee. */

import { base58Decode } from '../../crypto/base58.ts';
import { writeElectors } from '../../pob/checkpoint-state.ts';
import { writeCommittee, writePolicy, writeSeats } from '../../pob/pob-state.ts';
import { policyOf } from '../../pob/policy.ts';
import type { Placement, StateReader } from '../ports.ts';
import { StateOverlay } from '../state-overlay.ts';
import type { StateValue } from '../state-value.ts';
import type { Genesis } from './genesis-config.ts';
import { iostUnits } from './iost-units.ts';

const NOTHING: StateReader = { get: () => undefined };
const WHOLE: Placement = { self: 0, chainOf: () => 0 };

export function genesisPob(genesis: Genesis): readonly (readonly [string, StateValue])[] {
  const state = new StateOverlay(NOTHING, WHOLE);
  state.begin();
  writePolicy(state, policyOf(genesis.pob));
  const members = genesis.witnesses.map(({ id, signatureKey }) => ({
    account: id,
    publicKey: signatureKey,
  }));
  writeSeats(state, members);
  const keys = genesis.witnesses.map(
    ({ signatureKey }) => base58Decode(signatureKey) as Uint8Array,
  );
  const electors = genesis.witnesses.map(({ votes = '0' }, index) => ({
    key: keys[index] as Uint8Array,
    weight: iostUnits(votes),
  }));
  writeElectors(state, 0, electors, keys);
  writeCommittee(state, {
    period: 0,
    members,
    price: '0',
    candidates: genesis.witnesses.length,
  });
  state.commit();
  return [...state.changes()].flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
}
