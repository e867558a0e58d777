/**
 * The rate at which the verifier's own pool checks transactions on all cores, with nothing else
 * going on: what a pipeline that did only that would reach. As in a node, each one is decoded,
 * hashed and checked. Taken before and after every macro run, since a shared machine changes its
 * mind.
 */

import { availableParallelism } from 'node:os';
import type { VerificationSlot } from '#actors/verifier/verification-slot.ts';
import { VerifierPool } from '#actors/verifier/verifier-pool.ts';
import { VERDICT } from '#actors/verifier/verify-batch.ts';
import { ed25519BackendName } from '#core/crypto/ed25519.ts';
import { median } from '../report/median.ts';
import type { RawVerifyResult } from '../report/result.ts';
import { CHAIN_ID, TransactionFactory } from './transactions.ts';

const ACCOUNTS = 1000;
/** Large enough to keep threads busy, small enough that the end of a measurement is sharp. */
const BATCH = 128;

export class RawVerifyMeter {
  readonly #pool: VerifierPool;
  readonly #slots: readonly VerificationSlot[];
  readonly #samples: number[] = [];

  private constructor(pool: VerifierPool, slots: readonly VerificationSlot[]) {
    this.#pool = pool;
    this.#slots = slots;
  }

  static async open(): Promise<RawVerifyMeter> {
    const pool = new VerifierPool({
      threads: availableParallelism(),
      chainId: CHAIN_ID,
      shards: 1,
    });
    await pool.start();
    const factory = new TransactionFactory({ accounts: ACCOUNTS, shards: 1, crossShardShare: 0 });
    const slots: VerificationSlot[] = [];
    for (let slot = pool.acquire(); slot !== undefined; slot = pool.acquire()) {
      const { transactions } = factory.sign(BATCH, Date.now());
      for (const bytes of transactions) slot.add(bytes);
      slots.push(slot);
    }
    return new RawVerifyMeter(pool, slots);
  }

  /** Transactions per second. Half the time before it is spent on warming up. */
  async measure(ms: number): Promise<number> {
    await this.#verifyFor(ms / 2);
    const perSecond = await this.#verifyFor(ms);
    this.#samples.push(perSecond);
    return perSecond;
  }

  result(): RawVerifyResult {
    return {
      kind: 'rawVerify',
      name: 'verify/pool, all cores',
      threads: this.#pool.threads,
      library: ed25519BackendName,
      perSecond: median(this.#samples),
      samples: this.#samples,
    };
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  async #verifyFor(ms: number): Promise<number> {
    let verified = 0;
    const startMs = performance.now();
    const lane = async (slot: VerificationSlot) => {
      while (performance.now() - startMs < ms) {
        await this.#pool.verify(slot);
        verified += slot.count;
      }
      for (let index = 0; index < slot.count; index++) {
        if (slot.verdictAt(index) !== VERDICT.good) throw new Error('a good transfer was refused');
      }
    };
    await Promise.all(this.#slots.map(lane));
    return (verified * 1000) / (performance.now() - startMs);
  }
}
