/**
 * What chains promise to the outside, held against everything they flush and say: nothing is said
 * that could be lost, a transaction runs at most once in the whole network, every message is
 * consumed once and in order, every `exec` is answered once, and what the root calls irreversible is
 * flushed where it happened. It keeps books of its own, so it depends on nothing it checks.
 */

import { strict as assert } from 'node:assert';
import { decodeMessage } from '#core/atomix/message.ts';
import {
  type BlockHeader,
  blockHash,
  decodeBody,
  decodeHeader,
  decodeStoredBlock,
  type InboundBatch,
  type Leg,
  type OutboxEntry,
  resultAt,
  resultCount,
  type TransactionResult,
} from '#core/chain/block.ts';
import { decodeReceipt, type Receipt } from '#core/chain/receipt.ts';
import { decodeTransaction } from '#core/chain/transaction.ts';
import { hexOf } from '#core/crypto/hex.ts';
import { isWithinLifetime } from '#core/ledger/admission.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import type { ChainEffect } from '#core/shard/chain-effects.ts';
import type { ChainCommit } from '#core/shard/commit.ts';
import type { SimStorage } from './sim-storage.ts';

/** Where a transaction ran. */
export type Ran = {
  readonly chain: number;
  readonly height: number;
  readonly receipt: Receipt;
  readonly legs: readonly Leg[];
};

export class NetworkPromises {
  /** By id in hex: transactions with a receipt. */
  readonly ran = new Map<string, Ran>();
  /** By id in hex: entry shards that took a reservation. */
  readonly #entered = new Map<string, number>();
  /** Execs that were sent and not answered, by id. */
  readonly #open = new Set<string>();
  /** Flushed messages by `source>destination`, from number 0. */
  readonly #sent = new Map<string, Uint8Array[]>();
  readonly #consumed = new Map<string, number>();
  readonly #heights = new Map<number, number>();
  /** Hash of every flushed block by chain. */
  readonly #hashes = new Map<number, string[]>();
  readonly #crosslinked = new Map<number, number>();
  /** Cursor of `source>destination` that the root knows. */
  readonly #rootCursors = new Map<string, number>();

  /** A chain asks its host to tell this to the outside. */
  said(chain: number, effect: ChainEffect, storage: SimStorage): void {
    switch (effect.kind) {
      case 'blockFinal': {
        const { height, hash, ids } = effect.block;
        const stored = storage.commitAt(height);
        assert.ok(stored !== undefined, `block ${height} is reported final but not on disk`);
        assert.deepEqual(stored.hash, hash, 'the block reported final is the one on disk');
        assert.deepEqual(stored.transactionIds, ids, 'what is reported final is on disk');
        return;
      }
      case 'sendBatch': {
        const { firstSeq, messages } = effect.batch;
        const sent = this.#sent.get(link(chain, effect.to)) ?? [];
        const flushed = sent.slice(firstSeq, firstSeq + messages.length);
        assert.deepEqual(flushed, messages, 'a batch leaves only when its block is on disk');
        return;
      }
      case 'reportCursor': {
        const consumed = this.#consumed.get(link(effect.to, chain)) ?? 0;
        assert.ok(effect.nextSeq <= consumed, 'consumption is acknowledged before it is on disk');
        return;
      }
      case 'offerCrosslink': {
        const { toHeight, header } = effect.crosslink;
        this.#assertFlushed(chain, toHeight, header);
        return;
      }
      default:
        return;
    }
  }

