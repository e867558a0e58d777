/**
 * The unmodified `iost` package from npm, talking to a real node. What is here is only types, for the
 * package has none, and the waiting that every example of its documentation repeats.
 *
 * All instances of IOST in a process share one configuration object (clients.md, quirk 26), so it is
 * set here once.
 */

import { createRequire } from 'node:module';

export type Receipt = {
  readonly tx_hash: string;
  readonly gas_usage: number;
  readonly ram_usage: Readonly<Record<string, string>>;
  readonly status_code: string;
  readonly message: string;
  readonly returns: readonly string[];
  readonly receipts: readonly { readonly func_name: string; readonly content: string }[];
};

export type KeyPair = { readonly id: string; B58SecKey(): string; B58PubKey(): string };

export type Tx = {
  gasRatio: number | string;
  gasLimit: number | string;
  time: unknown;
  expiration: unknown;
  delay: number;
  chain_id: number;
  signers: string[];
  signatures: { sig: Uint8Array }[];
  publisher: string;
  publisher_sigs: unknown[];
  amount_limit: { token: string; value: unknown }[];
  actions: { contract: string; actionName: string; data: string }[];
  setChainID(id: number): void;
  setTime(expirationSeconds: number, delay: number, serverTimeDiff: number): void;
  setGas(ratio: number, limit: number): void;
  addApprove(token: string, amount: string | number): void;
  addAction(contract: string, abi: string, args: string): void;
  addSigner(name: string, permission: string): void;
  addSign(key: KeyPair): void;
  addPublishSign(publisher: string, key: KeyPair): void;
};

export type Account = {
  addKeyPair(key: KeyPair, permission: string): void;
  getID(): string;
  getKeyPair(permission: string): KeyPair;
  sign(tx: Tx, permission: string): void;
  signTx(tx: Tx): void;
};

/** Answers are whatever JSON the node gave. */
// biome-ignore lint/suspicious/noExplicitAny: the package hands out untyped JSON
export type Json = any;

export type Rpc = {
  getProvider(): { send(method: 'get' | 'post', url: string, data?: unknown): Promise<Json> };
  readonly net: { getNodeInfo(): Promise<Json> };
  readonly blockchain: {
    getChainInfo(): Promise<Json>;
    getBlockByHash(hash: string, complete: boolean | number | undefined): Promise<Json>;
    getBlockByNum(number: number | string, complete: boolean | number | undefined): Promise<Json>;
    getBalance(account: string, token?: string, longest?: number): Promise<Json>;
    getToken721Balance(account: string, token: string): Promise<Json>;
    getToken721Metadata(token: string, id: string): Promise<Json>;
    getToken721Owner(token: string, id: string): Promise<Json>;
    getContract(id: string): Promise<Json>;
    getContractStorage(id: string, key: string, field?: string): Promise<Json>;
    getContractStorageFields(id: string, key: string): Promise<Json>;
    getAccountInfo(id: string, reversible?: boolean): Promise<Json>;
    getGasRatio(): Promise<Json>;
  };
  readonly transaction: {
    sendTx(tx: Tx): Promise<{ readonly hash: string; readonly pre_tx_receipt: null }>;
    getTxByHash(hash: string): Promise<Json>;
    getTxReceiptByTxHash(hash: string): Promise<Receipt>;
    getTxReceiptByHash(hash: string): Promise<Json>;
  };
};

type Callback = {
  on(message: 'pending' | 'success' | 'failed', then: (value: Json) => void): Callback;
};

export type Iost = {
  readonly serverTimeDiff: number;
  callABI(contract: string, abi: string, args: readonly unknown[]): Tx;
  transfer(token: string, from: string, to: string, amount: string, memo?: string): Tx;
  newAccount(
    name: string,
    creator: string,
    ownerKey: string,
    activeKey: string,
    ramBytes: number,
    gasPledge: number,
  ): Tx;
  signAndSend(tx: Tx): Callback;
  setRPC(rpc: Rpc): Promise<void>;
  setAccount(account: Account): void;
};

