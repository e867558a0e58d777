/**
 * Runs the stored blocks of a chain again, from genesis, and holds each against what is stored: that
 * its header follows from its body, that it is final, that no transaction runs twice, and at the end
 * that the stored state is the one all of it leads to. For audits of a data directory at rest; the
 * state is kept in memory.
 */

import { type FinalityCheck, isProvenBatch } from '../atomix/channel.ts';
import {
  type BlockBody,
  type BlockHeader,
  blockHash,
  bodyHash,
  decodeBody,
  decodeHeader,
  decodeStoredBlock,
  encodeResults,
} from '../chain/block.ts';
import { decodeTransaction } from '../chain/transaction.ts';
import { base58Encode } from '../crypto/base58.ts';
import { sha3 } from '../crypto/hash.ts';
import { hexOf } from '../crypto/hex.ts';
import type { StateReader } from '../ledger/ports.ts';
import { decodeStateValue, encodeStateValue, type StateValue } from '../ledger/state-value.ts';
import { StateTree } from '../msb/state-tree.ts';
import { BlockExecution, type ExecutedBody, type ExecutionRules } from './block-execution.ts';
import type { ChainStorage } from './chain-settings.ts';
import type { ChainCommit } from './commit.ts';
import { bodyRoots, storedChanges } from './executed-block.ts';
import { finalityCheck, groupOf } from './network-groups.ts';

export type ReplaySource = {
  readonly rules: ExecutionRules;
  /** The commit of height 0 that this network starts with. */
  readonly genesis: ChainCommit;
  readonly storage: Pick<ChainStorage, 'allState' | 'head' | 'block' | 'transactionIds'> & {
    receipts(height: number): Uint8Array | undefined;
  };
};

export type ReplayStep = { readonly height: number; readonly transactions: number };

export type ReplayEnd =
  | { readonly ok: true; readonly height: number; readonly stateRoot: Uint8Array }
  | { readonly ok: false; readonly height: number; readonly problem: string };

/** Thrown within a replay only. */
class Mismatch extends Error {}

/** Yields after every block; returns at the first difference or at the head. */
export function* replayChain(source: ReplaySource): Generator<ReplayStep, ReplayEnd> {
  const replay = new Replay(source);
  try {
    const head = source.storage.head();
    if (head === undefined) throw new Mismatch('nothing is stored');
    replay.genesis();
    while (replay.height < head.height) yield replay.next();
    replay.compareState();
    return { ok: true, height: replay.height, stateRoot: replay.stateRoot() };
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    return { ok: false, height: replay.height, problem: error.message };
  }
}

class Replay {
  readonly #source: ReplaySource;
  readonly #state = new Map<string, StateValue>();
  readonly #reader: StateReader = { get: (key) => this.#state.get(key) };
  readonly #tree = new StateTree();
  /** Transactions that a block of this chain took in, and those that got their receipt here. */
  readonly #taken = new Set<string>();
  readonly #ran = new Set<string>();
  /** Certificates that were found good; the same one proves many batches. */
  readonly #proven = new Set<string>();
  #hash: Uint8Array = new Uint8Array(0);
  /** Of the block that was looked at last. */
  height = 0;

  constructor(source: ReplaySource) {
    this.#source = source;
  }

  stateRoot(): Uint8Array {
    return this.#tree.root();
  }

