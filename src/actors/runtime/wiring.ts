/**
 * What a worker receives as `workerData`: its name, its options and the shared memory of its links.
 * Only the supervisor builds these values and only the run loop reads them; actors never see a
 * SharedArrayBuffer.
 */

import type { Delivery } from '#ipc/link.ts';
import type { ActorKind } from './actor.ts';

/** See LinkRow in `src/node/topology-types.ts`: the order of reading, and what is held back. */
export type LinkPriority = 'control' | 'reply' | 'work';

/** One end of a link as a thread gets it; `peer` is the other end. */
export type LinkWiring = {
  readonly peer: string;
  readonly lane: string;
  readonly ring: SharedArrayBuffer;
  /** The doorbell of the peer's thread. */
  readonly peerDoorbell: SharedArrayBuffer;
  readonly messageBytesMax: number;
  readonly overflowBytesMax: number;
  readonly delivery: Delivery;
  readonly priority: LinkPriority;
};

export type WorkerWiring = {
  readonly name: string;
  readonly module: string;
  readonly kind: ActorKind;
  readonly options: unknown;
  readonly tickMs: number;
  readonly logLevel: string;
  readonly doorbell: SharedArrayBuffer;
  readonly counters: SharedArrayBuffer;
  readonly inbound: readonly LinkWiring[];
  readonly outbound: readonly LinkWiring[];
};

/** Sent by `postMessage` when a peer died: the new rings of all links with it. */
export type PeerRelink = {
  readonly peer: string;
  readonly inbound: readonly LinkWiring[];
  readonly outbound: readonly LinkWiring[];
};
