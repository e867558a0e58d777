/**
 * Executes the blocks of other proposers: whether all that a header claims follows from the body and
 * the parent, and the body keeps to the rules (block-rules.ts).
 */

import { isProvenBatch } from '../atomix/channel.ts';
import { sameHash } from '../bft/statement.ts';
import { type BlockBody, type BlockHeader, decodeBody } from '../chain/block.ts';
import { decodeTransaction } from '../chain/transaction.ts';
import { leaderOf } from '../chain/validator-group.ts';
import { binaryStringOf, bytesOfBinaryString, sha3Key } from '../crypto/hash.ts';
import type { Mempool } from '../mempool/mempool.ts';
import type { ReplayWindow } from '../mempool/replay-window.ts';
import type { AskedFacts } from './asked-facts.ts';
import { blockContext } from './block-context.ts';
import { BlockExecution, type ExecutedBody } from './block-execution.ts';
import { belongsHere, mayAsk, mayClaimRootHeight, takesMore } from './block-rules.ts';
import type { ChainBlock } from './chain-block.ts';
import type { Origin } from './chain-events.ts';
import type { BlockLimits, ChainSettings } from './chain-settings.ts';
import { type BodyRoots, bodyRoots, storedChanges } from './executed-block.ts';
import type { RunningEpoch } from './running-epoch.ts';
import type { StateCommitment } from './state-commitment.ts';
import type { UnflushedBlocks } from './unflushed-blocks.ts';

export type CheckerParts = {
  readonly settings: Pick<ChainSettings, 'rules' | 'isSigned'>;
  readonly epoch: Pick<RunningEpoch, 'group' | 'isTail'>;
  readonly blocks: Pick<UnflushedBlocks, 'add' | 'downFrom' | 'rootClaimAt' | 'stateAfter'>;
  readonly commitment: Pick<StateCommitment, 'abandon' | 'name' | 'rootAfter'>;
  readonly pool: Pick<Mempool<Origin>, 'get' | 'hold'>;
  readonly replay: Pick<ReplayWindow, 'has'>;
  readonly asked: Pick<AskedFacts, 'note'>;
};

export class BlockChecker {
  readonly #parts: CheckerParts;

  constructor(parts: CheckerParts) {
    this.#parts = parts;
  }

  /** Whether the leader of the view says of itself and of the view what is true. */
  isBy(block: ChainBlock, view: number): boolean {
    const { group } = this.#parts.epoch;
    const leader = group.members[leaderOf(group, view)] as Uint8Array;
    return block.header.view === view && sameHash(block.header.proposer, leader);
  }

  /**
   * Whether everything the block claims follows from its body; one that holds is kept with what came
   * of it. A block that is final has no `limits`: they may have been others when it was agreed to.
   */
  check(block: ChainBlock, limits?: BlockLimits): boolean {
    const { settings, blocks, commitment, pool, asked } = this.#parts;
    const { placement, groups } = settings.rules;
    const { header } = block;
    const body = decodeBody(block.bodyBytes);
    if (body === undefined || header.chain !== placement.self) return false;
    if (header.chainId !== groups.chainId) return false;
    const execution = this.#executionOf(block);
    if (!mayClaimRootHeight(header, blocks.rootClaimAt(block.parentHash))) return false;
    if (!mayAsk(body, placement)) return false;
    const executed = this.#executeBody(execution, body, block, limits);
    if (executed === undefined) return false;
    const changes = storedChanges(executed.changes);
    const stateRoot = commitment.rootAfter(block.parentHash, changes);
    commitment.name(block.hash);
    if (!claims(header, { ...bodyRoots(executed), stateRoot })) {
      commitment.abandon(block.hash);
      return false;
    }
    blocks.add({ block, body, executed, changes });
    for (const { id } of executed.results) pool.hold(id);
    asked.note(body.asks, block.height);
    return true;
  }

  #executionOf({ header, parentHash, height }: ChainBlock): BlockExecution {
    const { settings, blocks } = this.#parts;
    const context = blockContext({
      parent: { hash: parentHash, height: height - 1 },
      time: header.timestamp,
      proposer: header.proposer,
      chainId: settings.rules.groups.chainId,
    });
    return new BlockExecution(blocks.stateAfter(parentHash), context, settings.rules);
  }

  #executeBody(
    execution: BlockExecution,
    body: BlockBody,
    block: ChainBlock,
    limits: BlockLimits | undefined,
  ): ExecutedBody | undefined {
    if (this.#parts.epoch.isTail(block.height)) {
      return isEmptyBody(body) ? execution.closeTail() : undefined;
    }
    const holds = this.#replayBody(execution, body, block, limits);
    return holds ? execution.close(block.header.view) : undefined;
  }

  #replayBody(
    execution: BlockExecution,
    body: BlockBody,
    block: ChainBlock,
    limits: BlockLimits | undefined,
  ): boolean {
    const { settings, pool, replay } = this.#parts;
    const { placement } = settings.rules;
    const { timestamp, chainId } = block.header;
    const isFull = () => limits !== undefined && !takesMore(execution, limits);
    if (!body.handovers.every((handover) => execution.handover(handover))) return false;
    execution.resume();
    for (const batch of body.inbound) {
      if (isFull()) return false;
      if (!isProvenBatch(batch, placement.self, execution.isFinal) || !execution.consume(batch))
        return false;
    }
    const earlier = this.#unflushedIds(block.parentHash);
    let taken = 0;
    for (const bytes of body.transactions) {
      if (isFull() || taken >= (limits?.bytesMax ?? Infinity)) return false;
      taken += bytes.length;
      const transaction = decodeTransaction(bytes);
      if (transaction === undefined) return false;
      const name = sha3Key(bytes);
      const id = bytesOfBinaryString(name);
      if (pool.get(id) === undefined) {
        if (!belongsHere(transaction, { time: timestamp, chainId }, placement)) return false;
        if (!settings.isSigned(transaction)) return false;
      }
      if (earlier.has(name) || replay.has(id)) return false;
      earlier.add(name);
      if (execution.run(transaction, id).kind !== 'included') return false;
    }
    for (const fact of body.asks) execution.ask(fact);
    return (
      body.crosslinks.every((link) => execution.root.crosslink(link)) &&
      body.evidence.every((proof) => execution.root.evidence(proof)) &&
      body.checkpoints.every((certificate) => execution.root.checkpoint(certificate))
    );
  }

  /** Ids in blocks between the flushed one and this one, as binary strings. */
  #unflushedIds(hash: Uint8Array): Set<string> {
    const ids = new Set<string>();
    for (const { executed } of this.#parts.blocks.downFrom(hash)) {
      for (const result of executed.results) ids.add(binaryStringOf(result.id));
    }
    return ids;
  }
}

/** Whether the header says what execution has come to. */
function claims(
  header: BlockHeader,
  expected: BodyRoots & Pick<BlockHeader, 'stateRoot'>,
): boolean {
  return (
    expected.gasUsed === header.gasUsed &&
    sameHash(expected.stateRoot, header.stateRoot) &&
    sameHash(expected.transactionsRoot, header.transactionsRoot) &&
    sameHash(expected.receiptsRoot, header.receiptsRoot) &&
    sameHash(expected.outboxRoot, header.outboxRoot) &&
    sameHash(expected.inboxRoot, header.inboxRoot) &&
    sameHash(expected.nextGroupHash, header.nextGroupHash)
  );
}

function isEmptyBody(body: BlockBody): boolean {
  return Object.values(body).every((list) => list.length === 0);
}
