/**
 * Where a chain starts: at its newest flushed block, with the state tree rebuilt from the stored
 * state and the replay window from the ids of the last blocks (issue: the window is not state).
 */

import { assert } from '../assert.ts';
import { proveBatch } from '../atomix/channel.ts';
import type { FinalBlock } from '../bft/block.ts';
import {
  type BlockHeader,
  decodeHeader,
  decodeStoredBlock,
  HASH_BYTES,
  type InboundBatch,
  type StoredBlock,
} from '../chain/block.ts';
import type { StateReader } from '../ledger/ports.ts';
import { TRANSACTION_AGE_NS_MAX } from '../mempool/mempool.ts';
import { ReplayWindow } from '../mempool/replay-window.ts';
import { StateTree } from '../msb/state-tree.ts';
import { NS_PER_MS } from './chain-block.ts';
import { outboxKey, readCounter } from './chain-records.ts';
import type { ChainStorage } from './chain-settings.ts';
import { StateCommitment } from './state-commitment.ts';

export type RestoredChain = {
  readonly final: FinalBlock;
  readonly header: BlockHeader;
  readonly replay: ReplayWindow;
  readonly commitment: StateCommitment;
};

export function restoreChain(storage: ChainStorage): RestoredChain {
  const head = storage.head();
  assert(head !== undefined, 'a chain starts from its stored genesis');
  const header = readHeader(storage, head.height);
  const tree = new StateTree();
  tree.updateState(storage.allState());
  assert(
    tree.root().every((byte, index) => byte === header.stateRoot[index]),
    'the stored state is the one that the newest block commits to',
  );
  return {
    final: {
      hash: head.hash,
      height: head.height,
      timestampMs: Number(header.timestamp / NS_PER_MS),
      view: header.view,
    },
    header,
    replay: rebuiltWindow(storage, head.height, header.timestamp),
    commitment: new StateCommitment(tree, head.hash),
  };
}

/** Batches for `destination` from number `nextSeq` on, oldest first, read from stored blocks. */
export function storedBatches(
  storage: ChainStorage,
  state: StateReader,
  channel: { readonly from: number; readonly to: number },
  nextSeq: number,
): readonly InboundBatch[] {
  const batches: InboundBatch[] = [];
  let wanted = readCounter(state, outboxKey(channel.to));
  for (let height = storage.head()?.height ?? 0; wanted > nextSeq && height > 0; height--) {
    const { header, certificate, outbox } = readBlock(storage, height);
    const index = outbox.findIndex((entry) => entry.destination === channel.to);
    const entry = outbox[index];
    if (entry === undefined) continue;
    wanted = entry.firstSeq;
    batches.push(proveBatch(outbox, index, { chain: channel.from, header, certificate }));
  }
  return batches.reverse();
}

function rebuiltWindow(storage: ChainStorage, head: number, headTime: bigint): ReplayWindow {
  const blocks: { readonly time: bigint; readonly ids: Uint8Array[] }[] = [];
  for (let height = head; height > 0; height--) {
    const header = readHeader(storage, height);
    if (header.timestamp < headTime - TRANSACTION_AGE_NS_MAX) break;
    blocks.push({ time: header.timestamp, ids: splitIds(storage.transactionIds(height)) });
  }
  const replay = new ReplayWindow();
  for (const { time, ids } of blocks.reverse()) replay.addBlock(time, ids);
  return replay;
}

function splitIds(ids: Uint8Array | undefined): Uint8Array[] {
  if (ids === undefined) return [];
  const list: Uint8Array[] = [];
  for (let at = 0; at < ids.length; at += HASH_BYTES) list.push(ids.subarray(at, at + HASH_BYTES));
  return list;
}

function readHeader(storage: ChainStorage, height: number): BlockHeader {
  const header = decodeHeader(readBlock(storage, height).header);
  assert(header !== undefined, 'a stored header can be read');
  return header;
}

function readBlock(storage: ChainStorage, height: number): StoredBlock {
  const bytes = storage.block(height);
  assert(bytes !== undefined, `block ${height} below the head is stored`);
  const block = decodeStoredBlock(bytes);
  assert(block !== undefined, 'a stored block can be read');
  return block;
}
