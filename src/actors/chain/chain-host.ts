/**
 * Puts a chain on a thread: messages become events, effects become messages. It adds nothing to what
 * the chain decides; it only keeps what is unanswered by storage, to say it again if storage dies.
 */

import {
  type ChainToNetwork,
  GOSSIP_BYTES_MAX,
  GOSSIP_TRANSACTIONS_MAX,
  NETWORK_ACTOR,
  type NetworkToRoot,
  VALIDATOR_TAGS,
} from '#actors/network/protocol.ts';
import type { ActorContext, Counter } from '#actors/runtime/actor-context.ts';
import type { ShardToRpc } from '#actors/shard/protocol.ts';
import {
  COMMIT_PART_BYTES_MAX,
  commitParts,
  type StorageInbound,
  type StorageOutbound,
} from '#actors/storage/protocol.ts';
import { assertNever } from '#core/assert.ts';
import { encodeEvidence } from '#core/bft/evidence-codec.ts';
import { decodeMessage, encodeMessage } from '#core/bft/message-codec.ts';
import type { BftMessage } from '#core/bft/messages.ts';
import { base58Encode } from '#core/crypto/base58.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import type { Chain } from '#core/shard/chain.ts';
import type { ChainEffect, FinalBlockSummary } from '#core/shard/chain-effects.ts';
import type { ChainEvent, ChainTimer } from '#core/shard/chain-events.ts';
import { ChainSync } from '#core/sync/chain-sync.ts';
import type { SyncEffect, SyncEvent } from '#core/sync/sync-events.ts';
import type { Sender } from '#ipc/link.ts';
import { ChainHealth } from './chain-health.ts';
import { CheckpointReport, describeCheckpoints } from './checkpoint-report.ts';
import { ConsensusMetrics } from './consensus-metrics.ts';
import { LockMetrics } from './lock-metrics.ts';
import {
  type ChainToChain,
  CONSENSUS_ACTOR,
  type RootToShard,
  RPC_ACTOR,
  type ShardToRoot,
  STORAGE_ACTOR,
  shardActor,
} from './protocol.ts';
import { SyncReport } from './sync-report.ts';
import { splitRecord } from './vote-records.ts';

/** Answers to one actor, gathered during a turn. */
type Answers = {
  readonly tags: number[];
  readonly ids: Uint8Array[];
  readonly rejected: { readonly tag: number; readonly code: string; readonly message: string }[];
};

/** Around the bytes of a consensus message. */
const NETWORK_ENVELOPE_BYTES = 256;
const SYNC_TIMER = 'sync';
const TELL_GROUP_MS = 2000;
/** Of a gossip message: transactions of clients of this node. */
const FROM_CLIENT = 0;
/** Of a vote that came from no peer. */
const TO_ALL = 0;

type PendingVote = { readonly messages: readonly StorageInbound[]; unanswered: number };

