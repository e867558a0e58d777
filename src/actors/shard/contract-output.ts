/**
 * Passes on what contracts said in final blocks: events and console lines to rpc, console lines to
 * the log, too. Nothing waits for it: what does not fit is left out and counted.
 */

import type { ActorContext, Counter } from '#actors/runtime/actor-context.ts';
import { base58Encode } from '#core/crypto/base58.ts';
import type { BlockEmission } from '#core/shard/block-emissions.ts';
import type { FinalBlockSummary } from '#core/shard/chain-effects.ts';
import type { Sender } from '#ipc/link.ts';
import type { ShardToRpc } from './protocol.ts';

/** BOUND: console lines in the log, per second. */
const LINES_PER_SECOND = 200;
const SECOND_MS = 1000;

type ConsoleEmission = BlockEmission & { readonly kind: 'console' };

export class ContractOutput {
  readonly #chain: number;
  readonly #context: ActorContext;
  readonly #rpc: Sender<ShardToRpc>;
  readonly #dropped: Counter;
  #secondMs = 0;
  #lines = 0;

  constructor(chain: number, context: ActorContext, rpc: Sender<ShardToRpc>) {
    this.#chain = chain;
    this.#context = context;
    this.#rpc = rpc;
    this.#dropped = context.metrics.counter(
      'contract_output_dropped_total',
      'Events and console lines of contracts that did not fit',
    );
  }

  onFinal({ height, timestamp, emissions }: FinalBlockSummary): void {
    const { entries, dropped } = emissions;
    if (dropped > 0) this.#dropped.add(dropped);
    if (entries.length === 0) return;
    this.#rpc.send({ kind: 'contractOutput', chain: this.#chain, height, timestamp, entries });
    for (const entry of entries) if (entry.kind === 'console') this.#log(entry, height);
  }

  #log(entry: ConsoleEmission, height: number): void {
    const nowMs = this.#context.clock.nowMs();
    if (nowMs - this.#secondMs >= SECOND_MS) {
      this.#secondMs = nowMs;
      this.#lines = 0;
    }
    this.#lines += 1;
    if (this.#lines > LINES_PER_SECOND) {
      this.#dropped.add();
      if (this.#lines === LINES_PER_SECOND + 1) {
        const text = `more than ${LINES_PER_SECOND} lines of contracts a second are not shown`;
        this.#context.log.warn(text);
      }
      return;
    }
    const { contract, level, text, transactionId } = entry;
    const hash = base58Encode(transactionId);
    this.#context.log.info(`console.${level}: ${text}`, { contract, hash, height });
  }
}
