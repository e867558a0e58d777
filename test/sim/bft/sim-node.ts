/**
 * One simulated process: a disk that survives crashes, a chain of empty blocks, and one BFT instance
 * per epoch. It plays the host exactly as `effects.ts` describes it and checks what that promises.
 */

import type { Block, FinalBlock } from '#core/bft/block.ts';
import type { BftEffect } from '#core/bft/effects.ts';
import type { BftEvent } from '#core/bft/events.ts';
import type { BftMessage } from '#core/bft/messages.ts';
import type { Simplex } from '#core/bft/simplex.ts';
import type { Certificate } from '#core/chain/certificate.ts';
import { binaryStringOf } from '#core/crypto/hash.ts';
import { makeBlock, readBlock } from '#test/unit/core/bft/test-block.ts';
import { GENESIS } from './genesis.ts';
import { expect } from './invariants.ts';
import { SimDisk, type StoredBlock } from './sim-disk.ts';
import type { BftWorld } from './world.ts';

type Instance = {
  readonly epoch: number;
  readonly bft: Simplex<Block>;
  timerGeneration: number;
};

const SYNC_MS = 200;
const PAYLOAD_BYTES_MAX = 1000;

export class SimNode {
  readonly id: number;
  readonly identity: number;
  readonly isHonest: boolean;
  readonly disk = new SimDisk();
  isUp = false;
  /** Counts restarts: whatever belongs to an earlier life is void. */
  life = 0;
  /** Added to the clock of this node. */
  clockOffsetMs = 0;
  /** While set, requests to build are not answered. */
  buildsNothing = false;
  /** Blocks this node says are invalid, though they are not: a broken executor. */
  refusesBlocks = false;
  readonly proposed: { readonly atMs: number; readonly block: Block }[] = [];
  /** When blocks became final here. */
  readonly finalAtMs: number[] = [];
  readonly builtAtMs: number[] = [];
  readonly notarizedAtMs: number[] = [];
  readonly #world: BftWorld;
  #instances = new Map<number, Instance>();
  #executed = new Set<string>();
  #final: Pick<Block, 'hash' | 'height' | 'timestampMs'> = GENESIS;
  #tokens: { readonly epoch: number; readonly token: number | undefined }[] = [];
  #diskBusyUntil = 0;
  #isSyncing = false;
  /** Epochs in which it may not vote because its log is lost. */
  readonly #muteEpochs = new Set<number>();

  constructor(world: BftWorld, id: number, identity: number, isHonest: boolean) {
    this.#world = world;
    this.id = id;
    this.identity = identity;
    this.isHonest = isHonest;
  }

  get finalHeight(): number {
    return this.#final.height;
  }