export class ChainHost {
  readonly #chain: Chain;
  readonly #context: ActorContext;
  readonly #storage: Sender<StorageInbound>;
  readonly #onFinal: (block: FinalBlockSummary) => void;
  readonly #metrics: ConsensusMetrics;
  readonly #stoppedRuns: Counter;
  /** Where there are other validators. */
  readonly #network: Sender<ChainToNetwork> | undefined;
  readonly #networkBytesMax: number;
  #isDraining = false;
  #groupToldAtMs = 0;
  readonly #sync: ChainSync;
  readonly #syncReport: SyncReport;
  /** Of the root chain. */
  readonly #checkpointReport: CheckpointReport | undefined;
  readonly #health: ChainHealth;
  /** It would have to run what the process has died of: it does nothing more in this life. */
  #isHalted = false;
  /** Connections that sync knows of. */
  readonly #peers = new Set<number>();
  /** Transactions admitted in this turn that others have not seen, by where they came from. */
  readonly #gossip = new Map<number, Uint8Array[]>();
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
    const locks = new LockMetrics(context.metrics);
    this.#onFinal = (block) => {
      locks.add(block.locks);
      onFinal(block);
    };
    this.#stoppedRuns = context.metrics.counter(
      'contract_runs_stopped_total',
      'Contract runs that this node gave up while it packed a block',
    );
    this.#sync = new ChainSync({
      chain: chain.chain,
      groupFor: (height) => chain.groupFor(height),
      isClosing: (height) => chain.isClosing(height),
      isMember: () => chain.isMember,
      tip: () => ({ final: chain.final, flushedHeight: chain.status.height }),
      checkpoints: chain.anchors,
    });
    this.#health = new ChainHealth(context);
    this.#syncReport = new SyncReport(context, this.#health, this.#network !== undefined);
    this.#checkpointReport =
      chain.chain === ROOT_CHAIN ? new CheckpointReport(context.metrics) : undefined;
    this.#metrics = new ConsensusMetrics(context.metrics);
  }

  /** Nothing that was decided still waits for the disk. */
  get isFlushed(): boolean {
    return this.#commits.size === 0;
  }

  tell(event: ChainEvent): void {
    if (this.#isHalted) return this.#turnAway(event);
    for (const effect of this.#chain.handle(event, this.#context.clock.nowMs())) {
      this.#carryOut(effect);
    }
  }

  /** Whoever sends a transaction is told that there is no use in waiting. */
  #turnAway(event: ChainEvent): void {
    if (event.kind !== 'transactionsVerified') return;
    const rejection = {
      code: 'CHAIN_HALTED',
      message: 'the chain of the publisher waits for help',
    };
    for (const { id, origin } of event.transactions) {
      this.#answer({ kind: 'answer', id, origin, rejection });
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
          rootEpoch: message.rootEpoch,
        });
      default:
        return assertNever(message);
    }
  }

  onStorageMessage(message: StorageOutbound): void {
    switch (message.kind) {
      case 'blockPersisted':
        this.#commits.delete(message.height);
        this.tell({ kind: 'blockPersisted', height: message.height });
        if (this.#network !== undefined) this.#tellSync({ kind: 'flushed' });
        return;
      case 'votesPersisted':
        for (const token of message.tokens) this.#onVotePersisted(token);
        return;
      default:
        return assertNever(message);
    }
  }

  /** Begins nothing more, so that what waits for the disk comes to an end. */
  drain(): void {
    this.#isDraining = true;
  }

  onNetworkMessage(message: NetworkToRoot): void {
    if (this.#isDraining) return;
    switch (message.kind) {
      case 'bft':
        return this.#onBft(message.from, message.bytes);
      case 'peerHead':
        this.#peers.add(message.peer);
        return this.#tellSync(message);
      case 'peerGone':
        this.#peers.delete(message.peer);
        return this.#tellSync(message);
      case 'headers':
      case 'bodies':
      case 'checkpoint':
        return this.#tellSync(message);
      case 'checkpointVote': {
        const { vote, from } = message;
        return this.tell({ kind: 'checkpointVoteOffered', vote, from });
      }
      default:
        return assertNever(message);
    }
  }

  onTimer(id: string): void {
    if (this.#isDraining) return;
    if (id === SYNC_TIMER) return this.#tellSync({ kind: 'timerFired' });
    this.tell({ kind: 'timerFired', timer: id as ChainTimer });
  }

  /** A few times a second: numbers for operators. */
  onTick(): void {
    const { bft, epoch, members, standing } = this.#chain.status;
    this.#metrics.showEpoch(epoch, members, standing === 'granted');
    if (bft !== undefined) this.#metrics.show(bft);
    const nowMs = this.#context.clock.nowMs();
    const { checkpoints } = this.#chain;
    if (checkpoints !== undefined) this.#checkpointReport?.show(checkpoints);
    if (!this.#isHalted)
      this.#syncReport.update(this.#sync.status(nowMs), describeCheckpoints(checkpoints));
    if (nowMs - this.#groupToldAtMs > TELL_GROUP_MS) this.#tellGroup(nowMs);
  }

  /** The network has to reach them before the first view of a new epoch is over. */
  #tellGroup(nowMs: number): void {
    const group = this.#chain.groupFor(this.#chain.final.height + 1);
    if (group === undefined) return;
    this.#groupToldAtMs = nowMs;
    const { chain, members } = group;
    this.#network?.trySend({ kind: 'group', chain, members });
  }

  /** Links to the peer are new and empty: what it may not have got is said again. */
  onPeerRestarted(peer: string): void {
    if (peer === STORAGE_ACTOR) {
      for (const vote of this.#votes.values())
        for (const each of vote.messages) this.#storage.send(each);
      for (const parts of this.#commits.values())
        for (const part of parts) this.#storage.send(part);
    } else if (peer === NETWORK_ACTOR) {
      for (const each of this.#peers) this.#tellSync({ kind: 'peerGone', peer: each });
      this.#peers.clear();
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
          rootEpoch: effect.rootEpoch,
        });
      case 'sendHandover':
        this.#context
          .sender<RootToShard>(shardActor(effect.to))
          .send({ kind: 'handover', handover: effect.handover });
        return;
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
      case 'runStopped':
        return this.#onStopped(effect);
      case 'halted':
        return this.#halt(effect);
      case 'broadcast':
        return this.#toPeers(null, effect.message);
      case 'sendTo':
        return this.#toPeers(effect.to, effect.message);
      case 'behind':
        return this.#tellSync({ kind: 'behind' });
      case 'evidence':
        this.#context.log.error('a validator broke the rules', {
          chain: this.#chain.chain,
          evidence: effect.evidence.kind,
        });
        this.#metrics.onEvidence();
        if (this.#chain.chain === ROOT_CHAIN) return;
        this.#context
          .sender<ShardToRoot>(CONSENSUS_ACTOR)
          .send({ kind: 'evidence', evidence: encodeEvidence(effect.evidence) });
        return;
      case 'spreadCheckpointVote':
      case 'junkFrom':
        return this.#tellNetwork(effect);
      case 'misbehaviour':
        return this.#onMisbehaviour(effect.validator, effect.reason);
      default:
        return assertNever(effect);
    }
  }

  #tellNetwork(effect: ChainEffect & { readonly kind: 'spreadCheckpointVote' | 'junkFrom' }): void {
    if (effect.kind === 'spreadCheckpointVote') {
      const { kind, vote, from = TO_ALL } = effect;
      this.#network?.trySend({ kind, vote, from });
    } else {
      const { from: peer, reason } = effect;
      this.#network?.send({ kind: 'report', peer, offence: 'junk', reason });
    }
  }

  #onStopped(effect: ChainEffect & { readonly kind: 'runStopped' }): void {
    this.#stoppedRuns.add();
    this.#context.log.warn('a contract run was stopped', {
      chain: this.#chain.chain,
      transaction: base58Encode(effect.id),
      reason: effect.reason,
      triedAgain: effect.mayTryAgain,
    });
    if (effect.reason !== 'deadly' || !effect.isAwaited) return;
    this.#askForHelp(`leaves out what another shard has sent: ${deathOf(effect.id)}`);
  }

  #askForHelp(reason: string): void {
    this.#health.askForHelp(reason);
    this.#context.log.error('the chain needs help', { chain: this.#chain.chain, reason });
  }

  /** Where another start would end the same way, the node stays to say so; other chains go on. */
  #halt({ reason, deadly }: ChainEffect & { readonly kind: 'halted' }): void {
    if (deadly === undefined) throw this.#context.fatal(`the chain cannot go on: ${reason}`);
    this.#isHalted = true;
    this.#askForHelp(`cannot go on: ${deathOf(deadly)}`);
  }

  #tellSync(event: SyncEvent): void {
    if (this.#isHalted) return;
    for (const effect of this.#sync.handle(event, this.#context.clock.nowMs())) {
      this.#carryOutSync(effect);
    }
  }

  #carryOutSync(effect: SyncEffect): void {
    switch (effect.kind) {
      case 'wantHeaders':
      case 'wantBodies':
        this.#network?.send({ ...effect, chain: this.#chain.chain });
        return;
      case 'wantCheckpoint':
      case 'report':
        this.#network?.send(effect);
        return;
      case 'deliver':
        return this.tell({ kind: 'blocksFetched', blocks: effect.blocks });
      case 'setTimer':
        return this.#context.setTimer(SYNC_TIMER, effect.atMs);
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
    if (actor === NETWORK_ACTOR) {
      // Nobody waits for what became of a transaction that a peer passed on.
      const isToBePassedOn = effect.rejection === undefined && tag < VALIDATOR_TAGS;
      if (isToBePassedOn) this.#noteAdmitted(tag, effect.id);
      return;
    }
    if (actor === CONSENSUS_ACTOR) return this.#onOwnAnswer(effect);
    let answers = this.#answers.get(actor);
    if (answers === undefined) {
      answers = { tags: [], ids: [], rejected: [] };
      this.#answers.set(actor, answers);
    }
    if (effect.rejection === undefined) {
      if (actor === RPC_ACTOR && this.#network !== undefined) {
        this.#noteAdmitted(FROM_CLIENT, effect.id);
      }
      answers.tags.push(tag);
      answers.ids.push(effect.id);
    } else answers.rejected.push({ tag, ...effect.rejection });
  }

  /** Of a transaction that this node has made itself. */
  #onOwnAnswer({ id, rejection }: ChainEffect & { readonly kind: 'answer' }): void {
    if (rejection === undefined) return this.#noteAdmitted(FROM_CLIENT, id);
    this.#context.log.warn('a transaction of this node was refused', { reason: rejection.message });
  }

  #onBft(from: Uint8Array, bytes: Uint8Array): void {
    const message = decodeMessage(bytes);
    if (message === undefined) return this.#onMisbehaviour(from, 'malformed message');
    this.tell({ kind: 'messageReceived', from, message });
  }

  #toPeers(to: Uint8Array | null, message: BftMessage): void {
    if (this.#network === undefined) return;
    const bytes = encodeMessage(message);
    if (bytes.length > this.#networkBytesMax - NETWORK_ENVELOPE_BYTES) {
      this.#context.log.error('a message is too large for the network', { bytes: bytes.length });
      return;
    }
    this.#network.send({ kind: 'sendBft', chain: this.#chain.chain, to, bytes });
  }

  #onMisbehaviour(peer: Uint8Array, reason: string): void {
    const { chain } = this.#chain;
    this.#context.log.warn('misbehaviour', { chain, validator: base58Encode(peer), reason });
    this.#network?.send({ kind: 'report', peer, offence: 'misbehaviour', reason });
  }

  #noteAdmitted(from: number, id: Uint8Array): void {
    const bytes = this.#chain.pending(id);
    if (bytes === undefined) return;
    const batch = this.#gossip.get(from);
    if (batch === undefined) this.#gossip.set(from, [bytes]);
    else batch.push(bytes);
  }

  #spread(): void {
    if (this.#gossip.size === 0) return;
    for (const [from, transactions] of this.#gossip) {
      for (const batch of gossipBatches(transactions)) {
        this.#network?.send({ kind: 'gossip', from, transactions: batch });
      }
    }
    this.#gossip.clear();
  }

  #toChain(chain: number, message: ChainToChain): void {
    const peer = chain === ROOT_CHAIN ? CONSENSUS_ACTOR : shardActor(chain);
    this.#context.sender<RootToShard | ShardToRoot>(peer).send(message);
  }
}

/** The transactions in messages within the bounds of gossip. */
function gossipBatches(transactions: readonly Uint8Array[]): readonly Uint8Array[][] {
  const batches: Uint8Array[][] = [];
  let batch: Uint8Array[] = [];
  let size = 0;
  for (const bytes of transactions) {
    if (batch.length === GOSSIP_TRANSACTIONS_MAX || size + bytes.length > GOSSIP_BYTES_MAX) {
      batches.push(batch);
      batch = [];
      size = 0;
    }
    batch.push(bytes);
    size += bytes.length;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

function deathOf(id: Uint8Array): string {
  const name = base58Encode(id);
  return (
    `transaction ${name} has ended the process twice and is not run again; report it to the ` +
    `developers, and let it run once more with: iostd contract forgive ${name}`
  );
}
