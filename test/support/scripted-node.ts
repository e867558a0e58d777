/**
 * A node's HTTP API as far as the command line uses it. It reads each sent body like a real node and
 * refuses signatures that do not hold, so that a command which signs wrongly fails here too.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { encodePublish, encodeTransaction, type Transaction } from '#core/chain/transaction.ts';
import { base58Encode } from '#core/crypto/base58.ts';
import { sha3 } from '#core/crypto/hash.ts';
import { verifySignature } from '#core/crypto/signature.ts';
import { readTransactionJson } from '#io/rpc/transaction-json.ts';

/** What `getTxByHash` answers, one after the other; the last one stays. `unknown`: not found. */
export type ScriptedState = { readonly status: string; readonly result?: string };

const SERVER_TIME = '1700000000123456789';

export class ScriptedNode {
  readonly received: Transaction[] = [];
  states: readonly ScriptedState[] = [
    { status: 'PENDING' },
    { status: 'PACKED', result: 'SUCCESS' },
    { status: 'IRREVERSIBLE', result: 'SUCCESS' },
  ];
  /** Why `/readyz` says no; ready if empty. */
  reasons: readonly string[] = [];
  /** Words that `/sendTx` refuses with, if any. */
  refusal: string | undefined;
  readonly #server: Server;
  #asked = 0;

  private constructor() {
    this.#server = createServer((request, response) => {
      void this.#answer(request, response);
    });
  }

  static async listen(): Promise<ScriptedNode> {
    const node = new ScriptedNode();
    await new Promise<void>((resolve) => {
      node.#server.listen(0, '127.0.0.1', resolve);
    });
    return node;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const [status, value] = this.#route(request.url ?? '', Buffer.concat(chunks));
    response.writeHead(status).end(JSON.stringify(value));
  }

  #route(path: string, body: Uint8Array): readonly [number, unknown] {
    if (path === '/getNodeInfo') {
      return [
        200,
        { mode: 'ModeNormal', code_version: 'x', server_time: SERVER_TIME, tx_pool_size: '3' },
      ];
    }
    if (path === '/getChainInfo') {
      const heights = { head_block: '12', lib_block: '11', head_block_time: '1700000000000000000' };
      const network = { net_name: 'devnet', chain_id: 1020, checkpoint_block: '8' };
      return [200, { ...network, ...heights }];
    }
    if (path === '/getRAMInfo') return [200, { buy_price: 0.005 }];
    if (path === '/readyz')
      return [
        this.reasons.length === 0 ? 200 : 503,
        {
          ready: this.reasons.length === 0,
          reasons: this.reasons,
          details: { network: '3 connected', consensus: 'block 12, in step with its peers' },
        },
      ];
    if (path === '/sendTx') return this.#send(body);
    if (path.startsWith('/getTxByHash/')) return this.#transaction();
    return [400, { code: 12, message: 'Not Implemented' }];
  }

  #send(body: Uint8Array): readonly [number, unknown] {
    const read = readTransactionJson(body);
    if (!read.ok) return [400, { code: 3, message: read.failure.message }];
    if (this.refusal !== undefined) return [400, { code: 2, message: this.refusal }];
    const transaction = read.value;
    const digest = sha3(encodePublish(transaction));
    const valid = transaction.publisherSignatures.every((each) =>
      verifySignature(each.algorithm, digest, each.signature, each.publicKey),
    );
    if (!valid) return [400, { code: 2, message: 'publisher error' }];
    this.received.push(transaction);
    return [
      200,
      { hash: base58Encode(sha3(encodeTransaction(transaction))), pre_tx_receipt: null },
    ];
  }

  #transaction(): readonly [number, unknown] {
    const state = this.states[Math.min(this.#asked, this.states.length - 1)];
    this.#asked += 1;
    if (state?.status === 'unknown') return [400, { code: 2, message: 'tx not found' }];
    const emitted = { ram_usage: {}, returns: ['[]'], receipts: [] };
    const receipt = { message: 'why', gas_usage: 2172, ...emitted };
    const { status = '', result } = state ?? {};
    const txReceipt = result === undefined ? null : { status_code: result, ...receipt };
    return [200, { status, transaction: { tx_receipt: txReceipt }, block_number: '-1' }];
  }
}
