/** The API on a node that is made of memory: two shards, a root chain, and a scripted intake. */

import type { Leg, TransactionResult } from '#core/chain/block.ts';
import { encodeReceipt, type Receipt } from '#core/chain/receipt.ts';
import { encodeTransaction, type Transaction } from '#core/chain/transaction.ts';
import { sha3 } from '#core/crypto/hash.ts';
import { ContractRegistry } from '#core/ledger/contract-registry.ts';
import { defineContract } from '#core/ledger/native/native-contract.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { reject } from '#core/result.ts';
import { type ConsoleLine, EventFeed } from '#io/rpc/event-feed.ts';
import type { RpcOptions } from '#io/rpc/rpc-options.ts';
import type { RpcPorts } from '#io/rpc/rpc-ports.ts';
import { createRpcServer, type RpcServer } from '#io/rpc/rpc-server.ts';
import type { SubmissionOutcome } from '#io/rpc/submission-book.ts';
import { FakeChain } from './fake-chain.ts';

export const NOW_MS = 1_700_000_100_000;

export const RPC_OPTIONS: RpcOptions = {
  host: '127.0.0.1',
  port: 0,
  corsOrigins: ['*'],
  bodyBytesMax: 262_144,
  connectionsMax: 64,
  requestsPerSecond: 20_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 65_000,
  subscriptionsMax: 8,
  tryTx: false,
  execTx: false,
  websocket: {
    path: '/ws',
    messageBytesMax: 4_194_304,
    inFlightTransactionsMax: 8192,
    sendBufferBytesMax: 8_388_608,
  },
};

type Submitted = {
  readonly transactions: readonly Uint8Array[];
  readonly done: (outcome: SubmissionOutcome) => void;
};

/** Everything a test may want to turn. */
export class FakeNode {
  readonly root = new FakeChain(ROOT_CHAIN);
  readonly shards = [new FakeChain(0), new FakeChain(1)];
  readonly events = new EventFeed(8);
  readonly console = new EventFeed<ConsoleLine>(8);
  readonly submitted: Submitted[] = [];
  readonly pending = new Map<string, Uint8Array>();
  /** How a submission is answered; by default everything is admitted at once. */
  onSubmit: (submitted: Submitted) => boolean = ({ transactions, done }) => {
    setImmediate(() => done(admitAll(transactions)));
    return true;
  };
  execute: RpcPorts['execute'] = () => reject('unauthorized', 'unauthorized publisher: alice');
  nowMs = NOW_MS;

  readonly ports: RpcPorts = {
    network: {
      name: 'debugnet',
      protocolVersion: '1.0',
      chainId: 1020,
      codeVersion: '0.1.0',
      gitHash: 'abc',
      buildTime: '20260101',
    },
    shards: this.shards,
    root: this.root,
    chainOfAnchor: (anchor) => (anchor === 'root' ? ROOT_CHAIN : anchor.endsWith('b') ? 1 : 0),
    contracts: new ContractRegistry([
      defineContract('token.iost', '1.0.6', 'native', [
        { name: 'supply', args: ['string'], amountLimit: [], run: () => [] },
      ]),
    ]),
    status: () => ({
      mode: 'ModeNormal',
      networkId: '12D3',
      inboundPeers: 1,
      outboundPeers: 2,
      poolTransactions: 7,
    }),
    nowMs: () => this.nowMs,
    submit: (transactions, done) => {
      const submitted = { transactions, done };
      const taken = this.onSubmit(submitted);
      if (taken) this.submitted.push(submitted);
      return taken;
    },
    findPending: async (id) => this.pending.get(Buffer.from(id).toString('hex')),
    check: () => undefined,
    execute: (encoded) => this.execute(encoded),
    events: this.events,
    console: this.console,
  };
}

export function admitAll(transactions: readonly Uint8Array[]): SubmissionOutcome {
  return { ids: Buffer.concat(transactions.map((bytes) => sha3(bytes))), rejected: [] };
}

/** The server under test, listening on a free port. */
export async function startFakeServer(
  node: FakeNode,
  overrides: Partial<RpcOptions> = {},
): Promise<{ readonly server: RpcServer; readonly port: number; readonly url: string }> {
  const server = await createRpcServer(node.ports, { ...RPC_OPTIONS, ...overrides });
  const port = await server.listen();
  return { server, port, url: `http://127.0.0.1:${port}` };
}

export function sampleTransaction(overrides: Partial<Transaction> = {}): Transaction {
  return {
    time: BigInt(NOW_MS) * 1_000_000n,
    expiration: BigInt(NOW_MS + 90_000) * 1_000_000n,
    gasRatio: 100n,
    gasLimit: 1_000_000n,
    delay: 0n,
    chainId: 1020,
    signers: ['alice@active'],
    actions: [
      { contract: 'token.iost', actionName: 'transfer', data: '["iost","alice","bob00","1",""]' },
    ],
    amountLimits: [{ token: '*', value: 'unlimited' }],
    signatures: [],
    publisher: 'alice',
    publisherSignatures: [
      {
        algorithm: 2,
        signature: new Uint8Array(64).fill(1),
        publicKey: new Uint8Array(32).fill(2),
      },
    ],
    ...overrides,
  };
}

/** A result as a chain stores it. `receipt: undefined` is a reservation. */
export function resultOf(
  transaction: Transaction,
  receipt: Partial<Receipt> | undefined,
  legs: readonly Leg[] = [],
): TransactionResult {
  const bytes = encodeTransaction(transaction);
  const id = sha3(bytes);
  const encoded =
    receipt === undefined
      ? new Uint8Array(0)
      : encodeReceipt({
          txHash: id,
          gasUsage: 345_600n,
          statusCode: 0,
          message: '',
          ramUsage: [],
          returns: ['[]'],
          receipts: [],
          ...receipt,
        });
  return { id, transaction: bytes, receipt: encoded, legs };
}
