/**
 * A contract whose storage grows, called by many from one shard, for which its owner on that shard pays
 * by leases; and an owner who uses, reads and sells the same RAM meanwhile.
 */

import { strict as assert } from 'node:assert';
import { hexOf } from '#core/crypto/hex.ts';
import { lentKey } from '#core/ledger/ram-lease.ts';
import { SimFailure } from '../sim-failure.ts';
import { checkNetwork } from './conservation.ts';
import { type ContractScene, contractScene } from './contract-scene.ts';
import { assertQuiet } from './run-chains.ts';
import { call, type SimTransaction } from './sim-client.ts';
import type { SimCore } from './sim-network.ts';

const CALL_GAS = 900_000_00n;
const CHECK_EVERY = 7;
const ROUNDS = 6;
/** Of the 100,000 bytes that were bought for the owner; code and entries use some. */
const NEARLY_ALL = 75_000;

export type LendingRun = {
  readonly seed: number;
  readonly crashesPerSecond: number;
  readonly core?: SimCore | undefined;
};

export class Lending {
  readonly scene: ContractScene;
  readonly sent: { readonly what: string; readonly id: string }[] = [];
  #keys = 0;
  #events = 0;

  constructor(run: LendingRun) {
    this.scene = contractScene({ ...run, isOwnerNear: false });
  }

  /** Users store something new. */
  grow(count: number): void {
    const { contract, strangers } = this.scene;
    for (let index = 0; index < count; index++) {
      this.#keys += 1;
      const publisher = strangers[this.#keys % strangers.length] as string;
      this.send('put', { publisher, actions: [call(contract, 'put', `key${this.#keys}`, 'text')] });
    }
  }

  byOwner(contract: string, abi: string, ...args: readonly unknown[]): void {
    this.send(abi, { publisher: this.scene.owner, actions: [call(contract, abi, ...args)] });
  }

  send(what: string, transaction: SimTransaction): void {
    const id = this.scene.client.send({ gasLimit: CALL_GAS, ...transaction });
    this.sent.push({ what, id: hexOf(id) });
  }

  run(ms: number): void {
    this.scene.network.run(ms, () => {
      this.#events += 1;
      if (this.#events % CHECK_EVERY === 0) checkNetwork(this.scene.network);
    });
  }

  /** On how many chains there is a record with this key. */
  recordsOf(key: string): number {
    let count = 0;
    for (const { storage } of this.scene.network.chains.values()) {
      for (const [each] of storage.allState()) if (each === key) count += 1;
    }
    return count;
  }

  /** The message of the transaction that was sent last; empty where it succeeded. */
  lastMessage(): string | undefined {
    const { promises } = this.scene;
    return promises.ran.get(this.sent.at(-1)?.id ?? '')?.receipt.message;
  }

  /** Everything has ended, and what ran has succeeded. */
  assertAllSucceeded(): void {
    const { network, promises } = this.scene;
    checkNetwork(network);
    assertQuiet(network);
    promises.assertEnded(this.sent.map(({ id }) => id));
    for (const { what, id } of this.sent) {
      const receipt = promises.ran.get(id)?.receipt;
      // A pool that crashes forgets what is in no block.
      if (receipt === undefined && network.counts.crashes > 0) continue;
      assert.equal(receipt?.statusCode, 0, `${what}: ${receipt?.message ?? 'no receipt'}`);
    }
  }
}

/** Throws `SimFailure` when something does not hold; answers the digest of the history. */
export function runLending(run: LendingRun): string {
  const lending = new Lending(run);
  try {
    useAtOnce(lending);
    sellWhatIsLent(lending);
  } catch (error) {
    throw new SimFailure(error, lending.scene.network.chart);
  }
  return lending.scene.network.digest;
}

function useAtOnce(lending: Lending): void {
  const { network, owner, contract, strangers } = lending.scene;
  const user = strangers[0] as string;
  network.storm();
  for (let round = 0; round < ROUNDS; round++) {
    lending.grow(12);
    lending.run(150);
    lending.byOwner('ram.iost', 'sell', owner, owner, 40);
    lending.byOwner('token.iost', 'balanceOf', 'ram', owner);
    const see = [call(contract, 'relay', 'token.iost', 'balanceOf', ['ram', owner])];
    lending.send('see', { publisher: user, actions: see });
    lending.grow(6);
    lending.run(400);
  }
  network.calm();
  lending.run(30_000);
  lending.assertAllSucceeded();
}

function sellWhatIsLent(lending: Lending): void {
  const { owner } = lending.scene;
  lending.grow(3);
  lending.run(2000);
  assert.equal(lending.recordsOf(lentKey(owner)), 1, 'something is on lease');
  lending.byOwner('ram.iost', 'sell', owner, owner, NEARLY_ALL);
  lending.run(4000);
  assert.equal(lending.lastMessage(), '');
  lending.byOwner('ram.iost', 'sell', owner, owner, NEARLY_ALL);
  lending.run(4000);
  assert.match(lending.lastMessage() ?? '', /not enough/);
}