type TxHandler = {
  status: 'idle' | 'pending' | 'success' | 'failed';
  onPending(then: (value: Json) => void): TxHandler;
  onSuccess(then: (value: Json) => void): TxHandler;
  onFailed(then: (value: Json) => void): TxHandler;
  send(): TxHandler;
  listen(intervalMs?: number, times?: number): void;
};

type Package = {
  readonly IOST: new (config?: Readonly<Record<string, unknown>>) => Iost;
  readonly RPC: new (provider: unknown) => Rpc;
  readonly HTTPProvider: new (host: string, timeoutMs?: number) => unknown;
  readonly KeyPair: {
    new (secret: Uint8Array, algorithm?: number): KeyPair;
    newKeyPair(algorithm?: number): KeyPair;
  };
  readonly Account: new (id: string) => Account;
  readonly TxHandler: {
    new (tx: Tx, rpc: Rpc): TxHandler;
    SimpleTx(contract: string, abi: string, args: unknown, config: unknown): Tx;
  };
  readonly Bs58: { decode(text: string): Uint8Array };
  readonly Algorithm: { readonly Ed25519: number; readonly Secp256k1: number };
};

const require = createRequire(import.meta.url);
export const iostPackage = require('iost') as Package;

export const CHAIN_ID = 1020;
const CONFIG = { gasRatio: 1, gasLimit: 1_000_000, delay: 0, expiration: 90 };
const POLL_MS = 100;
const POLLS_MAX = 300;

/** An account with the key for both of its permissions. */
export function accountOf(id: string, key: KeyPair): Account {
  const account = new iostPackage.Account(id);
  account.addKeyPair(key, 'owner');
  account.addKeyPair(key, 'active');
  return account;
}

export function keyOf(secret: string): KeyPair {
  return new iostPackage.KeyPair(iostPackage.Bs58.decode(secret));
}

export type CallOptions = {
  readonly approve?: Readonly<Record<string, string>>;
  /** Who signs besides the publisher, each for one permission. */
  readonly signers?: readonly (readonly [account: Account, permission: string])[];
};

export class IostClient {
  readonly rpc: Rpc;
  readonly iost: Iost;

  private constructor(url: string) {
    this.rpc = new iostPackage.RPC(new iostPackage.HTTPProvider(url));
    this.iost = new iostPackage.IOST(CONFIG);
  }

  static async connect(url: string): Promise<IostClient> {
    const client = new IostClient(url);
    await client.iost.setRPC(client.rpc);
    return client;
  }

  get(path: string): Promise<Json> {
    return this.rpc.getProvider().send('get', path);
  }

  post(path: string, body: unknown): Promise<Json> {
    return this.rpc.getProvider().send('post', path, body);
  }

  /** A signed call of one ABI. */
  signed(
    publisher: Account,
    contract: string,
    abi: string,
    args: readonly unknown[],
    options: CallOptions = {},
  ): Tx {
    return this.sign(publisher, this.iost.callABI(contract, abi, args), options);
  }

  sign(publisher: Account, tx: Tx, { approve = {}, signers = [] }: CallOptions = {}): Tx {
    tx.setChainID(CHAIN_ID);
    for (const [token, amount] of Object.entries(approve)) tx.addApprove(token, amount);
    for (const [account, permission] of signers) tx.addSigner(account.getID(), permission);
    for (const [account, permission] of signers) account.sign(tx, permission);
    publisher.signTx(tx);
    return tx;
  }

  /** Sends and waits for the receipt of the irreversible transaction, as TxHandler does. */
  run(tx: Tx): Promise<Receipt> {
    return new Promise((resolve, reject) => {
      const fail = (reason: unknown): void => {
        // Either the receipt of a failed transaction or words.
        if (typeof reason === 'object' && reason !== null) resolve(reason as Receipt);
        else reject(new Error(`${reason}; sent: ${JSON.stringify(tx)}`));
      };
      new iostPackage.TxHandler(tx, this.rpc)
        .onPending(() => undefined)
        .onSuccess(resolve)
        .onFailed(fail)
        .send()
        .listen(POLL_MS, POLLS_MAX);
    });
  }

  call(
    publisher: Account,
    contract: string,
    abi: string,
    args: readonly unknown[],
    options: CallOptions = {},
  ): Promise<Receipt> {
    return this.run(this.signed(publisher, contract, abi, args, options));
  }
}
