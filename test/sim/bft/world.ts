/**
 * A simulated network of BFT members: one queue of events in virtual time, links that delay, lose,
 * double and reorder, partitions, crashes. The members run the production state machine; the world
 * plays their hosts, disks and wires. Milliseconds throughout.
 */

import type { Block } from '#core/bft/block.ts';
import type { BftEvent } from '#core/bft/events.ts';
import { decodeMessage, encodeMessage } from '#core/bft/message-codec.ts';
import type { BftMessage } from '#core/bft/messages.ts';
import type { DeltaSettings } from '#core/bft/settings.ts';
import { Simplex } from '#core/bft/simplex.ts';
import type { ValidatorGroup } from '#core/chain/validator-group.ts';
import { EventQueue } from '../event-queue.ts';
import { HistoryDigest } from '../history-digest.ts';
import { Prng } from '../prng.ts';
import { type Identity, identityOf, verifyMasked } from './identity.ts';
import { BftInvariants, expect } from './invariants.ts';
import { MessageChart } from './message-chart.ts';
import { SimNode } from './sim-node.ts';

export type LinkSettings = {
  readonly delayMs: number;
  readonly jitterMs: number;
  readonly dropPermille: number;
  readonly duplicatePermille: number;
};

export type WorldSettings = {
  readonly seed: number;
  /** Identities, in leader order, of the group of each epoch. */
  readonly orders: readonly (readonly number[])[];
  /** The block of this height ends epoch 0; none if absent. */
  readonly closingHeight?: number;
  readonly blockIntervalMs: number;
  readonly delta: DeltaSettings;
  readonly link: LinkSettings;
  readonly diskMs: number;
  readonly buildMs: number;
  readonly checkMs: number;
  /** Identities that run twice with one key: they contradict themselves in every way. */
  readonly twins?: readonly number[];
  /** Identities whose conduct is not judged by the invariants. */
  readonly faulty?: readonly number[];
  /** Members write every message and read it again. */
  readonly throughCodec?: boolean;
  /** The state machine, so that broken ones can be put in its place. */
  readonly Machine?: typeof Simplex;
};

/** A message as it leaves the hands of the adversary, delayed by so much more than the link does. */
export type Tampered = { readonly message: BftMessage; readonly extraMs: number };

/** What the adversary makes of a message: nothing, itself, others, several. */
export type Tamper = (message: BftMessage, from: SimNode, to: SimNode) => readonly Tampered[];

type Item =
  | {
      readonly kind: 'deliver';
      readonly to: SimNode;
      readonly from: SimNode;
      readonly message: BftMessage;
    }
  | {
      readonly kind: 'host';
      readonly node: SimNode;
      readonly life: number;
      readonly epoch: number;
      readonly event: BftEvent<Block>;
    }
  | {
      readonly kind: 'timer';
      readonly node: SimNode;
      readonly life: number;
      readonly epoch: number;
      readonly generation: number;
    }
  | { readonly kind: 'disk'; readonly node: SimNode; readonly life: number }
  | { readonly kind: 'action'; readonly run: () => void };

export class BftWorld {
  readonly settings: WorldSettings;
  readonly prng: Prng;
  readonly nodes: readonly SimNode[];
  readonly groups: readonly ValidatorGroup[];
  readonly invariants: BftInvariants;
  readonly digest = new HistoryDigest();
  readonly chart = new MessageChart();
  readonly Machine: typeof Simplex;
  link: LinkSettings;
  /** Side of each node; nodes of different sides do not hear each other. */
  sides: readonly number[] | undefined = undefined;
  tamper: Tamper | undefined = undefined;
  eventCount = 0;
  /** Chains copied because fetching did not do. */
  syncCount = 0;
  /** When each height became final for the first time anywhere. */
  readonly finalAtMs: number[] = [];
  readonly #queue = new EventQueue<Item>();
  readonly #identities: readonly Identity[];
  readonly #faulty: ReadonlySet<number>;

