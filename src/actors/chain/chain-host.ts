/**
 * Puts a chain on a thread: messages become events, effects become messages. It adds nothing to what
 * the chain decides; it only keeps what is unanswered by storage, to say it again if storage dies.
 */

import {
  type ChainToNetwork,
  GOSSIP_BYTES_MAX,
  GOSSIP_TRANSACTIONS_MAX,
  NETWORK_ACTOR,
  type NetworkToChain,
} from '#actors/network/protocol.ts';
import type { ActorContext } from '#actors/runtime/actor-context.ts';
import type { ShardToRpc } from '#actors/shard/protocol.ts';
import {
  COMMIT_PART_BYTES_MAX,
  commitParts,
  type StorageInbound,
  type StorageOutbound,
} from '#actors/storage/protocol.ts';
import { assertNever } from '#core/assert.ts';
import { decodeMessage, encodeMessage } from '#core/bft/message-codec.ts';
import type { BftMessage } from '#core/bft/messages.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import type { Chain } from '#core/shard/chain.ts';
import type { ChainEffect, FinalBlockSummary } from '#core/shard/chain-effects.ts';
import type { ChainEvent, ChainTimer } from '#core/shard/chain-events.ts';
import type { Sender } from '#ipc/link.ts';
import {
  type ChainToChain,
  CONSENSUS_ACTOR,
  type RootToShard,
  RPC_ACTOR,
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

/** Around the bytes of a consensus message. */
const NETWORK_ENVELOPE_BYTES = 256;

type PendingVote = { readonly messages: readonly StorageInbound[]; unanswered: number };

export class ChainHost {
  readonly #chain: Chain;
  readonly #context: ActorContext;
  readonly #storage: Sender<StorageInbound>;
  readonly #onFinal: (block: FinalBlockSummary) => void;
  /** Where there are other validators. */
  readonly #network: Sender<ChainToNetwork> | undefined;
  readonly #networkBytesMax: number;
  /** Transactions admitted in this turn that the other validators have not seen. */
  #gossip: Uint8Array[] = [];
  readonly #answers = new Map<string, Answers>();
  /** Sent to storage and not answered: commits by height, votes by token. */
  readonly #commits = new Map<number, readonly StorageInbound[]>();
  readonly #votes = new Map<number, PendingVote>();

  constructor(
    chain: Chain,
    context: ActorContext,
    networkBytesMax: number,
    onFinal: (block: FinalBlockSummary) => void,
  ) {
    this.#chain = chain;
    this.#context = context;
    this.#storage = context.sender<StorageInbound>(STORAGE_ACTOR);
    this.#networkBytesMax = networkBytesMax;
    this.#network = context.outboundPeers.includes(NETWORK_ACTOR)
      ? context.sender<ChainToNetwork>(NETWORK_ACTOR)
      : undefined;
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

  onNetworkMessage(message: NetworkToChain): void {
    switch (message.kind) {
      case 'bft': {
        const decoded = decodeMessage(message.bytes);
        if (decoded === undefined) return this.#onMisbehaviour(message.from, 'malformed message');
        return this.tell({ kind: 'messageReceived', from: message.from, message: decoded });
      }
      case 'blocks':
        return this.tell({ kind: 'blocksFetched', blocks: message.blocks });
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

  /** Sends the answers gathered in this turn, and spreads what was admitted. */
  flushAnswers(): void {
    this.#spread();
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
        return this.#toPeers(null, effect.message);
      case 'sendTo':
        return this.#toPeers(effect.member, effect.message);
      case 'behind':
        this.#network?.send({
          kind: 'fetchBlocks',
          chain: this.#chain.chain,
          fromHeight: effect.fromHeight,
        });
        return;
      case 'evidence':
        this.#context.log.error('a validator broke the rules', {
          chain: this.#chain.chain,
          evidence: effect.evidence.kind,
        });
        return;
      case 'misbehaviour':
        return this.#onMisbehaviour(effect.member, effect.reason);
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
    // Nobody waits for what became of a transaction that a peer passed on.
    if (actor === NETWORK_ACTOR) return;
    let answers = this.#answers.get(actor);
    if (answers === undefined) {
      answers = { tags: [], ids: [], rejected: [] };
      this.#answers.set(actor, answers);
    }
    if (effect.rejection === undefined) {
      if (actor === RPC_ACTOR && this.#network !== undefined) this.#noteAdmitted(effect.id);
      answers.tags.push(tag);
      answers.ids.push(effect.id);
    } else answers.rejected.push({ tag, ...effect.rejection });
  }

  #toPeers(to: number | null, message: BftMessage): void {
    const bytes = encodeMessage(message);
    if (bytes.length > this.#networkBytesMax - NETWORK_ENVELOPE_BYTES) {
      this.#context.log.error('a message is too large for the network', { bytes: bytes.length });
      return;
    }
    this.#network?.send({ kind: 'sendBft', chain: this.#chain.chain, to, bytes });
  }

  #onMisbehaviour(validator: number, reason: string): void {
    this.#context.log.warn('misbehaviour', { chain: this.#chain.chain, validator, reason });
  }

  #noteAdmitted(id: Uint8Array): void {
    const bytes = this.#chain.pending(id);
    if (bytes !== undefined) this.#gossip.push(bytes);
  }

  #spread(): void {
    if (this.#gossip.length === 0) return;
    let batch: Uint8Array[] = [];
    let size = 0;
    const send = (): void => this.#network?.send({ kind: 'gossip', transactions: batch });
    for (const bytes of this.#gossip) {
      if (batch.length === GOSSIP_TRANSACTIONS_MAX || size + bytes.length > GOSSIP_BYTES_MAX) {
        send();
        batch = [];
        size = 0;
      }
      batch.push(bytes);
      size += bytes.length;
    }
    send();
    this.#gossip = [];
  }

  #toChain(chain: number, message: ChainToChain): void {
    const peer = chain === ROOT_CHAIN ? CONSENSUS_ACTOR : shardActor(chain);
    this.#context.sender<RootToShard | ShardToRoot>(peer).send(message);
  }
}