  /** A commit is on disk. */
  flushed(commit: ChainCommit): void {
    const { chain, height } = commit;
    const block = decodeStoredBlock(commit.block);
    const header = decodeHeader(block?.header ?? new Uint8Array(0));
    assert.ok(block !== undefined && header !== undefined, 'a stored block can be read');
    assert.equal(height, (this.#heights.get(chain) ?? 0) + 1, 'heights follow each other');
    this.#heights.set(chain, height);
    const hashes = this.#hashes.get(chain) ?? [];
    hashes[height] = hexOf(commit.hash);
    this.#hashes.set(chain, hashes);
    const body = decodeBody(block.body);
    assert.ok(body !== undefined, 'a stored body can be read');
    for (const batch of body.inbound) this.#consume(chain, batch);
    for (const entry of block.outbox) this.#send(chain, entry);
    for (let index = 0; index < resultCount(commit.receipts); index++) {
      this.#result(header, resultAt(commit.receipts, index) as TransactionResult);
    }
    for (const crosslink of body.crosslinks) {
      const before = this.#crosslinked.get(crosslink.chain) ?? 0;
      assert.equal(crosslink.fromHeight, before + 1, 'crosslinks leave no gap');
      this.#assertFlushed(crosslink.chain, crosslink.toHeight, crosslink.header);
      this.#crosslinked.set(crosslink.chain, crosslink.toHeight);
      for (const [source, nextSeq] of crosslink.inboxCursors) {
        const way = link(source, crosslink.chain);
        assert.ok(nextSeq <= (this.#consumed.get(way) ?? 0), 'the root knows of consumed messages');
        this.#rootCursors.set(way, nextSeq);
      }
    }
  }

  /** What holds once the network is quiet: every transaction has ended, for good. */
  assertEnded(ids: Iterable<string>): void {
    assert.deepEqual([...this.#open], [], 'every exec has been answered');
    for (const [way, messages] of this.#sent) {
      assert.equal(this.#consumed.get(way) ?? 0, messages.length, `all of ${way} is consumed`);
    }
    for (const id of ids) {
      const ran = this.ran.get(id);
      if (ran !== undefined) assert.ok(this.#isIrreversible(ran), `${id} has become irreversible`);
    }
  }

  /** As the RPC actor answers it (core decides nothing here): crosslinked, and every leg consumed. */
  #isIrreversible({ chain, height, legs }: Ran): boolean {
    const isLinked = chain === ROOT_CHAIN || height <= (this.#crosslinked.get(chain) ?? 0);
    return (
      isLinked &&
      legs.every(({ chain: destination, seq }) => {
        const way = link(chain, destination);
        const known = destination === ROOT_CHAIN ? this.#consumed : this.#rootCursors;
        return (known.get(way) ?? 0) > seq;
      })
    );
  }

  #consume(chain: number, batch: InboundBatch): void {
    const way = link(batch.source, chain);
    const next = this.#consumed.get(way) ?? 0;
    assert.equal(batch.firstSeq, next, `${way} is consumed in order`);
    const end = next + batch.messages.length;
    const sent = (this.#sent.get(way) ?? []).slice(next, end);
    assert.deepEqual(batch.messages, sent, `${way}: what is consumed was sent and is on disk`);
    this.#consumed.set(way, end);
  }

  #send(chain: number, entry: OutboxEntry): void {
    const way = link(chain, entry.destination);
    const sent = this.#sent.get(way) ?? [];
    assert.equal(entry.firstSeq, sent.length, `${way} is numbered without gaps`);
    sent.push(...entry.messages);
    this.#sent.set(way, sent);
    for (const bytes of entry.messages) {
      const message = decodeMessage(bytes);
      assert.ok(message !== undefined, 'what is sent is a message');
      if (message.kind === 'exec') {
        assert.ok(!this.#open.has(hexOf(message.id)), 'a transaction is sent home once');
        this.#open.add(hexOf(message.id));
      } else if (
        message.kind === 'settle' ||
        message.kind === 'short' ||
        message.kind === 'yield'
      ) {
        assert.ok(this.#open.delete(hexOf(message.id)), 'an exec is answered once');
      }
    }
  }

  #result(header: BlockHeader, result: TransactionResult): void {
    const id = hexOf(result.id);
    const { chain, height } = header;
    const transaction = decodeTransaction(result.transaction);
    assert.ok(transaction !== undefined, 'a result has its transaction');
    for (const { chain: destination, seq } of result.legs) {
      const message = decodeMessage(this.#sent.get(link(chain, destination))?.[seq] as Uint8Array);
      const owner = message !== undefined && 'id' in message ? hexOf(message.id) : id;
      assert.equal(owner, id, 'a leg of a transaction is a message about it');
    }
    assert.ok(isWithinLifetime(transaction, header.timestamp), `${id} ran when it was expired`);
    if (result.receipt.length === 0) {
      assert.equal(this.#entered.get(id), undefined, `${id} was reserved for twice`);
      this.#entered.set(id, chain);
      return;
    }
    const receipt = decodeReceipt(result.receipt);
    assert.ok(receipt !== undefined, 'a receipt can be read');
    assert.equal(this.ran.get(id), undefined, `${id} ran twice`);
    assert.ok(receipt.gasUsage <= transaction.gasLimit, `${id} paid more gas than it offered`);
    this.ran.set(id, { chain, height, receipt, legs: result.legs });
  }

  #assertFlushed(chain: number, height: number, header: Uint8Array): void {
    const flushed = this.#hashes.get(chain)?.[height];
    assert.equal(flushed, hexOf(blockHash(header)), 'a crosslink is to a block that is on disk');
  }
}

function link(source: number, destination: number): string {
  return `${source}>${destination}`;
}
