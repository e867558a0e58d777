/**
 * Puts a chain on a thread: messages become events, effects become messages. It adds nothing to what
 * the chain decides; it only keeps what is unanswered by storage, to say it again if storage dies.
 */

import type { ActorContext } from '#actors/runtime/actor-context.ts';
import type { ShardToRpc } from '#actors/shard/protocol.ts';
import {
  COMMIT_PART_BYTES_MAX,
  commitParts,
  type StorageInbound,
  type StorageOutbound,
} from '#actors/storage/protocol.ts';
import { assertNever } from '#core/assert.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import type { Chain } from '#core/shard/chain.ts';
import type { ChainEffect, FinalBlockSummary } from '#core/shard/chain-effects.ts';
import type { ChainEvent, ChainTimer } from '#core/shard/chain-events.ts';
import type { Sender } from '#ipc/link.ts';
import {
  type ChainToChain,
  CONSENSUS_ACTOR,
  type RootToShard,
  type ShardToRoot,
  STORAGE_ACTOR,
  shardActor,
} from './protocol.ts';
import { splitRecord } from './vote-records.ts';

/** Answers to one actor, gathered during a turn. */
type Answers = {
  readonly tags: number[];
  readonly ids: Uint8Array[];
  readonly rejected: { readonly tag: number; readonly code: string; readonly message: string }[];
};

type PendingVote = { readonly messages: readonly StorageInbound[]; unanswered: number };

export class ChainHost {
  readonly #chain: Chain;
  readonly #context: ActorContext;
  readonly #storage: Sender<StorageInbound>;
  readonly #onFinal: (block: FinalBlockSummary) => void;
  readonly #answers = new Map<string, Answers>();
  /** Sent to storage and not answered: commits by height, votes by token. */
  readonly #commits = new Map<number, readonly StorageInbound[]>();
  readonly #votes = new Map<number, PendingVote>();

  constructor(chain: Chain, context: ActorContext, onFinal: (block: FinalBlockSummary) => void) {
    this.#chain = chain;
    this.#context = context;
    this.#storage = context.sender<StorageInbound>(STORAGE_ACTOR);
    this.#onFinal = onFinal;
  }

  /** Nothing that was decided still waits for the disk. */
  get isFlushed(): boolean {
    return this.#commits.size === 0;
  }

  tell(event: ChainEvent): void {
    for (const effect of this.#chain.handle(event, this.#context.clock.nowMs())) {
      this.#carryOut(effect);
    }
  }

  onChainMessage(message: ChainToChain): void {
    switch (message.kind) {
      case 'batch':
        return this.tell({ kind: 'batchArrived', batch: message.batch });
      case 'cursor':
        return this.tell({
          kind: 'cursorReported',
          chain: message.chain,
          nextSeq: message.nextSeq,
          resend: message.resend,
        });
      default:
        return assertNever(message);
    }
  }

  onStorageMessage(message: StorageOutbound): void {
    switch (message.kind) {
      case 'blockPersisted':
        this.#commits.delete(message.height);
        return this.tell({ kind: 'blockPersisted', height: message.height });
      case 'votesPersisted':
        for (const token of message.tokens) this.#onVotePersisted(token);
        return;
      default:
        return assertNever(message);
    }
  }

  onTimer(id: string): void {
    this.tell({ kind: 'timerFired', timer: id as ChainTimer });
  }

