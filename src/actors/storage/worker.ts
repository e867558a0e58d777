/** Entry of the storage actor's thread. */

import type { ActorFactory } from '#actors/runtime/actor.ts';
import type { StorageInbound } from './protocol.ts';
import { StorageActor, type StorageOptions } from './storage-actor.ts';

export const createActor: ActorFactory<StorageOptions, StorageInbound> = (options) =>
  new StorageActor(options);
