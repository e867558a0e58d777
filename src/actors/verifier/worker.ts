/** Entry of the verifier's thread. */

import type { ActorFactory } from '#actors/runtime/actor.ts';
import type { VerifierInbound } from './protocol.ts';
import { VerifierActor, type VerifierOptions } from './verifier-actor.ts';

export const createActor: ActorFactory<VerifierOptions, VerifierInbound> = (options) =>
  new VerifierActor(options);
