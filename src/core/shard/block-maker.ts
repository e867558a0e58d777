/**
 * Makes the blocks of this node: when one is due, what goes into it (proposer.ts), and the header that
 * commits to what came of it. What this node had to stop while it filled a block is left out of the
 * next attempt.
 */

import { RETRIES_KEY } from '../atomix/pending-run.ts';
import type { FinalBlock } from '../bft/block.ts';
import { type BlockBody, bodyHash, EMPTY_BODY } from '../chain/block.ts';
import { RunStopped } from '../ledger/engine.ts';
import type { BlockContext, StateReader } from '../ledger/ports.ts';
import type { Mempool } from '../mempool/mempool.ts';
import type { AskedFacts } from './asked-facts.ts';
import { blockContext } from './block-context.ts';
import { BlockExecution, type ExecutedBody } from './block-execution.ts';
import { type ChainBlock, completeBlock, draftBlock, NS_PER_MS } from './chain-block.ts';
import type { Emit } from './chain-effects.ts';
import type { Origin } from './chain-events.ts';
import { inboxKey, readCounter } from './chain-records.ts';
import type { ChainSettings } from './chain-settings.ts';
import type { ChannelTraffic } from './channel-traffic.ts';
import type { CheckpointVotes } from './checkpoint-votes.ts';
import type { CrosslinkOffers } from './crosslink-offers.ts';
import type { EvidencePool } from './evidence-pool.ts';
import { bodyRoots, storedChanges } from './executed-block.ts';
import type { HandoverQueue } from './handover-queue.ts';
import { BatchStopped, fillBlock, STOPPED_REASON } from './proposer.ts';
import type { RunningEpoch } from './running-epoch.ts';
import type { StateCommitment } from './state-commitment.ts';
import type { StoppedRuns } from './stopped-runs.ts';
import type { UnflushedBlocks } from './unflushed-blocks.ts';

/** A run that cannot be left out gets so many times more time at its next attempt. */
const PATIENCE_GROWTH = 8;

/** A block that consensus waits for. */
export type Proposal = {
  readonly view: number;
  readonly parent: FinalBlock;
  readonly notBeforeMs: number;
};

export type MakerParts = {
  readonly settings: Pick<ChainSettings, 'rules' | 'signer' | 'delta' | 'limits'>;
  readonly epoch: Pick<RunningEpoch, 'isAlone' | 'isTail'>;
  readonly blocks: Pick<UnflushedBlocks, 'add' | 'downFrom' | 'rootClaimAt' | 'stateAfter'>;
  readonly commitment: Pick<StateCommitment, 'name' | 'rootAfter'>;
  readonly pool: Mempool<Origin>;
  readonly channels: Pick<ChannelTraffic, 'inbox' | 'isFull'>;
  readonly crosslinks: Pick<CrosslinkOffers, 'after'>;
  readonly handovers: Pick<HandoverQueue, 'after'>;
  readonly evidence: Pick<EvidencePool, 'count' | 'first'>;
  readonly checkpoints: Pick<CheckpointVotes, 'certificates'>;
  readonly asked: Pick<AskedFacts, 'isAsked' | 'note'>;
  readonly stopped: Pick<StoppedRuns, 'isLeftOut' | 'leaveOut' | 'mayTryAgain'>;
  /** The newest final block of the root chain that this node knows of. */
  readonly knownRootHeight: () => number;
  readonly emit: Emit;
};

export class BlockMaker {
  readonly #parts: MakerParts;

  constructor(parts: MakerParts) {
    this.#parts = parts;
  }

  /** When to make the block: at the pace of the chain if there is work, else after the idle time. */
  dueMs({ parent, notBeforeMs }: Proposal): number {
    const { settings, epoch } = this.#parts;
    const { intervalMs, idleIntervalMs } = settings.limits;
    const earliest = Math.max(notBeforeMs, parent.timestampMs + intervalMs);
    // The other members wait for a proposal for twice their Δ, which is at least this long.
    const idleMs = epoch.isAlone
      ? idleIntervalMs
      : Math.min(idleIntervalMs, intervalMs + settings.delta.minMs);
    const latest = Math.max(earliest, parent.timestampMs + idleMs);
    const isWanted = !epoch.isTail(parent.height + 1) && this.#hasWork(parent);
    return isWanted ? earliest : latest;
  }

