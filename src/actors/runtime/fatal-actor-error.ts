/** A failure that starting the actor again cannot cure: the node stops and says why. */

import type { FatalCode, FatalDetails } from './actor-context.ts';

export class FatalActorError extends Error {
  override readonly name = 'FatalActorError';
  readonly code: FatalCode;
  readonly fix: string;

  constructor(reason: string, details: FatalDetails = {}) {
    super(reason, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code ?? 'fault';
    this.fix = details.fix ?? '';
  }
}
