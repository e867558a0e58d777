/**
 * The supervisor's end of the rings to all actors, read on the main thread's event loop. Reads in
 * small portions, so that a flood of log records does not hold up signals and the metrics endpoint.
 */

import type {
  ActorToSupervisor,
  LogRecord,
  SupervisorToActor,
} from '#actors/runtime/control-protocol.ts';
import { SUPERVISOR } from '#actors/runtime/control-protocol.ts';
import { LinkTable } from '#actors/runtime/link-table.ts';
import type { PeerRelink } from '#actors/runtime/wiring.ts';
import { Doorbell } from '#ipc/doorbell.ts';
import type { LinkReceiver } from '#ipc/link.ts';
import type { TopologyWiring } from './wire-topology.ts';

const VISIT_MESSAGES_MAX = 128;
const SLEEP_MS_MAX = 500;

export type InboxMessage = ActorToSupervisor | LogRecord;

export class SupervisorInbox {
  readonly #links: LinkTable;
  readonly #doorbell: Doorbell;
  readonly #onMessage: (message: InboxMessage, from: string) => void;
  #pumpScheduled = false;
  #closed = false;

  constructor(wiring: TopologyWiring, onMessage: (message: InboxMessage, from: string) => void) {
    const { inbound, outbound } = wiring.linksOf(SUPERVISOR);
    this.#links = new LinkTable(inbound, outbound, () => this.#schedule());
    this.#doorbell = new Doorbell(wiring.doorbellOf(SUPERVISOR));
    this.#onMessage = onMessage;
    this.#schedule();
  }

  /** Delivered at once: control messages are rare. */
  send(actor: string, message: SupervisorToActor): void {
    this.#links.sender<SupervisorToActor>(actor, '').send(message);
    this.#links.flush();
  }

  /** Handles everything `actor` has said so far; called when its thread is gone. */
  drain(actor: string): void {
    for (const receiver of this.#receivers()) {
      if (receiver.peer === actor) while (this.#visit(receiver) > 0);
    }
  }

  /** The actor died: its rings have been replaced. */
  relink(fresh: PeerRelink): void {
    this.#links.relink(fresh);
  }

  /** No further message is handled. */
  close(): void {
    this.#closed = true;
  }

  #receivers(): readonly LinkReceiver[] {
    return [...this.#links.receivers('control'), ...this.#links.receivers('reply')];
  }

  #schedule(): void {
    if (this.#pumpScheduled || this.#closed) return;
    this.#pumpScheduled = true;
    setImmediate(this.#pump);
  }

  #pump = (): void => {
    this.#pumpScheduled = false;
    if (this.#closed) return;
    this.#doorbell.awake();
    for (const receiver of this.#receivers()) this.#visit(receiver);
    this.#links.flush();
    const asleep = this.#doorbell.trySleepAsync(
      SLEEP_MS_MAX,
      () => this.#links.hasWork(),
      () => this.#schedule(),
    );
    if (!asleep) this.#schedule();
  };

  #visit(receiver: LinkReceiver): number {
    let count = 0;
    while (count < VISIT_MESSAGES_MAX) {
      const message = receiver.next();
      if (message === undefined) break;
      count += 1;
      this.#onMessage(message as InboxMessage, receiver.peer);
    }
    if (count > 0) receiver.release();
    return count;
  }
}
