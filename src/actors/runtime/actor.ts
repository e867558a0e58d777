/**
 * What an actor is: an object on a thread of its own that reacts to messages, one at a time.
 *
 * The run loop owns everything an actor must not think about: polling order, budgets, backpressure,
 * wake-ups, batching of commits, metrics, crash and stop. Invariant: no two methods of one actor
 * ever run at the same time, so an actor needs no locks.
 *
 * Two kinds of thread (`ActorKind`):
 * - `ring-driven`: sleeps in `Atomics.wait`. Nothing of Node's event loop runs while it lives: no
 *   promise continues, no Node timer fires. For CPU actors: shard, consensus.
 * - `event-loop`: sleeps in Node's event loop (`Atomics.waitAsync`). Sockets, LMDB and promises
 *   work; what arrives there calls `context.requestTurn()` when it wants `onTurnEnd` to run.
 */

import type { Message } from '#ipc/frame.ts';
import type { ActorContext } from './actor-context.ts';

export type ActorKind = 'ring-driven' | 'event-loop';

/** Life cycle: `onStart`, then messages, timers, ticks and turn ends, then `onDrain`, then `onStop`. */
export interface Actor<Inbound extends Message = Message> {
  /**
   * Rebuild state from storage and take the senders. Messages wait until it has returned. It may
   * be async in both kinds (the loop starts afterwards). An actor that died starts again with a
   * fresh object: state comes from storage or from peers, never from the dead thread.
   */
  onStart(context: ActorContext): void | Promise<void>;

  /**
   * `from` is the peer's actor name. Byte fields are the actor's own copy and may be kept, unless the
   * actor borrows them.
   */
  onMessage(message: Inbound, from: string): void;

  /**
   * True: the actor copies what it keeps, so byte fields are valid only during `onMessage`. For
   * actors of large messages, which would else be an allocation each.
   */
  readonly borrowsBytes?: boolean;

  /** A timer set by `context.setTimer` is due. A timer fires once. */
  onTimer?(id: string, nowMs: number): void;

  /** Housekeeping, about every `tickMs` of the actor's topology row. */
  onTick?(nowMs: number): void;

  /** After a turn that handled something: flush what was batched. Sends become visible afterwards. */
  onTurnEnd?(nowMs: number): void;

  /** Nothing to read: spare time, called once before the thread goes to sleep. Keep it short. */
  onIdle?(nowMs: number): void;

  /**
   * The peer died: the links to and from it are new and empty. What was sent before may or may not
   * have been handled, what it had sent and was not read is gone. Ask again for what is unanswered.
   */
  onPeerRestarted?(peer: string): void;

  /**
   * Some reliable outbound link overflows (`true`), or all flow again (`false`). The loop itself
   * stops reading `work` links meanwhile; actors with sockets must stop reading those.
   */
  onCongestion?(congested: boolean): void;

  /** The node stops: take no new work from outside; finish what is in flight. */
  onDrain?(): void;

  /** While draining: false as long as something in flight (a block being flushed) must be awaited. */
  isDrained?(): boolean;

  /** Last call: close sockets, files, pools. What it sends is still delivered. */
  onStop(): void | Promise<void>;
}

/** The worker entry of an actor exports `const createActor: ActorFactory<Options, Inbound>`. */
export type ActorFactory<Options, Inbound extends Message> = (options: Options) => Actor<Inbound>;
