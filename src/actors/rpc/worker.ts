/** Worker entry of the rpc actor. */

import type { ActorFactory } from '#actors/runtime/actor.ts';
import type { RpcInbound } from './protocol.ts';
import { RpcActor } from './rpc-actor.ts';
import type { RpcActorOptions } from './rpc-actor-options.ts';

export const createActor: ActorFactory<RpcActorOptions, RpcInbound> = (options) =>
  new RpcActor(options);
