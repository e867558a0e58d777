/**
 * The verifier actor: gathers transactions into slots, has the pool verify them, and sends the good
 * ones to the shards of their publishers and the bad ones back to where they came from. Each
 * transaction is verified once in a node; nobody behind this actor looks at signatures again.
 *
 * Batches follow the load: while a thread is idle, what is there goes out at the end of the turn,
 * spread over the idle threads; when all are busy, transactions gather into full batches.
 */

import { availableParallelism } from 'node:os';
import type { Actor } from '#actors/runtime/actor.ts';
import type { ActorContext, Counter, Gauge, Histogram } from '#actors/runtime/actor-context.ts';
import { assert } from '#core/assert.ts';
import { ed25519BackendName } from '#core/crypto/ed25519.ts';
import { SignatureSelfTestFailure } from '#core/crypto/signature-self-test.ts';
import type { Sender } from '#ipc/link.ts';
import { answersOf } from './answer-slot.ts';
import { IntakeQueue, type SlotLoad } from './intake-queue.ts';
import {
  type TransactionsRejected,
  type TransactionsVerified,
  VERIFY_BATCH_TRANSACTIONS_MAX,
  type VerifierInbound,
} from './protocol.ts';
import type { VerificationSlot } from './verification-slot.ts';
import { VerifierPool } from './verifier-pool.ts';

export type VerifierOptions = {
  readonly chainId: number;
  /** Shards of the network; the peers `shard-0` … must exist. */
  readonly shards: number;
  /** Threads of the pool; one for each core unless said. */
  readonly threads?: number;
};

/** Below this a batch is not worth handing to a thread that still has work. */
const BATCH_AHEAD_MIN = 64;
/** A batch for an idle thread is not cut smaller than this to spread the work. */
const BATCH_SPREAD_MIN = 16;
/** BOUND of the intake: above, no more input is read until half of it is gone. */
const WAITING_MAX_PER_THREAD = 4 * VERIFY_BATCH_TRANSACTIONS_MAX;

export class VerifierActor implements Actor<VerifierInbound> {
  readonly #options: VerifierOptions;
  readonly #waiting = new IntakeQueue();
  readonly #shards: Sender<TransactionsVerified>[] = [];
  readonly #origins = new Map<string, Sender<TransactionsRejected>>();
  #context: ActorContext | undefined;
  #pool: VerifierPool | undefined;
  #meters: Meters | undefined;
  #holding = false;
  /** What a pool thread died of: thrown in the next turn, where it ends the actor. */
  #failure: unknown;

  constructor(options: VerifierOptions) {
    this.#options = options;
  }

  async onStart(context: ActorContext): Promise<void> {
    const { chainId, shards, threads = availableParallelism() } = this.#options;
    this.#context = context;
    this.#meters = createMeters(context);
    for (let shard = 0; shard < shards; shard++) {
      this.#shards.push(context.sender<TransactionsVerified>(`shard-${shard}`));
    }
    for (const origin of context.inboundPeers) {
      if (origin.startsWith('shard-')) continue;
      this.#origins.set(origin, context.sender<TransactionsRejected>(origin));
    }
    this.#pool = new VerifierPool({ threads, chainId, shards });
    try {
      await this.#pool.start();
    } catch (error) {
      if (!isSelfTestFailure(error)) throw error;
      throw context.fatal(`signatures cannot be trusted on this machine: ${error.message}`);
    }
    context.log.info('signature verification is ready', { threads, library: ed25519BackendName });
  }

  onMessage(message: VerifierInbound, from: string): void {
    assert(message.tags.length === message.transactions.length, 'a tag for every transaction');
    this.#waiting.push(from, message);
    this.#steerIntake();
  }

  onTurnEnd(): void {
    if (this.#failure !== undefined) throw this.#failure;
    this.#dispatch();
  }

  onCongestion(congested: boolean): void {
    if (!congested) this.#dispatch();
  }

  isDrained(): boolean {
    return this.#waiting.length === 0 && this.#started.inFlight === 0;
  }

  async onStop(): Promise<void> {
    await this.#pool?.close();
  }

  get #started(): VerifierPool {
    assert(this.#pool !== undefined, 'the pool exists from the start on');
    return this.#pool;
  }

  /** Fills and hands over as many slots as make sense now. */
  #dispatch(): void {
    const pool = this.#started;
    while (this.#waiting.length > 0 && this.#context?.congested === false) {
      const idle = pool.idleThreads;
      if (idle === 0 && this.#waiting.length < BATCH_AHEAD_MIN) break;
      const slot = pool.acquire();
      if (slot === undefined) break;
      const share = Math.ceil(this.#waiting.length / Math.max(1, idle));
      this.#verify(slot, this.#waiting.load(slot, Math.max(share, BATCH_SPREAD_MIN)));
    }
    this.#steerIntake();
    this.#meters?.waiting.set(this.#waiting.length);
  }

  #verify(slot: VerificationSlot, load: SlotLoad): void {
    this.#meters?.batch.observe(load.tags.length);
    this.#started.verify(slot).then(
      () => this.#answer(slot, load),
      (error: unknown) => {
        this.#failure = error;
        this.#context?.requestTurn();
      },
    );
  }

  #answer(slot: VerificationSlot, load: SlotLoad): void {
    const { verified, rejected } = answersOf(slot, load);
    this.#started.release(slot);
    for (const { shard, message } of verified) {
      this.#shards[shard]?.send(message);
      this.#meters?.verified.add(message.tags.length);
    }
    for (const { origin, rejected: refusals } of rejected) {
      this.#origins.get(origin)?.send({ kind: 'transactionsRejected', rejected: refusals });
      this.#meters?.rejected.add(refusals.length);
    }
    this.#dispatch();
    this.#context?.requestTurn();
  }

  /** Stops and resumes the reading of input by how much of it waits. */
  #steerIntake(): void {
    const most = WAITING_MAX_PER_THREAD * this.#started.threads;
    const hold = this.#waiting.length > (this.#holding ? most / 2 : most);
    if (hold === this.#holding) return;
    this.#holding = hold;
    this.#context?.holdWork(hold);
  }
}

type Meters = {
  readonly verified: Counter;
  readonly rejected: Counter;
  readonly waiting: Gauge;
  readonly batch: Histogram;
};

function createMeters({ metrics }: ActorContext): Meters {
  return {
    verified: metrics.counter('verifier_verified', 'Transactions with valid signatures'),
    rejected: metrics.counter('verifier_rejected', 'Transactions refused by the verifier'),
    waiting: metrics.gauge('verifier_waiting', 'Transactions that wait for a slot'),
    batch: metrics.histogram(
      'verifier_batch_transactions',
      'Transactions in a batch',
      [1, 4, 16, 64, 128, 255],
    ),
  };
}

/** The class does not survive the way from a pool thread, its name does. */
function isSelfTestFailure(error: unknown): error is Error {
  return error instanceof Error && error.name === SignatureSelfTestFailure.name;
}
