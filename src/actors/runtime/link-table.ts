/**
 * All links of one actor: reading order, congestion, and the exchange of rings when a peer died.
 *
 * Invariant (no deadlock): while any reliable outbound link overflows or the actor holds work back,
 * no `work` link is read, and `control` and `reply` links always are. Reliable work links form no
 * cycle (check-topology), so some consumer at the end of every chain of full rings still reads.
 */

import { assert } from '#core/assert.ts';
import type { Message } from '#ipc/frame.ts';
import { LinkReceiver, LinkSender, type SenderWatch } from '#ipc/link.ts';
import type { LinkPriority, LinkWiring, PeerRelink } from './wiring.ts';

type Inbound = {
  readonly receiver: LinkReceiver;
  readonly lane: string;
  readonly priority: LinkPriority;
};

export class LinkTable {
  readonly #senders = new Map<string, LinkSender>();
  readonly #senderList: LinkSender[] = [];
  readonly #inbound: Inbound[];
  readonly #byPriority: Record<LinkPriority, readonly LinkReceiver[]>;
  #congestedCount = 0;
  #workHeld = false;
  #dirty = false;
  readonly #onDirty: () => void;

  /** `onDirty` is called when something unpublished appears after a `flush`. */
  constructor(
    inbound: readonly LinkWiring[],
    outbound: readonly LinkWiring[],
    onDirty: () => void,
  ) {
    this.#onDirty = onDirty;
    this.#inbound = inbound.map((wiring) => ({
      receiver: new LinkReceiver(wiring.peer, wiring.ring, wiring.peerDoorbell),
      lane: wiring.lane,
      priority: wiring.priority,
    }));
    const ofPriority = (wanted: LinkPriority): readonly LinkReceiver[] =>
      this.#inbound.filter(({ priority }) => priority === wanted).map(({ receiver }) => receiver);
    this.#byPriority = {
      control: ofPriority('control'),
      reply: ofPriority('reply'),
      work: ofPriority('work'),
    };
    for (const wiring of outbound) this.#addSender(wiring);
  }

  receivers(priority: LinkPriority): readonly LinkReceiver[] {
    return this.#byPriority[priority];
  }
  get congested(): boolean {
    return this.#congestedCount > 0;
  }
  /** No `work` link may be read now. */
  get refusesWork(): boolean {
    return this.#congestedCount > 0 || this.#workHeld;
  }
  get inboundPeers(): readonly string[] {
    return [...new Set(this.#inbound.map((inbound) => inbound.receiver.peer))];
  }
  get outboundPeers(): readonly string[] {
    return [...new Set(this.#senderList.map((sender) => sender.peer))];
  }

  sender<Outbound extends Message>(peer: string, lane: string): LinkSender<Outbound> {
    const sender = this.#senders.get(linkKey(peer, lane));
    assert(sender !== undefined, `the topology has a link to ${peer} (lane "${lane}")`);
    return sender as unknown as LinkSender<Outbound>;
  }

  holdWork(held: boolean): void {
    this.#workHeld = held;
  }

  /** Moves overflow on and publishes everything sent: end of turn. */
  flush(): void {
    if (!this.#dirty && this.#congestedCount === 0) return;
    this.#dirty = false;
    for (const sender of this.#senderList) sender.flush();
  }

  /** Something that may be read now is there, or overflow can move on. */
  hasWork(): boolean {
    if (hasUnread(this.#byPriority.control) || hasUnread(this.#byPriority.reply)) return true;
    if (!this.refusesWork) return hasUnread(this.#byPriority.work);
    return this.#senderList.some((sender) => sender.congested && sender.hasRoomSignal);
  }

  /** Nothing unread and nothing waiting: what draining waits for. */
  isQuiet(): boolean {
    return this.#congestedCount === 0 && this.#inbound.every(({ receiver }) => receiver.isEmpty);
  }

  /** Fresh rings for all links with a peer that died. */
  relink(fresh: PeerRelink): void {
    for (const wiring of fresh.outbound) {
      this.sender(wiring.peer, wiring.lane).relink(wiring.ring, wiring.peerDoorbell);
    }
    for (const wiring of fresh.inbound) {
      const found = this.#inbound.find(
        ({ receiver, lane }) => receiver.peer === wiring.peer && lane === wiring.lane,
      );
      assert(found !== undefined, `a relinked link from ${wiring.peer} exists`);
      found.receiver.relink(wiring.ring, wiring.peerDoorbell);
    }
  }

  closeSendersTo(peer: string): void {
    for (const sender of this.#senderList) if (sender.peer === peer) sender.close();
  }

  totals(): LinkTotals {
    let sentCount = 0;
    let droppedCount = 0;
    let overflowBytes = 0;
    let unreadBytes = 0;
    for (const sender of this.#senderList) {
      sentCount += sender.sentCount;
      droppedCount += sender.droppedCount;
      overflowBytes += sender.overflowBytes;
    }
    for (const { receiver } of this.#inbound) unreadBytes += receiver.unreadBytes;
    return { sentCount, droppedCount, overflowBytes, unreadBytes };
  }

  #addSender(wiring: LinkWiring): void {
    const watch: SenderWatch = {
      onDirty: () => {
        if (this.#dirty) return;
        this.#dirty = true;
        this.#onDirty();
      },
      onCongestion: (congested) => {
        this.#congestedCount += congested ? 1 : -1;
        if (congested) this.#onDirty();
      },
    };
    const sender = new LinkSender({ ...wiring, watch });
    const key = linkKey(wiring.peer, wiring.lane);
    assert(!this.#senders.has(key), `one link per peer and lane (${key})`);
    this.#senders.set(key, sender);
    this.#senderList.push(sender);
  }
}

export type LinkTotals = {
  readonly sentCount: number;
  readonly droppedCount: number;
  readonly overflowBytes: number;
  readonly unreadBytes: number;
};

function hasUnread(receivers: readonly LinkReceiver[]): boolean {
  for (const receiver of receivers) if (!receiver.isEmpty) return true;
  return false;
}

function linkKey(peer: string, lane: string): string {
  return lane === '' ? peer : `${peer}#${lane}`;
}
