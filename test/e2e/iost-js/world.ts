/** One real node and as many accounts as the tests of a file ask for, each on the shard they want. */

import { strict as assert } from 'node:assert';
import { ShardMap } from '#core/eds/shard-map.ts';
import { readGenesis } from '#test/support/genesis.ts';
import {
  type Account,
  accountOf,
  IostClient,
  iostPackage,
  type KeyPair,
  keyOf,
  type Receipt,
} from '#test/support/iost-client.ts';
import { complaintsIn, RunningNode } from '#test/support/running-node.ts';

export type AccountWish = {
  /** Shard it shall live on, modulo the number of shards; 0 unless said. */
  readonly shard?: number;
  readonly iost?: string;
  readonly ramBytes?: number;
  readonly gasPledge?: number;
};

export class World {
  readonly node: RunningNode;
  readonly client: IostClient;
  readonly shards: number;
  readonly admin: Account;
  readonly adminKey: KeyPair;
  readonly #map: ShardMap;
  #names = 0;

  private constructor(node: RunningNode, client: IostClient, shards: number) {
    const { admin } = readGenesis('dev');
    assert.ok(admin.publishedSecretKey !== undefined);
    this.node = node;
    this.client = client;
    this.shards = shards;
    this.adminKey = keyOf(admin.publishedSecretKey);
    this.admin = accountOf(admin.id, this.adminKey);
    this.#map = ShardMap.balanced(shards);
  }

  static async start(shards: number): Promise<World> {
    const node = await RunningNode.start({ profile: 'dev', shards });
    return new World(node, await IostClient.connect(node.rpcUrl), shards);
  }

  async end(): Promise<void> {
    const { code, stderr } = await this.node.stop();
    await this.node.remove();
    assert.equal(code, 0, stderr);
    assert.deepEqual(complaintsIn(stderr), []);
  }

  /** A name nobody has, of an account that lives on this shard. */
  newName(shard = 0): string {
    for (;;) {
      const name = `tester_${(this.#names++).toString(36)}`;
      if (this.#map.shardOfAccount(name) === shard % this.shards) return name;
    }
  }

  /** A symbol no token has. */
  newSymbol(): string {
    return `t_${(this.#names++).toString(36)}`;
  }

  async newAccount(wish: AccountWish = {}): Promise<Account> {
    const { shard = 0, iost = '1000', ramBytes = 20_000, gasPledge = 100 } = wish;
    const key = iostPackage.KeyPair.newKeyPair();
    const name = this.newName(shard);
    const { iost: builder } = this.client;
    const tx = builder.newAccount(name, 'admin', key.id, key.id, ramBytes, gasPledge);
    tx.addAction('token.iost', 'transfer', JSON.stringify(['iost', 'admin', name, iost, '']));
    const approve = { iost: String(Number(iost) + gasPledge + 500) };
    succeeded(await this.client.run(this.client.sign(this.admin, tx, { approve })));
    return accountOf(name, key);
  }

  async balance(account: Account | string, token = 'iost'): Promise<number> {
    const id = typeof account === 'string' ? account : account.getID();
    const { balance } = await this.client.rpc.blockchain.getBalance(id, token);
    return balance;
  }
}

export function succeeded(receipt: Receipt): Receipt {
  assert.equal(`${receipt.status_code} ${receipt.message}`, 'SUCCESS ');
  return receipt;
}

export function failedWith(receipt: Receipt, message: string | RegExp): Receipt {
  assert.equal(receipt.status_code, 'RUNTIME_ERROR', receipt.message);
  if (typeof message === 'string') assert.equal(receipt.message, message);
  else assert.match(receipt.message, message);
  return receipt;
}

/** The answer to a request that the node refuses: what follows `error: ` in the client's words. */
export async function refusal(
  request: Promise<unknown>,
): Promise<{ code: number; message: string }> {
  try {
    const answer = await request;
    assert.fail(`expected a refusal, got ${JSON.stringify(answer)}`);
  } catch (error) {
    const text = (error as Error).message;
    assert.match(text, /^error: \{"code":/);
    return JSON.parse(text.slice('error: '.length));
  }
}