  constructor(settings: WorldSettings) {
    this.settings = settings;
    this.prng = new Prng(settings.seed);
    this.link = settings.link;
    this.Machine = settings.Machine ?? Simplex;
    const count = Math.max(...settings.orders.flat()) + 1;
    this.#identities = Array.from({ length: count }, (_, number) => identityOf(number));
    this.groups = settings.orders.map((order, epoch) => ({
      chainId: 1020,
      chain: 0,
      epoch,
      members: order.map((identity) => this.identity(identity).publicKey),
    }));
    this.#faulty = new Set([...(settings.faulty ?? []), ...(settings.twins ?? [])]);
    this.invariants = new BftInvariants(
      this.groups,
      (epoch, member) => !this.#faulty.has(settings.orders[epoch]?.[member] as number),
    );
    const identities = [...Array.from({ length: count }, (_, n) => n), ...(settings.twins ?? [])];
    this.nodes = identities.map(
      (identity, id) => new SimNode(this, id, identity, !this.#faulty.has(identity)),
    );
  }

  get now(): number {
    return this.#queue.now;
  }

  identity(number: number): Identity {
    return this.#identities[number] as Identity;
  }

  /** Index of an identity in the group of an epoch; -1 if it is not in it. */
  memberOf(identity: number, epoch: number): number {
    return this.settings.orders[epoch]?.indexOf(identity) ?? -1;
  }

  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    return verifyMasked(publicKey, message, signature);
  }

  /** An honest member became final at this height. */
  onFinal(height: number): void {
    if (height > this.finalAtMs.length) this.finalAtMs.push(this.now);
  }

  onMisbehaviour(by: SimNode, epoch: number, member: number, reason: string): void {
    if (!by.isHonest) return;
    const accused = this.settings.orders[epoch]?.[member] as number;
    expect('E3', this.#faulty.has(accused), `honest identity ${accused} is accused of ${reason}`);
  }

  start(): void {
    for (const node of this.nodes) node.start();
  }

  at(time: number, run: () => void): void {
    this.#queue.push(time, { kind: 'action', run });
  }

  /** Handles everything up to `time`, included. */
  runUntil(time: number): void {
    for (;;) {
      const next = this.#queue.nextTime;
      if (next === undefined || next > time) break;
      const item = this.#queue.pop();
      if (item !== undefined) this.#handle(item);
    }
    this.#queue.advanceTo(time);
  }

  send(from: SimNode, to: SimNode, message: BftMessage): void {
    const { delayMs, jitterMs, dropPermille, duplicatePermille } = this.link;
    if (!this.canHear(from, to)) return;
    const copies = this.tamper?.(message, from, to) ?? [{ message, extraMs: 0 }];
    for (const copy of copies) {
      if (this.prng.chance(dropPermille)) continue;
      const count = this.prng.chance(duplicatePermille) ? 2 : 1;
      for (let sent = 0; sent < count; sent++) {
        const jitter = jitterMs > 0 ? this.prng.below(jitterMs + 1) : 0;
        const time = this.now + delayMs + jitter + copy.extraMs;
        this.#queue.push(time, { kind: 'deliver', to, from, message: copy.message });
      }
    }
  }

  canHear(from: SimNode, to: SimNode): boolean {
    return this.sides === undefined || this.sides[from.id] === this.sides[to.id];
  }

  answer(node: SimNode, epoch: number, delayMs: number, event: BftEvent<Block>): void {
    const { life } = node;
    this.#queue.push(this.now + delayMs, { kind: 'host', node, life, epoch, event });
  }

  setTimer(node: SimNode, epoch: number, generation: number, atMs: number): void {
    this.#queue.push(atMs, { kind: 'timer', node, life: node.life, epoch, generation });
  }

  orderDisk(node: SimNode, atMs: number): void {
    this.#queue.push(atMs, { kind: 'disk', node, life: node.life });
  }

  #handle(item: Item): void {
    this.eventCount += 1;
    if (item.kind === 'action') {
      item.run();
      return;
    }
    if (item.kind === 'deliver') {
      this.#deliver(item.from, item.to, item.message);
      return;
    }
    // What a node had under way dies with it.
    const { node } = item;
    if (item.life !== node.life || !node.isUp) return;
    this.#note(item.kind.length, node.id);
    if (item.kind === 'disk') node.onDisk();
    else if (item.kind === 'timer') {
      this.chart.add(this.now, node.id, node.id, 'timer');
      node.onTimer(item.epoch, item.generation);
    } else node.onHostEvent(item.epoch, item.event);
  }

  #deliver(from: SimNode, to: SimNode, message: BftMessage): void {
    if (!to.isUp) return;
    this.chart.add(this.now, from.id, to.id, message);
    this.#note(message.kind.length * 256 + from.id, to.id);
    if (this.settings.throughCodec !== true) {
      to.onMessage(from, message);
      return;
    }
    const read = decodeMessage(encodeMessage(message));
    if (read === undefined) throw new Error('a message that was sent does not read back');
    to.onMessage(from, read);
  }

  #note(what: number, node: number): void {
    this.digest.add(this.now);
    this.digest.add(what * 65_536 + node);
  }
}