  build({ parent, view }: Proposal, nowMs: number): ChainBlock {
    const { settings, epoch, blocks } = this.#parts;
    const timestampMs = Math.max(nowMs, parent.timestampMs + 1);
    const context = blockContext({
      parent,
      time: BigInt(timestampMs) * NS_PER_MS,
      proposer: settings.signer.publicKey,
      chainId: settings.rules.groups.chainId,
    });
    const state = blocks.stateAfter(parent.hash);
    if (!epoch.isAlone) this.#holdBelow(parent.hash);
    if (epoch.isTail(context.number)) {
      const tail = new BlockExecution(state, context, settings.rules);
      return this.#seal(parent, context, view, EMPTY_BODY, tail.closeTail());
    }
    const { execution, body } = this.#fill(state, context);
    return this.#seal(parent, context, view, body, execution.close(view));
  }

  #hasWork(parent: FinalBlock): boolean {
    const { pool, evidence, blocks, channels } = this.#parts;
    if (pool.readyCount > 0 || evidence.count > 0) return true;
    const state = blocks.stateAfter(parent.hash);
    if (state.get(RETRIES_KEY) !== undefined) return true;
    return channels.inbox.sources().some((source) => {
      const next = readCounter(state, inboxKey(source));
      return channels.inbox.peek(source, next) !== undefined;
    });
  }

  /** What is in blocks that are built upon may have come to the pool after them: not again. */
  #holdBelow(hash: Uint8Array): void {
    for (const { executed } of this.#parts.blocks.downFrom(hash)) {
      for (const result of executed.results) this.#parts.pool.hold(result.id);
    }
  }

  /** Fills a block; begins anew without what this node has to leave out. */
  #fill(state: StateReader, context: BlockContext): { execution: BlockExecution; body: BlockBody } {
    const { settings, pool, channels, crosslinks, handovers } = this.#parts;
    const { evidence, checkpoints, asked, stopped } = this.#parts;
    const { rules } = settings;
    const { limits } = settings;
    const height = context.number;
    const sources = {
      pool,
      inbox: channels.inbox,
      isOutboxFull: channels.isFull,
      crosslinks: crosslinks.after(state),
      handovers: handovers.after(state),
      evidence: evidence.first(),
      checkpoints: checkpoints.certificates(state),
      isAsked: (fact: string) => asked.isAsked(fact, height),
      isLeftOut: (source: number, firstSeq: number) => stopped.isLeftOut(source, firstSeq, height),
      onStopped: (run: RunStopped) => this.#onStopped(run, false),
    };
    pool.unpark(STOPPED_REASON);
    for (let patience = 1; ; ) {
      const execution = new BlockExecution(state, context, rules);
      if (rules.engine !== undefined) rules.engine.patience = patience;
      try {
        return { execution, body: fillBlock(execution, sources, limits, context.time) };
      } catch (error) {
        if (error instanceof BatchStopped) {
          this.#onStopped(error.cause, true);
          stopped.leaveOut(error.source, error.firstSeq, height);
        } else if (error instanceof RunStopped && error.reason === 'slow') {
          // What earlier blocks left to be tried now cannot be left out of this one.
          this.#onStopped(error, false);
          patience *= PATIENCE_GROWTH;
        } else throw error;
      } finally {
        if (rules.engine !== undefined) rules.engine.patience = Number.POSITIVE_INFINITY;
      }
    }
  }

  #onStopped({ id, reason }: RunStopped, isAwaited: boolean): boolean {
    const mayTryAgain = this.#parts.stopped.mayTryAgain(id, reason === 'deadly');
    this.#parts.emit({ kind: 'runStopped', id, reason, mayTryAgain, isAwaited });
    return mayTryAgain;
  }

  #seal(
    parent: FinalBlock,
    context: BlockContext,
    view: number,
    body: BlockBody,
    executed: ExecutedBody,
  ): ChainBlock {
    const { settings, blocks, commitment, asked } = this.#parts;
    const changes = storedChanges(executed.changes);
    const draft = draftBlock(body);
    const header = {
      chainId: context.chainId,
      chain: settings.rules.placement.self,
      height: context.number,
      view,
      parentHash: parent.hash,
      timestamp: context.time,
      proposer: settings.signer.publicKey,
      rootHeight: this.#nextRootHeight(context.time, parent.hash),
      stateRoot: commitment.rootAfter(parent.hash, changes),
      bodyHash: bodyHash(draft.bodyBytes),
      ...bodyRoots(executed),
    };
    const block = completeBlock(header, draft);
    commitment.name(block.hash);
    blocks.add({ block, body, executed, changes });
    asked.note(body.asks, context.number);
    return block;
  }

  /** The newest root height that the block after this one may claim. */
  #nextRootHeight(timestamp: bigint, parentHash: Uint8Array): number {
    const parent = this.#parts.blocks.rootClaimAt(parentHash);
    const most = parent.rootHeight + Number((timestamp - parent.timestamp) / NS_PER_MS);
    return Math.max(parent.rootHeight, Math.min(this.#parts.knownRootHeight(), most));
  }
}
