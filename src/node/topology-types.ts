/**
 * The shape of the topology table (`topology.ts`): which actors there are, on what kind of thread,
 * and which directed links join them. `check-topology.ts` refuses a table that breaks the rules
 * stated here, before any thread starts.
 */

import type { ActorKind } from '#actors/runtime/actor.ts';
import type { LinkPriority } from '#actors/runtime/wiring.ts';
import type { Delivery } from '#ipc/link.ts';

/**
 * `restart`: the actor alone starts again, with backoff; its peers get `onPeerRestarted`.
 * `restart-node`: its death ends the process with a clear reason, for the service manager.
 */
export type FailurePolicy = 'restart' | 'restart-node';

export type ActorRow = {
  /** Unique; letters, digits and dashes. `supervisor` is taken. */
  readonly name: string;
  /** Module that exports `createActor` (see ActorFactory): `new URL('…', import.meta.url).href`. */
  readonly module: string;
  readonly kind: ActorKind;
  /** Handed to `createActor`; must be structured-cloneable data, already validated. */
  readonly options: unknown;
  /** Order of the ordered stop, lowest first: 0 rpc and network, 1 verifier, 2 shards, 3 storage. */
  readonly stopStage: number;
  readonly onFailure: FailurePolicy;
  /** Period of `onTick` in ms; 100 unless said. */
  readonly tickMs?: number;
  /**
   * What the thread may allocate between two collections of young objects, in MiB; V8's default of 64
   * unless said. V8 keeps twice as much resident. Less: more of what would soon be garbage is copied.
   */
  readonly semiSpaceMiB?: number;
};

export type LinkRow = {
  readonly from: string;
  readonly to: string;
  /** Only where two actors have several links in one direction: tells them apart. */
  readonly lane?: string;
  /** Ring capacity, a power of two. */
  readonly bytes: number;
  /** Largest encoded message; at most half the ring less the record header. */
  readonly messageBytesMax: number;
  /** `reliable`: overflow waits at the producer, which stops taking work. `lossy`: drops, counted. */
  readonly delivery: Delivery;
  /**
   * `work` brings new work and is held back while the consumer is congested. `reply` brings what
   * follows from work already admitted (answers, confirmations, cross-shard messages): always read.
   * `control` is read before both. Reliable `work` links must not form a cycle: that is what makes
   * a deadlock impossible, and it is checked.
   */
  readonly priority: LinkPriority;
  /** BOUND of the producer's overflow queue: 16 MiB or 4 rings unless said. Beyond it: assertion. */
  readonly overflowBytesMax?: number;
};

export type Topology = {
  readonly actors: readonly ActorRow[];
  readonly links: readonly LinkRow[];
};
