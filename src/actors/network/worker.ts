/** Worker entry of the network actor. */

import type { ActorFactory } from '#actors/runtime/actor.ts';
import { NetworkActor, type NetworkActorOptions, type NetworkInbound } from './network-actor.ts';

export const createActor: ActorFactory<NetworkActorOptions, NetworkInbound> = (options) =>
  new NetworkActor(options);