  genesis(): void {
    const { genesis } = this.#source;
    const stored = decodeStoredBlock(this.#block(0));
    requireSame(stored && blockHash(stored.header), genesis.hash, 'genesis block');
    for (const [key, bytes] of genesis.changes) {
      if (bytes !== null) this.#state.set(key, decodeStateValue(bytes));
    }
    this.#tree.updateState(genesis.changes);
    this.#hash = genesis.hash;
  }

  next(): ReplayStep {
    this.height += 1;
    const stored = decodeStoredBlock(this.#block(this.height));
    const header = stored && decodeHeader(stored.header);
    const body = stored && decodeBody(stored.body);
    if (!stored || !header || !body) throw new Mismatch('the block cannot be read');
    const hash = blockHash(stored.header);
    this.#checkHeader(header, stored.body);
    if (!this.#isFinal(header, hash, stored.certificate)) {
      throw new Mismatch('the block has no certificate of its group');
    }
    const executed = this.#execute(header, body);
    const changes = storedChanges(executed.changes);
    this.#tree.updateState(changes);
    for (const [key, value] of executed.changes) {
      if (value === undefined) this.#state.delete(key);
      else this.#state.set(key, value);
    }
    const roots = bodyRoots(executed);
    requireSame(this.#tree.root(), header.stateRoot, 'state root');
    requireSame(roots.transactionsRoot, header.transactionsRoot, 'transactions root');
    requireSame(roots.receiptsRoot, header.receiptsRoot, 'receipts root');
    requireSame(roots.outboxRoot, header.outboxRoot, 'outbox root');
    requireSame(roots.inboxRoot, header.inboxRoot, 'inbox root');
    requireSame(roots.nextGroupHash, header.nextGroupHash, 'next group');
    if (roots.gasUsed !== header.gasUsed) throw new Mismatch('the gas used differs');
    this.#checkResults(executed);
    this.#hash = hash;
    return { height: this.height, transactions: executed.results.length };
  }

  /** The stored state key by key, which also finds entries that no block has written. */
  compareState(): void {
    let count = 0;
    for (const [key, bytes] of this.#source.storage.allState()) {
      const value = this.#state.get(key);
      requireSame(value && encodeStateValue(value), bytes, `stored value of ${key}`);
      count += 1;
    }
    if (count !== this.#state.size) {
      throw new Mismatch(`${count} values are stored, ${this.#state.size} were expected`);
    }
  }

  #checkHeader(header: BlockHeader, body: Uint8Array): void {
    const { placement } = this.#source.rules;
    requireSame(header.parentHash, this.#hash, 'parent hash');
    requireSame(bodyHash(body), header.bodyHash, 'body hash');
    if (header.chain !== placement.self) throw new Mismatch(`it is a block of ${header.chain}`);
    if (header.height !== this.height) throw new Mismatch(`it has the height ${header.height}`);
  }

  #execute(header: BlockHeader, body: BlockBody): ExecutedBody {
    const context = {
      number: header.height,
      parentHash: header.parentHash,
      witness: base58Encode(header.proposer),
      time: header.timestamp,
      chainId: header.chainId,
    };
    const execution = new BlockExecution(this.#reader, context, this.#source.rules);
    for (const handover of body.handovers) {
      if (!execution.handover(handover)) throw new Mismatch('a step of the root chain is wrong');
    }
    execution.resume();
    for (const batch of body.inbound) {
      const isProven = isProvenBatch(batch, header.chain, this.#remembering(execution.isFinal));
      if (!isProven || !execution.consume(batch)) {
        throw new Mismatch(`messages ${batch.source}/${batch.firstSeq} do not belong here`);
      }
    }
    for (const bytes of body.transactions) {
      const transaction = decodeTransaction(bytes);
      const id = sha3(bytes);
      this.#once(this.#taken, id);
      if (transaction === undefined || execution.run(transaction, id).kind !== 'included') {
        throw new Mismatch(`transaction ${base58Encode(id)} cannot be in this block`);
      }
    }
    for (const fact of body.asks) execution.ask(fact);
    for (const link of body.crosslinks) {
      if (!execution.root.crosslink(link)) {
        throw new Mismatch(`the crosslink to block ${link.toHeight} of ${link.chain} is wrong`);
      }
    }
    for (const proof of body.evidence) {
      if (!execution.root.evidence(proof)) throw new Mismatch('the evidence proves nothing');
    }
    for (const certificate of body.checkpoints) {
      if (!execution.root.checkpoint(certificate))
        throw new Mismatch('the checkpoint is not justified');
    }
    return execution.close(header.view);
  }

  #checkResults({ results }: ExecutedBody): void {
    const { storage } = this.#source;
    requireSame(encodeResults(results), storage.receipts(this.height), 'stored receipts');
    const ids = storage.transactionIds(this.height);
    for (const [index, { id, receipt }] of results.entries()) {
      requireSame(id, ids?.subarray(index * id.length, (index + 1) * id.length), 'stored id');
      if (receipt.length > 0) this.#once(this.#ran, id);
    }
  }

  #once(seen: Set<string>, id: Uint8Array): void {
    const name = hexOf(id);
    if (seen.has(name)) throw new Mismatch(`${base58Encode(id)} runs a second time`);
    seen.add(name);
  }

  get #isFinal(): FinalityCheck {
    const { groups } = this.#source.rules;
    return this.#remembering(
      finalityCheck(groups, (chain, epoch) => groupOf(groups, this.#reader, chain, epoch)),
    );
  }

  /** The same proof serves many batches. */
  #remembering(check: FinalityCheck): FinalityCheck {
    return (header, hash, bytes) => {
      const name = `${header.chain}/${hexOf(hash)}/${hexOf(bytes)}`;
      if (this.#proven.has(name)) return true;
      if (!check(header, hash, bytes)) return false;
      this.#proven.add(name);
      return true;
    };
  }

  #block(height: number): Uint8Array {
    const bytes = this.#source.storage.block(height);
    if (bytes === undefined) throw new Mismatch('the block is not stored');
    return bytes;
  }
}

function requireSame(
  left: Uint8Array | undefined,
  right: Uint8Array | undefined,
  what: string,
): void {
  if (left === undefined || right === undefined || !isSame(left, right)) {
    throw new Mismatch(`the ${what} differs`);
  }
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
