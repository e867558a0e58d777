/**
 * Turns the topology table into shared memory: one doorbell per thread, one ring per link, and the
 * supervisor's own links to every actor (control out; events and log in).
 *
 * Invariant: a ring has one producer and one consumer in its life. When an actor dies, all rings to
 * and from it are replaced (`renewLinksOf`): the dead thread may have left a record half written,
 * and its peers may be writing this moment. They keep the old ring, harmlessly, until they read the
 * supervisor's `relink`.
 */

import {
  CONTROL_MESSAGE_BYTES_MAX,
  CONTROL_RING_BYTES,
  LOG_RING_BYTES,
  SUPERVISOR,
} from '#actors/runtime/control-protocol.ts';
import { LOG_LANE } from '#actors/runtime/loop-context.ts';
import type { LinkWiring, PeerRelink } from '#actors/runtime/wiring.ts';
import { assert } from '#core/assert.ts';
import { createDoorbell } from '#ipc/doorbell.ts';
import { createRing } from '#ipc/ring-layout.ts';
import type { LinkRow, Topology } from './topology-types.ts';

/** BOUND of an overflow queue unless the row says otherwise: 4 rings, at least 16 MiB. */
const OVERFLOW_BYTES_MIN = 16 * 1024 * 1024;
const OVERFLOW_RINGS = 4;

type WiredLink = { readonly row: LinkRow; ring: SharedArrayBuffer };

export type ActorLinks = {
  readonly inbound: readonly LinkWiring[];
  readonly outbound: readonly LinkWiring[];
};

export class TopologyWiring {
  readonly #doorbells = new Map<string, SharedArrayBuffer>();
  readonly #links: WiredLink[];

  /** The topology has passed `checkTopology`. */
  constructor(topology: Topology) {
    this.#doorbells.set(SUPERVISOR, createDoorbell());
    for (const { name } of topology.actors) this.#doorbells.set(name, createDoorbell());
    const rows = [
      ...topology.actors.flatMap(({ name }) => supervisorRows(name)),
      ...topology.links,
    ];
    this.#links = rows.map((row) => ({ row, ring: createRing(row.bytes) }));
  }

  doorbellOf(name: string): SharedArrayBuffer {
    const doorbell = this.#doorbells.get(name);
    assert(doorbell !== undefined, `thread ${name} has a doorbell`);
    return doorbell;
  }

  /** All ends that the thread `name` (an actor or the supervisor) holds now. */
  linksOf(name: string): ActorLinks {
    return {
      inbound: this.#links
        .filter(({ row }) => row.to === name)
        .map((link) => this.#end(link, name)),
      outbound: this.#links
        .filter(({ row }) => row.from === name)
        .map((link) => this.#end(link, name)),
    };
  }

  /** Replaces every ring to and from `name`; returns what each of its peers must now use. */
  renewLinksOf(name: string): ReadonlyMap<string, PeerRelink> {
    const peers = new Set<string>();
    for (const link of this.#links) {
      if (link.row.from !== name && link.row.to !== name) continue;
      link.ring = createRing(link.row.bytes);
      peers.add(link.row.from === name ? link.row.to : link.row.from);
    }
    return new Map([...peers].map((peer) => [peer, this.#relinkFor(peer, name)]));
  }

  #relinkFor(holder: string, renewed: string): PeerRelink {
    const { inbound, outbound } = this.linksOf(holder);
    return {
      peer: renewed,
      inbound: inbound.filter((wiring) => wiring.peer === renewed),
      outbound: outbound.filter((wiring) => wiring.peer === renewed),
    };
  }

  #end(link: WiredLink, holder: string): LinkWiring {
    const { row, ring } = link;
    const peer = row.from === holder ? row.to : row.from;
    return {
      peer,
      lane: row.lane ?? '',
      ring,
      peerDoorbell: this.doorbellOf(peer),
      messageBytesMax: row.messageBytesMax,
      overflowBytesMax:
        row.overflowBytesMax ?? Math.max(OVERFLOW_BYTES_MIN, OVERFLOW_RINGS * row.bytes),
      delivery: row.delivery,
      priority: row.priority,
    };
  }
}

/** Control to the actor, events from it, and its log, which may be lost under load. */
function supervisorRows(actor: string): readonly LinkRow[] {
  const common = { bytes: CONTROL_RING_BYTES, messageBytesMax: CONTROL_MESSAGE_BYTES_MAX } as const;
  return [
    { ...common, from: SUPERVISOR, to: actor, delivery: 'reliable', priority: 'control' },
    { ...common, from: actor, to: SUPERVISOR, delivery: 'reliable', priority: 'control' },
    {
      from: actor,
      to: SUPERVISOR,
      lane: LOG_LANE,
      bytes: LOG_RING_BYTES,
      messageBytesMax: CONTROL_MESSAGE_BYTES_MAX,
      delivery: 'lossy',
      priority: 'reply',
    },
  ];
}
