/** Nodes on loopback within one process, and peers without manners that speak to them. */

import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { WebSocket } from 'ws';
import { hexOf } from '#core/crypto/hex.ts';
import { type Signer, signerOfSeed } from '#core/crypto/key-pair.ts';
import { makeHello, sessionSecret } from '#io/net/peer-identity.ts';
import { PeerNetwork, type PeerNetworkOptions } from '#io/net/peer-network.ts';
import { encodeWire, type Hello, type PeerMessage } from '#io/net/wire-message.ts';

export const MESSAGE_BYTES_MAX = 4_000_000;
export const SMALL_BYTES_MAX = 100_000;
export const GENESIS = 'ab'.repeat(32);
const TERMS = { chainId: 1020, genesis: GENESIS, shards: 2 };
const VALIDATORS = 4;
const WAIT_MS_MAX = 20_000;

export type TestNode = {
  readonly network: PeerNetwork;
  readonly port: number;
  readonly received: [peer: number, message: PeerMessage][];
  readonly log: string[];
};

/** The first four are validators. */
export function signerAt(index: number): Signer {
  return signerOfSeed(new Uint8Array(32).fill(index + 1));
}

export function peerAt(index: number): string {
  return hexOf(signerAt(index).publicKey);
}

export class PeerNodes {
  readonly #nodes: TestNode[] = [];
  readonly #sockets: WebSocket[] = [];

  async start(
    index: number,
    peers: readonly TestNode[],
    options: Partial<PeerNetworkOptions> = {},
  ): Promise<TestNode> {
    const received: TestNode['received'] = [];
    const log: string[] = [];
    const network = new PeerNetwork({
      host: '127.0.0.1',
      port: 0,
      announce: '127.0.0.1:0',
      peers: peers.map(({ port }) => `127.0.0.1:${port}`),
      seeds: [],
      discovery: false,
      records: [],
      inboundMax: 8,
      outboundMax: 8,
      connectionsPerHostMax: 64,
      terms: TERMS,
      signer: signerAt(index),
      validators: Array.from({ length: VALIDATORS }, (_, each) => peerAt(each)),
      messageBytesMax: MESSAGE_BYTES_MAX,
      smallMessageBytesMax: SMALL_BYTES_MAX,
      events: {
        onConnected: () => {},
        onGone: () => {},
        onMessage: (from, message) => received.push([indexOf(from), message]),
        log: (level, text, fields) =>
          log.push(`${level} ${text} ${Object.values(fields).join(' ')}`),
      },
      ...options,
    });
    const node = { network, port: await network.start(), received, log };
    this.#nodes.push(node);
    return node;
  }

  async stop(node: TestNode): Promise<void> {
    this.#nodes.splice(this.#nodes.indexOf(node), 1);
    await node.network.stop();
  }

  async stopAll(): Promise<void> {
    for (const socket of this.#sockets.splice(0)) socket.terminate();
    await Promise.all(this.#nodes.splice(0).map(({ network }) => network.stop()));
  }

  async until(what: string, holds: () => boolean): Promise<void> {
    for (const deadline = Date.now() + WAIT_MS_MAX; !holds(); await sleep(10)) {
      assert.ok(
        Date.now() < deadline,
        `${what}: ${JSON.stringify(this.#nodes.map((it) => it.log))}`,
      );
    }
  }

  /** Waits until the node has logged why it refused somebody. */
  logged(node: TestNode, reason: RegExp): Promise<void> {
    return this.until(`a log line ${reason}`, () => node.log.some((line) => reason.test(line)));
  }

  /** A WebSocket that has said nothing yet, and the hello it could say. */
  async stranger(
    node: TestNode,
  ): Promise<{ socket: WebSocket; tls: TLSSocket; hello: (index: number) => Hello }> {
    const socket = new WebSocket(`wss://127.0.0.1:${node.port}/peer`, {
      rejectUnauthorized: false,
    });
    this.#sockets.push(socket);
    socket.on('error', () => {});
    let tls: TLSSocket | undefined;
    socket.once('upgrade', (response) => {
      tls = response.socket as TLSSocket;
    });
    await new Promise((resolve) => socket.once('open', resolve));
    assert.ok(tls !== undefined);
    const secret = Uint8Array.from(sessionSecret(tls));
    const hello = (index: number): Hello => makeHello(TERMS, signerAt(index), 'dialer', secret);
    return { socket, tls, hello };
  }

  /** A peer that has proven its key and does as it likes from there on. */
  async rogue(node: TestNode, index: number): Promise<{ socket: WebSocket; tls: TLSSocket }> {
    const { socket, tls, hello } = await this.stranger(node);
    socket.send(encodeWire(hello(index)));
    await this.until('the hello is accepted', () => node.network.peers.includes(peerAt(index)));
    return { socket, tls };
  }
}

function indexOf(peer: string): number {
  for (let index = 0; index < 64; index++) if (peerAt(index) === peer) return index;
  return -1;
}
