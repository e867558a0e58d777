/**
 * Root blocks in the shape of the reference node's blocks (spec go-iost §3, §4.4). The two Merkle
 * hashes are those of the reference node, over the transactions that clients see in this block; hash
 * and parent hash are our root chain's. There is no base transaction, so `tx_count` counts only what
 * people sent.
 */

import { assert } from '#core/assert.ts';
import { BoundedCache } from '#core/bounded-cache.ts';
import { decodeReceipt } from '#core/chain/receipt.ts';
import { decodeTransaction } from '#core/chain/transaction.ts';
import { base58Encode } from '#core/crypto/base58.ts';
import { sha3 } from '#core/crypto/hash.ts';
import { blockMerkleRoot } from '#core/crypto/merkle.ts';
import type { CommittedBlocks, LocatedResult, RootBlock } from './committed-blocks.ts';
import { type BlockMessage, transaction as writeTransaction } from './messages.ts';
import { hundredths, transactionView } from './transaction-view.ts';

/** What a block header says about its transactions. */
export type BlockContent = {
  readonly transactionCount: number;
  /** Hundredths of gas. */
  readonly gasUsage: bigint;
  readonly transactionsHash: Uint8Array;
  readonly receiptsHash: Uint8Array;
};

const CACHED_BLOCKS = 512;
/** Transactions read between two turns of the event loop: about 5 ms. */
const TRANSACTIONS_PER_TURN = 256;

export class BlockViews {
  readonly #blocks: CommittedBlocks;
  /** Final blocks never change. */
  readonly #contents = new BoundedCache<number, BlockContent>(CACHED_BLOCKS);

  constructor(blocks: CommittedBlocks) {
    this.#blocks = blocks;
  }

  async content(block: RootBlock): Promise<BlockContent> {
    const known = this.#contents.get(block.height);
    if (known !== undefined) return known;
    const ids: Uint8Array[] = [];
    const receiptHashes: Uint8Array[] = [];
    let gasUsage = 0n;
    await this.#eachResult(block, ({ result }) => {
      const receipt = decodeReceipt(result.receipt);
      assert(receipt !== undefined, 'a stored receipt is of its own form');
      ids.push(result.id);
      receiptHashes.push(sha3(result.receipt));
      gasUsage += receipt.gasUsage;
    });
    const content: BlockContent = {
      transactionCount: ids.length,
      gasUsage,
      transactionsHash: blockMerkleRoot(ids),
      receiptsHash: blockMerkleRoot(receiptHashes),
    };
    this.#contents.set(block.height, content);
    return content;
  }

  /** `complete`: with the transactions. */
  async message(block: RootBlock, complete: boolean): Promise<BlockMessage> {
    const content = await this.content(block);
    const transactions: string[] = [];
    if (complete) {
      await this.#eachResult(block, (located) => transactions.push(transactionText(located)));
    }
    return {
      hash: base58Encode(block.hash),
      version: block.height === 0 ? 0 : 1,
      parent_hash: block.height === 0 ? '' : base58Encode(block.header.parentHash),
      tx_merkle_hash: base58Encode(content.transactionsHash),
      tx_receipt_merkle_hash: base58Encode(content.receiptsHash),
      number: block.height,
      witness: witnessOf(block),
      time: block.header.timestamp,
      gas_usage: hundredths(content.gasUsage),
      tx_count: content.transactionCount,
      info: null,
      orig_info: '',
      transactions,
    };
  }

  async #eachResult(block: RootBlock, visit: (located: LocatedResult) => void): Promise<void> {
    let sinceTurn = 0;
    for (const located of this.#blocks.resultsOf(block)) {
      visit(located);
      sinceTurn += 1;
      if (sinceTurn < TRANSACTIONS_PER_TURN) continue;
      sinceTurn = 0;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** The genesis block has no producer; the reference node writes "0" there. */
export function witnessOf(block: RootBlock): string {
  return block.height === 0 ? '0' : base58Encode(block.header.proposer);
}

/** The JSON of a transaction with its receipt. */
export function transactionText({ result }: LocatedResult): string {
  const decoded = decodeTransaction(result.transaction);
  const receipt = decodeReceipt(result.receipt);
  assert(decoded && receipt, 'a stored result is of its own form');
  return writeTransaction(transactionView(result.id, decoded, receipt));
}
