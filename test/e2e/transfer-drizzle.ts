/**
 * A few transfers a second to whichever node answers, by the unmodified client package: enough that
 * blocks hold something while nodes come and go. What becomes of each does not matter here.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { readGenesis } from '#test/support/genesis.ts';
import { accountOf, IostClient, keyOf } from '#test/support/iost-client.ts';

const PAUSE_MS = 300;
const ANSWER_MS_MAX = 2000;

export class TransferDrizzle {
  readonly #urls: readonly string[];
  #running: Promise<void> | undefined;
  #isStopped = false;
  /** Accepted by a node. */
  sent = 0;

  constructor(urls: readonly string[]) {
    this.#urls = urls;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let turn = 0; !this.#isStopped; turn++) {
      const url = this.#urls[turn % this.#urls.length] as string;
      await Promise.race([this.#transfer(url, turn), sleep(ANSWER_MS_MAX)]);
      await sleep(PAUSE_MS);
    }
  }

  async #transfer(url: string, turn: number): Promise<void> {
    try {
      const { admin } = readGenesis('dev');
      const client = await IostClient.connect(url);
      const account = accountOf(admin.id, keyOf(String(admin.publishedSecretKey)));
      const amount = `0.${String(1 + (turn % 99)).padStart(2, '0')}`;
      const tx = client.iost.transfer(
        'iost',
        admin.id,
        `user_${1 + (turn % 2)}`,
        amount,
        `${turn}`,
      );
      await client.rpc.transaction.sendTx(client.sign(account, tx));
      this.sent += 1;
    } catch {
      // The node is away at the moment: the next one gets the next transfer.
    }
  }
}
