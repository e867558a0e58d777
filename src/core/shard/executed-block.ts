/** A block with everything that follows from it, from its execution until it is on disk. */

import { inboxRoot, outboxRoot } from '../atomix/channel.ts';
import type { BlockBody, BlockHeader } from '../chain/block.ts';
import { encodeResults, encodeStoredBlock, HASH_BYTES, ZERO_HASH } from '../chain/block.ts';
import { encodeNextGroup, nextGroupHash } from '../chain/next-group.ts';
import { merkleRoot, merkleRootOfDigests } from '../crypto/merkle.ts';
import type { StateReader } from '../ledger/ports.ts';
import type { StateValue } from '../ledger/state-value.ts';
import { type PackedChanges, packValues } from '../msb/packed-changes.ts';
import type { ExecutedBody } from './block-execution.ts';
import type { ChainBlock } from './chain-block.ts';
import type { ChainCommit } from './commit.ts';

export type ExecutedBlock = {
  readonly block: ChainBlock;
  readonly body: BlockBody;
  readonly executed: ExecutedBody;
  readonly changes: PackedChanges;
};

/** The header fields that execution decides, but for the state root. */
export type BodyRoots = Pick<
  BlockHeader,
  'transactionsRoot' | 'receiptsRoot' | 'outboxRoot' | 'inboxRoot' | 'gasUsed' | 'nextGroupHash'
>;

export function bodyRoots(executed: ExecutedBody): BodyRoots {
  const receipts: Uint8Array[] = [];
  for (const { receipt } of executed.results) {
    if (receipt.length > 0) receipts.push(receipt);
  }
  return {
    transactionsRoot: merkleRoot(executed.results.map((result) => result.id)),
    receiptsRoot: merkleRootOfDigests(receipts),
    outboxRoot: outboxRoot(executed.outbox),
    inboxRoot: inboxRoot(executed.inboxCursors),
    gasUsed: executed.gasUsed,
    nextGroupHash:
      executed.nextGroup === undefined
        ? ZERO_HASH
        : nextGroupHash(encodeNextGroup(executed.nextGroup)),
  };
}

/** Changes in their stored form. */
export function storedChanges(changes: ReadonlyMap<string, StateValue | undefined>): PackedChanges {
  return packValues(changes);
}

/** What storage gets of a final block. */
export function commitOf(executed: ExecutedBlock, certificate: Uint8Array): ChainCommit {
  const { block, body } = executed;
  const { results, outbox } = executed.executed;
  const commit = {
    chain: block.header.chain,
    height: block.height,
    hash: block.hash,
    block: encodeStoredBlock({
      header: block.headerBytes,
      certificate,
      body: block.bodyBytes,
      outbox,
    }),
    receipts: encodeResults(results),
    changes: executed.changes,
    transactionIds: concatenatedIds(executed),
  };
  if (body.crosslinks.length === 0) return commit;
  const crosslinks = body.crosslinks.map(({ chain, toHeight }) => ({ chain, toHeight }));
  return { ...commit, crosslinks };
}

function concatenatedIds(executed: ExecutedBlock): Uint8Array {
  const { results } = executed.executed;
  const ids = new Uint8Array(results.length * HASH_BYTES);
  for (const [index, result] of results.entries()) ids.set(result.id, index * HASH_BYTES);
  return ids;
}

/** State as of a block that is not flushed yet: its changes over those of its parent. */
export class UnflushedState implements StateReader {
  readonly #changes: ReadonlyMap<string, StateValue | undefined>;
  readonly #parent: StateReader;

  constructor(changes: ReadonlyMap<string, StateValue | undefined>, parent: StateReader) {
    this.#changes = changes;
    this.#parent = parent;
  }

  get(key: string): StateValue | undefined {
    const value = this.#changes.get(key);
    if (value !== undefined || this.#changes.has(key)) return value;
    return this.#parent.get(key);
  }
}
