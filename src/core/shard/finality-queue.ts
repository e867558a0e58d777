/**
 * Final blocks on their way to disk. One that is final by a descendant has no proof to show until that
 * descendant is final here as well; with its proof it is committed, in order, and stays here until it
 * is flushed.
 */

import { assert } from '../assert.ts';
import { sameHash } from '../bft/statement.ts';
import type { Certificate } from '../chain/certificate.ts';
import { encodeFinalityProof } from '../chain/finality-proof.ts';
import { hexOf } from '../crypto/hex.ts';
import type { ChainBlock } from './chain-block.ts';
import type { FinalBlockSummary } from './chain-effects.ts';
import type { ChainCommit } from './commit.ts';
import { commitOf, type ExecutedBlock } from './executed-block.ts';
import type { RunningEpoch } from './running-epoch.ts';
import type { UnflushedBlocks } from './unflushed-blocks.ts';

/** `certificate`: the encoded proof that the block is final. */
export type Finalized = {
  readonly executed: ExecutedBlock;
  readonly certificate: Uint8Array;
  /** Of its transactions, one behind the other. */
  readonly ids: Uint8Array;
};

/** What is to be written, of which block. */
export type Proven = Finalized & { readonly commit: ChainCommit };

export class FinalityQueue {
  readonly #blocks: Pick<UnflushedBlocks, 'get'>;
  readonly #epoch: Pick<RunningEpoch, 'isTail'>;
  /** Oldest first. A tail block among them only serves the proof of those before it. */
  #unproven: ChainBlock[] = [];
  /** Proven, being written, oldest first. */
  readonly #flushing: Finalized[] = [];

  constructor(blocks: Pick<UnflushedBlocks, 'get'>, epoch: Pick<RunningEpoch, 'isTail'>) {
    this.#blocks = blocks;
    this.#epoch = epoch;
  }

  /** Blocks that are being written. */
  get flushingCount(): number {
    return this.#flushing.length;
  }

  get hasUnproven(): boolean {
    return this.#unproven.length > 0;
  }

  /** In hex, of all blocks here. */
  hashes(): ReadonlySet<string> {
    const flushing = this.#flushing.map(({ executed }) => executed.block);
    return new Set([...flushing, ...this.#unproven].map(({ hash }) => hexOf(hash)));
  }

  /** The full encoding of a transaction of a block that is being written. */
  transaction(id: Uint8Array): Uint8Array | undefined {
    for (const { executed } of this.#flushing) {
      const result = executed.executed.results.find((each) => sameHash(each.id, id));
      if (result !== undefined) return result.transaction;
    }
    return undefined;
  }

  /** The block, which follows those that are here, is final. */
  push(block: ChainBlock): void {
    this.#unproven.push(block);
  }

  /**
   * The certificate of the newest block, or of the last one `after` it (encoded headers), proves all by
   * ancestry: they are to be written now.
   */
  prove(certificate: Certificate, after: readonly Uint8Array[] = []): readonly Proven[] {
    const headers = [...this.#unproven.map(({ headerBytes }) => headerBytes), ...after];
    const proven: Proven[] = [];
    for (const [index, block] of this.#unproven.entries()) {
      if (this.#epoch.isTail(block.height)) break;
      const executed = this.#blocks.get(block.hash);
      assert(executed !== undefined, 'a final block was executed here');
      const proof = encodeFinalityProof({ certificate, descendants: headers.slice(index + 1) });
      const commit = commitOf(executed, proof);
      const finalized = { executed, certificate: proof, ids: commit.transactionIds };
      this.#flushing.push(finalized);
      proven.push({ ...finalized, commit });
    }
    this.#unproven = [];
    return proven;
  }

  /** The oldest block, of this height, is on disk. */
  shift(height: number): Finalized {
    const flushed = this.#flushing.shift();
    assert(flushed?.executed.block.height === height, 'blocks are flushed in order');
    return flushed;
  }
}

/** What may be told of a block that is final and on disk. */
export function summaryOf({ executed, ids }: Finalized): FinalBlockSummary {
  const { block, body } = executed;
  const { emissions, locks, results } = executed.executed;
  return {
    height: block.height,
    hash: block.hash,
    timestamp: block.header.timestamp,
    ids,
    unfinished: results.flatMap(({ receipt }, index) => (receipt.length === 0 ? [index] : [])),
    gasUsed: block.header.gasUsed,
    crosslinks: body.crosslinks.map(({ chain, toHeight }) => ({ chain, toHeight })),
    emissions,
    locks,
  };
}
