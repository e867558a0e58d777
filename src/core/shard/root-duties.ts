/**
 * What only blocks of the root chain do: govern, link the blocks of shards, judge evidence, and take
 * in the votes for checkpoints. Everything here changes the state of the block that is executed.
 */

import { inboxRoot } from '../atomix/channel.ts';
import { blockHash, type Crosslink, decodeHeader } from '../chain/block.ts';
import { closingHeight, epochOf } from '../chain/epochs.ts';
import type { Credit } from '../ledger/credit.ts';
import { governBlock } from '../ledger/govern-block.ts';
import type { LedgerEnvironment } from '../ledger/host.ts';
import type { BlockContext } from '../ledger/ports.ts';
import type { StateOverlay } from '../ledger/state-overlay.ts';
import { decodeCheckpointCertificate } from '../pob/checkpoint-certificate.ts';
import { justify, noteTarget } from '../pob/checkpoint-state.ts';
import type { PobRules } from '../pob/close-period.ts';
import { noteEpochEnd } from '../pob/evidence-window.ts';
import { settleForfeits } from '../pob/forfeits.ts';
import { judge, punish } from '../pob/slashing.ts';
import { crosslinkKey, cursorKey, readCounter, storeCounter } from './chain-records.ts';
import { courtOf, epochBlocksOf, finalityIn, type NetworkGroups } from './network-groups.ts';

export type Governed = {
  readonly credits: readonly Credit[];
  /** Something waits for a lock and is tried again by the next block. */
  readonly isOverdue: boolean;
};

export class RootDuties {
  readonly #overlay: StateOverlay;
  readonly #block: BlockContext;
  readonly #groups: NetworkGroups;
  readonly #pob: PobRules | undefined;

  constructor(
    overlay: StateOverlay,
    block: BlockContext,
    groups: NetworkGroups,
    pob: PobRules | undefined,
  ) {
    this.#overlay = overlay;
    this.#block = block;
    this.#groups = groups;
    this.#pob = pob;
  }

  /** What every block begins with. */
  govern(environment: LedgerEnvironment): Governed {
    const credits = governBlock(environment);
    const isLocked = credits === 'locked';
    const governed = { credits: isLocked ? [] : credits, isOverdue: isLocked };
    if (this.#pob === undefined) return governed;
    this.#noteTarget();
    const forfeited = settleForfeits(environment, this.#pob.table);
    return {
      credits: [...governed.credits, ...forfeited.credits],
      isOverdue: isLocked || !forfeited.isDone,
    };
  }

  /** The block before this one is to be voted for where it closed a period. */
  #noteTarget(): void {
    const { number, parentHash } = this.#block;
    this.#overlay.begin();
    const parent = { height: number - 1, hash: parentHash };
    noteTarget(this.#overlay, parent, this.#groups.rootEpochBlocks);
    this.#overlay.commit();
  }

  /** Takes a newer final block of a shard; false when it does not follow or is not final. */
  crosslink(crosslink: Crosslink): boolean {
    const { chain, fromHeight, toHeight } = crosslink;
    const header = decodeHeader(crosslink.header);
    if (header === undefined || header.chain !== chain || header.height !== toHeight) return false;
    if (fromHeight !== readCounter(this.#overlay, crosslinkKey(chain)) + 1) return false;
    if (toHeight < fromHeight) return false;
    if (!equalBytes(inboxRoot(crosslink.inboxCursors), header.inboxRoot)) return false;
    const isFinal = finalityIn(this.#groups, this.#overlay);
    if (!isFinal(header, blockHash(crosslink.header), crosslink.certificate)) return false;
    storeCounter(this.#overlay, crosslinkKey(chain), toHeight);
    this.#noteEpochEnds(chain, fromHeight, toHeight);
    for (const [source, nextSeq] of crosslink.inboxCursors)
      storeCounter(this.#overlay, cursorKey(chain, source), nextSeq);
    return true;
  }

  /** Evidence about an epoch of a shard expires some time after it has ended. */
  #noteEpochEnds(chain: number, fromHeight: number, toHeight: number): void {
    const epochBlocks = epochBlocksOf(this.#groups, chain);
    const first = epochOf(fromHeight, epochBlocks);
    this.#overlay.begin();
    for (let epoch = first; closingHeight(epoch, epochBlocks) <= toHeight; epoch++) {
      noteEpochEnd(this.#overlay, chain, epoch, this.#block.time);
    }
    this.#overlay.commit();
  }

  /** Takes evidence to court; false where it proves nothing against anybody. */
  evidence(bytes: Uint8Array): boolean {
    if (this.#pob === undefined) return false;
    const verdict = judge(this.#overlay, bytes, courtOf(this.#groups, this.#overlay));
    if (verdict === undefined) return false;
    this.#overlay.begin();
    punish(this.#overlay, verdict, this.#block.witness);
    this.#overlay.commit();
    return true;
  }

  /** Takes the votes of candidates for the newest closing block. */
  checkpoint(bytes: Uint8Array): boolean {
    const certificate = decodeCheckpointCertificate(bytes);
    if (this.#pob === undefined || certificate === undefined) return false;
    const { chainId, rootEpochBlocks: periodBlocks } = this.#groups;
    const context = { chainId, periodBlocks, height: this.#block.number };
    this.#overlay.begin();
    const isNew = justify(this.#overlay, certificate, context);
    this.#overlay.commit();
    return isNew;
  }
}

function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
