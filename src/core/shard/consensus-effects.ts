/** What consensus asks of the world outside the chain, in the words of the chain's own effects. */

import { assertNever } from '../assert.ts';
import type { BftEffect } from '../bft/effects.ts';
import type { ChainBlock } from './chain-block.ts';
import type { ChainEffect } from './chain-effects.ts';
import type { RunningEpoch } from './running-epoch.ts';

/** The rest is for the chain itself. */
export type OutwardEffect = Extract<
  BftEffect<ChainBlock>,
  {
    readonly kind:
      | 'persist'
      | 'setTimer'
      | 'behind'
      | 'sendTo'
      | 'misbehaviour'
      | 'broadcast'
      | 'halted';
  }
>;

/** Members get their keys, and records and timers the names of the chain. */
export function chainEffect(
  effect: OutwardEffect,
  epoch: Pick<RunningEpoch, 'keyOf'>,
): ChainEffect {
  switch (effect.kind) {
    case 'persist':
      return { kind: 'persistVotes', token: effect.token, records: effect.records };
    case 'setTimer':
      return { kind: 'setTimer', timer: 'bft', atMs: effect.atMs };
    case 'sendTo':
      return { kind: 'sendTo', to: epoch.keyOf(effect.member), message: effect.message };
    case 'misbehaviour': {
      const { member, reason } = effect;
      return { kind: 'misbehaviour', validator: epoch.keyOf(member), reason };
    }
    case 'behind':
      return { kind: 'behind' };
    case 'broadcast':
    case 'halted':
      return effect;
    default:
      return assertNever(effect);
  }
}