  get statuses(): readonly Simplex<Block>['status'][] {
    return [...this.#instances.values()].map((instance) => instance.bft.status);
  }

  start(): void {
    this.isUp = true;
    this.life += 1;
    const last = this.disk.chain.at(-1);
    this.#final = last?.block ?? GENESIS;
    this.#executed = new Set([binaryStringOf(this.#final.hash)]);
    const epoch = this.#epochAfter(this.#final.height);
    this.#startEpoch(epoch, last?.epoch === epoch ? last.view : 0);
  }

  crash(keepLog: 'keepLog' | 'loseLog' | 'wipe'): void {
    if (!this.isUp) return;
    this.isUp = false;
    this.disk.crash(this.#world.prng);
    if (keepLog !== 'keepLog') {
      for (const epoch of this.#instances.keys()) this.#muteEpochs.add(epoch);
      if (keepLog === 'wipe') this.disk.wipe();
      else this.disk.loseLog();
    }
    this.#instances = new Map();
    this.#tokens = [];
    this.#diskBusyUntil = 0;
    this.#isSyncing = false;
  }

  onMessage(from: SimNode, message: BftMessage): void {
    const epoch = epochOf(message);
    const instance = this.#instances.get(epoch);
    if (instance === undefined) {
      // Somebody lives in an epoch we have not reached: its blocks tell how it began.
      if (epoch > this.#epochAfter(this.#final.height)) this.#sync(from);
      return;
    }
    const member = this.#world.memberOf(from.identity, epoch);
    if (member < 0) return;
    this.#handle(instance, { kind: 'messageReceived', from: member, message });
  }

  onHostEvent(epoch: number, event: BftEvent<Block>): void {
    const instance = this.#instances.get(epoch);
    if (instance === undefined) return;
    if (event.kind === 'proposalBuilt') {
      this.#executed.add(binaryStringOf(event.block.hash));
      this.proposed.push({ atMs: this.#world.now, block: event.block });
    }
    if (event.kind === 'blockChecked' && event.valid) {
      this.#executed.add(binaryStringOf(event.hash));
    }
    this.#handle(instance, event);
  }

  onTimer(epoch: number, generation: number): void {
    const instance = this.#instances.get(epoch);
    if (instance === undefined || instance.timerGeneration !== generation) return;
    this.#handle(instance, { kind: 'timerFired' });
  }

  onDisk(): void {
    this.disk.completeNext();
    const done = this.#tokens.shift();
    if (done?.token === undefined) return;
    const instance = this.#instances.get(done.epoch);
    if (instance !== undefined) this.#handle(instance, { kind: 'persisted', token: done.token });
  }

  /** From the newest final block, which was notarized in `view` of this epoch. */
  #startEpoch(epoch: number, view: number): void {
    const group = this.#world.groups[epoch];
    const member = this.#world.memberOf(this.identity, epoch);
    if (group === undefined || member < 0 || this.#instances.has(epoch)) return;
    const { settings, Machine } = this.#world;
    const { publicKey, sign } = this.#world.identity(this.identity);
    expect('host', group.members[member] === publicKey, 'a member has its key');
    const { hash, height, timestampMs } = this.#final;
    const bft = new Machine<Block>({
      group,
      member,
      mayVote: !this.#muteEpochs.has(epoch),
      final: { hash, height, timestampMs, view },
      records: this.disk.recordsOf(epoch),
      blockIntervalMs: settings.blockIntervalMs,
      delta: settings.delta,
      payloadBytesMax: PAYLOAD_BYTES_MAX,
      ports: { sign, verify: this.#world.verify, readBlock },
    });
    const instance = { epoch, bft, timerGeneration: 0 };
    this.#instances.set(epoch, instance);
    this.#handle(instance, { kind: 'started' });
  }

  #handle(instance: Instance, event: BftEvent<Block>): void {
    const effects = instance.bft.handle(event, this.#world.now + this.clockOffsetMs);
    for (const effect of effects) this.#carryOut(instance, effect);
  }

  #carryOut(instance: Instance, effect: BftEffect<Block>): void {
    const { epoch } = instance;
    const world = this.#world;
    switch (effect.kind) {
      case 'buildProposal':
        this.#build(epoch, effect.view, effect.parent, effect.notBeforeMs);
        return;
      case 'checkBlock':
        this.#check(epoch, effect.view, effect.block);
        return;
      case 'persist': {
        const { records, token } = effect;
        this.#orderDisk({ kind: 'records', epoch, records }, epoch, token);
        return;
      }
      case 'dropRecords':
        this.#orderDisk({ kind: 'drop', epoch, belowKey: effect.belowKey }, epoch, undefined);
        return;
      case 'broadcast':
        for (const other of world.nodes) {
          if (other.identity === this.identity) continue;
          if (world.memberOf(other.identity, epoch) >= 0) this.#send(other, effect.message);
        }
        return;
      case 'sendTo': {
        const identity = world.settings.orders[epoch]?.[effect.member];
        for (const other of world.nodes) {
          if (other.identity === identity) this.#send(other, effect.message);
        }
        return;
      }
      case 'setTimer':
        instance.timerGeneration += 1;
        world.setTimer(this, epoch, instance.timerGeneration, effect.atMs - this.clockOffsetMs);
        return;
      case 'blockNotarized':
        this.notarizedAtMs.push(world.now);
        this.#expectExecuted(effect.block);
        if (this.isHonest) world.invariants.onCertificate(effect.certificate);
        return;
      case 'blockFinalized':
        this.#onFinal(epoch, effect.view, effect.block, effect.certificate);
        return;
      case 'blockAbandoned':
        expect('B8', !this.#isFinalHere(effect.block), 'a final block is not abandoned');
        return;
      case 'evidence':
        if (this.isHonest) world.invariants.onEvidence(epoch, effect.evidence);
        return;
      case 'behind': {
        const peers = world.nodes.filter((other) => other.isUp && world.canHear(other, this));
        const best = peers.sort((left, right) => right.finalHeight - left.finalHeight)[0];
        if (best !== undefined) this.#sync(best);
        return;
      }
      case 'misbehaviour':
        world.onMisbehaviour(this, epoch, effect.member, effect.reason);
        return;
      case 'halted':
        expect('halt', !this.isHonest, `honest node ${this.id} halted: ${effect.reason}`);
    }
  }

  #send(to: SimNode, message: BftMessage): void {
    if (this.isHonest) {
      this.#world.invariants.onSent(message);
      const member = this.#world.memberOf(this.identity, epochOf(message));
      const group = this.#world.groups[epochOf(message)];
      if (message.kind === 'proposal' && group !== undefined) {
        this.#world.invariants.onOwnProposal(member, message);
      }
    }
    this.#world.send(this, to, message);
  }

  #build(epoch: number, view: number, parent: FinalBlock, notBeforeMs: number): void {
    if (this.buildsNothing) return;
    expect('host', this.#executed.has(binaryStringOf(parent.hash)), 'the parent was executed');
    const world = this.#world;
    const now = world.now + this.clockOffsetMs;
    const timestampMs = Math.max(now, notBeforeMs);
    const block = makeBlock(parent, timestampMs, this.id);
    this.builtAtMs.push(world.now);
    const delay = timestampMs - now + world.settings.buildMs;
    world.answer(this, epoch, delay, { kind: 'proposalBuilt', view, block });
  }

  #check(epoch: number, view: number, block: Block): void {
    const isParentExecuted = this.#executed.has(binaryStringOf(block.parentHash));
    expect('host', isParentExecuted, 'a block is checked after its parent');
    const valid = !this.refusesBlocks;
    const { hash } = block;
    const { checkMs } = this.#world.settings;
    this.#world.answer(this, epoch, checkMs, { kind: 'blockChecked', view, hash, valid });
  }

  #onFinal(epoch: number, view: number, block: Block, certificate: Certificate): void {
    this.#expectExecuted(block);
    // Blocks of the old group on top of its closing block only served to make that one final.
    if (epoch < this.#epochAfter(this.#final.height)) return;
    if (this.isHonest) {
      this.#world.invariants.onFinal(this.#final, block, certificate);
      this.#world.onFinal(block.height);
    }
    this.#world.digest.addBytes(block.hash);
    this.#final = block;
    this.finalAtMs.push(this.#world.now);
    const stored: StoredBlock = { epoch, view, block, certificate };
    this.#orderDisk({ kind: 'commit', stored }, epoch, undefined);
    if (block.height === this.#world.settings.closingHeight) {
      this.#instances.delete(epoch);
      this.#startEpoch(epoch + 1, 0);
    }
  }

  #orderDisk(operation: Parameters<SimDisk['order']>[0], epoch: number, token?: number): void {
    this.disk.order(operation);
    this.#tokens.push({ epoch, token });
    const start = Math.max(this.#diskBusyUntil, this.#world.now);
    this.#diskBusyUntil = start + this.#world.settings.diskMs;
    this.#world.orderDisk(this, this.#diskBusyUntil);
  }

  /** Copies the stored chain of another node, as the sync service of a real one would. */
  #sync(from: SimNode): void {
    if (this.#isSyncing) return;
    this.#isSyncing = true;
    const { life } = this;
    this.#world.at(this.#world.now + SYNC_MS, () => {
      if (this.life !== life || !this.isUp) return;
      this.#isSyncing = false;
      if (from.isUp && this.#world.canHear(from, this)) this.#copyChainOf(from);
    });
  }

  #copyChainOf(from: SimNode): void {
    const chain = from.disk.chain.slice(this.#final.height);
    // Only a block with a finalization of its own can be handed to the instance.
    const ending = chain.findLast(isSelfCertified);
    if (ending === undefined || this.disk.chain.length !== this.#final.height) return;
    this.#world.syncCount += 1;
    for (const stored of chain) {
      if (stored.block.height > ending.block.height) break;
      if (this.isHonest) {
        this.#world.invariants.onFinal(this.#final, stored.block, stored.certificate);
      }
      this.#executed.add(binaryStringOf(stored.block.hash));
      this.disk.chain.push(stored);
      this.#final = stored.block;
    }
    const { epoch, view, block, certificate } = ending;
    const { hash, height, timestampMs } = block;
    const current = this.#epochAfter(height);
    // What earlier epochs still had to decide is history.
    for (const past of this.#instances.keys()) if (past < current) this.#instances.delete(past);
    const instance = this.#instances.get(current);
    if (instance === undefined) {
      this.#startEpoch(current, epoch === current ? view : 0);
    } else {
      const final = { hash, height, timestampMs, view };
      this.#handle(instance, { kind: 'caughtUp', final, certificate });
    }
  }

  #epochAfter(height: number): number {
    const { closingHeight } = this.#world.settings;
    return closingHeight !== undefined && height >= closingHeight ? 1 : 0;
  }

  #isFinalHere(block: Block): boolean {
    return this.isHonest && this.#world.invariants.isFinal(block);
  }

  #expectExecuted(block: Block): void {
    expect('host', this.#executed.has(binaryStringOf(block.hash)), 'the block was executed here');
  }
}

function isSelfCertified(stored: StoredBlock): boolean {
  const certified = stored.certificate.blockHash;
  return certified !== undefined && binaryStringOf(certified) === binaryStringOf(stored.block.hash);
}

function epochOf(message: BftMessage): number {
  return message.kind === 'certificate' ? message.certificate.epoch : message.epoch;
}
