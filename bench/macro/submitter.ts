/** How transactions get to the node: over a WebSocket in batches, or one by one over HTTP. */

import { Agent, request } from 'node:http';
import type WebSocket from 'ws';
import { decodeTransaction } from '#core/chain/transaction.ts';
import { encodeBinary } from '#io/rpc/push.ts';
import { writeTransactionJson } from '#io/rpc/transaction-json.ts';

export interface Submitter {
  /** Transactions that are best sent together; fewer only where there are no more. */
  readonly batch: number;
  /** How many it could send now. */
  readonly room: number;
  /** Takes the transactions of the next job; what costs time before the clock runs happens here. */
  load(transactions: readonly Uint8Array[]): void;
  submit(from: number, to: number): void;
  close(): void;
}

export type SubmitEvents = {
  readonly onRejected: (message: string) => void;
  readonly onRoom: () => void;
  readonly onFailure: (error: Error) => void;
};

const FRAME_TRANSACTIONS = 256;

export class WebSocketSubmitter implements Submitter {
  readonly batch = FRAME_TRANSACTIONS;
  /** The node stops reading the socket when it has enough. */
  readonly room: number = Number.POSITIVE_INFINITY;
  readonly #sockets: readonly WebSocket[];
  #transactions: readonly Uint8Array[] = [];
  #request = 0;

  /** Frames go to the sockets in turn. */
  constructor(sockets: readonly WebSocket[]) {
    this.#sockets = sockets;
  }

  load(transactions: readonly Uint8Array[]): void {
    this.#transactions = transactions;
  }

  submit(from: number, to: number): void {
    const transactions = this.#transactions.slice(from, to);
    const id = this.#request++;
    this.#sockets[id % this.#sockets.length]?.send(
      encodeBinary({ kind: 'submit', id, transactions }),
    );
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }
}

export class HttpSubmitter implements Submitter {
  readonly batch = 1;
  readonly #agent: Agent;
  readonly #url: URL;
  readonly #events: SubmitEvents;
  readonly #connections: number;
  #bodies: readonly Buffer[] = [];
  #open = 0;

  constructor(url: string, connections: number, events: SubmitEvents) {
    this.#url = new URL('/sendTx', url);
    this.#connections = connections;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
    this.#events = events;
  }

  get room(): number {
    return this.#connections - this.#open;
  }

  load(transactions: readonly Uint8Array[]): void {
    this.#bodies = transactions.map((bytes) => {
      const transaction = decodeTransaction(bytes);
      if (transaction === undefined) throw new Error('a signed transfer is canonical');
      return Buffer.from(writeTransactionJson(transaction));
    });
  }

  submit(from: number, to: number): void {
    for (let index = from; index < to; index++) this.#post(this.#bodies[index] as Buffer);
  }

  close(): void {
    this.#agent.destroy();
  }

  #post(body: Buffer): void {
    this.#open += 1;
    // The content type of iost.js.
    const headers = { 'Content-Type': 'text/plain', 'Content-Length': body.length };
    const outgoing = request(this.#url, { agent: this.#agent, method: 'POST', headers });
    outgoing.on('error', (error) => this.#events.onFailure(error));
    outgoing.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => {
        this.#open -= 1;
        if (response.statusCode !== 200) this.#events.onRejected(text);
        this.#events.onRoom();
      });
    });
    outgoing.end(body);
  }
}
