/** Worker entry of a shard actor. */

import type { ChainOptions } from '#actors/chain/chain-options.ts';
import type { ActorFactory } from '#actors/runtime/actor.ts';
import { ShardActor, type ShardInbound } from './shard-actor.ts';

export const createActor: ActorFactory<ChainOptions, ShardInbound> = (options) =>
  new ShardActor(options);
