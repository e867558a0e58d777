/** Worker entry of the consensus actor. */

import type { ChainOptions } from '#actors/chain/chain-options.ts';
import type { ActorFactory } from '#actors/runtime/actor.ts';
import { ConsensusActor, type ConsensusInbound } from './consensus-actor.ts';

export const createActor: ActorFactory<ChainOptions, ConsensusInbound> = (options) =>
  new ConsensusActor(options);