  /** Links to the peer are new and empty: what it may not have got is said again. */
  onPeerRestarted(peer: string): void {
    if (peer === STORAGE_ACTOR) {
      for (const vote of this.#votes.values())
        for (const each of vote.messages) this.#storage.send(each);
      for (const parts of this.#commits.values())
        for (const part of parts) this.#storage.send(part);
    } else if (peer === CONSENSUS_ACTOR) {
      this.tell({ kind: 'peerRestarted', chain: ROOT_CHAIN });
    } else if (peer.startsWith('shard-')) {
      this.tell({ kind: 'peerRestarted', chain: Number(peer.slice('shard-'.length)) });
    }
  }

  /** Sends the answers gathered in this turn. */
  flushAnswers(): void {
    for (const [actor, answers] of this.#answers) {
      const { tags, rejected } = answers;
      const ids = new Uint8Array(answers.ids.length * 32);
      for (const [index, id] of answers.ids.entries()) ids.set(id, index * 32);
      this.#context
        .sender<ShardToRpc>(actor)
        .send({ kind: 'transactionsAdmitted', tags, ids, rejected });
    }
    this.#answers.clear();
  }

  #carryOut(effect: ChainEffect): void {
    switch (effect.kind) {
      case 'commit': {
        const parts = commitParts(effect.commit);
        this.#commits.set(effect.commit.height, parts);
        for (const part of parts) this.#storage.send(part);
        return;
      }
      case 'persistVotes':
        return this.#persistVotes(effect);
      case 'dropVotes':
        this.#storage.send({
          kind: 'pruneVotes',
          chain: this.#chain.chain,
          before: effect.belowKey,
        });
        return;
      case 'answer':
        return this.#answer(effect);
      case 'sendBatch':
        return this.#toChain(effect.to, { kind: 'batch', batch: effect.batch });
      case 'reportCursor':
        return this.#toChain(effect.to, {
          kind: 'cursor',
          chain: this.#chain.chain,
          nextSeq: effect.nextSeq,
          resend: effect.resend,
        });
      case 'offerCrosslink':
        this.#context
          .sender<ShardToRoot>(CONSENSUS_ACTOR)
          .send({ kind: 'crosslink', crosslink: effect.crosslink });
        return;
      case 'blockFinal':
        return this.#onFinal(effect.block);
      case 'setTimer':
        this.#context.setTimer(effect.timer, effect.atMs);
        return;
      case 'halted':
        throw this.#context.fatal(`the chain cannot go on: ${effect.reason}`);
      case 'broadcast':
      case 'sendTo':
      case 'behind':
      case 'evidence':
      case 'misbehaviour':
        // A group of one has nobody to tell.
        throw this.#context.fatal(`this node runs chains of one validator, got ${effect.kind}`);
      default:
        return assertNever(effect);
    }
  }

  #persistVotes(effect: ChainEffect & { readonly kind: 'persistVotes' }): void {
    const messages = effect.records
      .flatMap((record) => splitRecord(record, COMMIT_PART_BYTES_MAX))
      .map(
        (piece): StorageInbound => ({
          kind: 'vote',
          chain: this.#chain.chain,
          token: effect.token,
          key: piece.key,
          pieces: piece.parts,
        }),
      );
    this.#votes.set(effect.token, { messages, unanswered: messages.length });
    for (const message of messages) this.#storage.send(message);
  }

  /** Every piece is answered by its token; the records are durable when all are. */
  #onVotePersisted(token: number): void {
    const vote = this.#votes.get(token);
    if (vote === undefined) return;
    vote.unanswered -= 1;
    if (vote.unanswered > 0) return;
    this.#votes.delete(token);
    this.tell({ kind: 'votesPersisted', token });
  }

  #answer(effect: ChainEffect & { readonly kind: 'answer' }): void {
    const { actor, tag } = effect.origin;
    let answers = this.#answers.get(actor);
    if (answers === undefined) {
      answers = { tags: [], ids: [], rejected: [] };
      this.#answers.set(actor, answers);
    }
    if (effect.rejection === undefined) {
      answers.tags.push(tag);
      answers.ids.push(effect.id);
    } else answers.rejected.push({ tag, ...effect.rejection });
  }

  #toChain(chain: number, message: ChainToChain): void {
    const peer = chain === ROOT_CHAIN ? CONSENSUS_ACTOR : shardActor(chain);
    this.#context.sender<RootToShard | ShardToRoot>(peer).send(message);
  }
}
