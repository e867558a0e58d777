/**
 * Sends the heartbeat of this node's candidate, once per period, as a transaction of its account; and
 * again where it did not arrive.
 */

import type { ActorContext, Gauge } from '#actors/runtime/actor-context.ts';
import { type Signer, signerOfSeed } from '#core/crypto/key-pair.ts';
import type { StateReader } from '#core/ledger/ports.ts';
import { heartbeatTransaction, ownCandidacy } from '#core/pob/heartbeat.ts';
import { voteTable } from '#core/pob/vote-table.ts';
import type { ChainOptions } from '../chain/chain-options.ts';

/** How often in a period it is looked whether one is due. */
const LOOKS_PER_PERIOD = 6;
const NS_PER_MS = 1_000_000n;
const UNITS_PER_VOTE = 100_000_000n;

type Send = (account: string, transaction: { id: Uint8Array; bytes: Uint8Array }) => void;

export class Heartbeats {
  readonly #options: ChainOptions;
  readonly #signer: Signer;
  readonly #context: ActorContext;
  readonly #send: Send;
  readonly #servi: Gauge;

  constructor(options: ChainOptions, context: ActorContext, send: Send) {
    this.#options = options;
    this.#signer = signerOfSeed(options.seed);
    this.#context = context;
    this.#send = send;
    this.#servi = context.metrics.gauge(
      'pob_servi',
      'Servi of the candidate of this node, in votes; -1 without a candidacy',
    );
    this.#servi.set(-1);
  }

  /** A root block of this height is on disk, and `state` is what it led to. */
  onBlock(height: number, state: StateReader): void {
    const { periodBlocks } = this.#options.policy;
    const interval = Math.max(1, Math.floor(periodBlocks / LOOKS_PER_PERIOD));
    // Not in the first block of a period: everybody would send at once.
    if (height % interval !== Math.floor(interval / 2)) return;
    const own = ownCandidacy(state, voteTable, this.#signer.publicKey);
    this.#servi.set(own === undefined ? -1 : Number(own.servi / UNITS_PER_VOTE));
    if (own === undefined || !own.isDue) return;
    const { account, period } = own;
    const nowNs = BigInt(this.#context.clock.nowMs()) * NS_PER_MS;
    this.#context.log.info('heartbeat', { account, period });
    this.#send(account, heartbeatTransaction(account, this.#options.chainId, nowNs, this.#signer));
  }
}
