/**
 * The door: TLS 1.3 and the WebSocket upgrade. Whoever comes in is unknown, so all of it is bounded:
 * sockets in all and per host, how often a host may knock, and the time of every step.
 */

import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { type WebSocket, WebSocketServer } from 'ws';
import { bucketKey, RateLimiter } from '#io/rate-limiter.ts';
import type { TlsIdentity } from './self-signed-certificate.ts';

export const PEER_PATH = '/peer';
export const PEER_TLS_VERSION = 'TLSv1.3';
const STEP_MS_MAX = 10_000;
const CHECK_MS = 1000;
const HEADER_BYTES_MAX = 4096;
/** BOUND: new connections of one host per second, and how many may come at once. */
const KNOCKS_PER_SECOND = 10;
const KNOCKS_BURST = 100;
const GOODBYE_MS = 250;
/** What a browser or an IOST client gets that was pointed at the wrong port. */
const WRONG_PORT = 'this port is for peers; the HTTP API of the node is at rpc.port\n';

export type PeerListenerOptions = {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsIdentity;
  /** Largest WebSocket message. */
  readonly payloadBytesMax: number;
  readonly socketsMax: number;
  readonly socketsPerHostMax: number;
  readonly onSocket: (socket: WebSocket, tls: TLSSocket, address: string) => void;
  readonly onRefused: (host: string, reason: string) => void;
};

export class PeerListener {
  readonly #options: PeerListenerOptions;
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  readonly #knocks = new RateLimiter(KNOCKS_PER_SECOND, KNOCKS_BURST);
  readonly #open = new Map<string, number>();

  constructor(options: PeerListenerOptions) {
    this.#options = options;
    this.#server = createServer({
      ...options.tls,
      minVersion: PEER_TLS_VERSION,
      handshakeTimeout: STEP_MS_MAX,
      headersTimeout: STEP_MS_MAX,
      requestTimeout: STEP_MS_MAX,
      connectionsCheckingInterval: CHECK_MS,
      maxHeaderSize: HEADER_BYTES_MAX,
    });
    this.#server.maxConnections = options.socketsMax;
    this.#server.on('connection', (socket: Socket) => this.#onConnection(socket));
    this.#server.on('drop', () => options.onRefused('all', 'too many connections'));
    this.#server.on('tlsClientError', (error, socket) => {
      options.onRefused(hostOf(socket), `no TLS session: ${error.message}`);
    });
    this.#server.on('clientError', (error, socket) => {
      options.onRefused(hostOf(socket as Socket), `no upgrade: ${error.message}`);
      socket.destroy();
    });
    this.#server.on('request', (_, response) => {
      response.writeHead(426, { connection: 'close', 'content-type': 'text/plain' });
      response.end(WRONG_PORT);
    });
    this.#sockets = new WebSocketServer({
      server: this.#server,
      path: PEER_PATH,
      maxPayload: options.payloadBytesMax,
      perMessageDeflate: false,
    });
    this.#sockets.on('connection', (socket, request) => {
      const tls = request.socket as TLSSocket;
      options.onSocket(socket, tls, `${tls.remoteAddress}:${tls.remotePort}`);
    });
    this.#sockets.on('error', () => {});
  }

  /** Rejects with the error of the listener; gives the port. */
  async start(): Promise<number> {
    const { host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port }, () => resolve());
    });
    const bound = this.#server.address();
    return typeof bound === 'object' && bound !== null ? bound.port : port;
  }

  async stop(): Promise<void> {
    this.#sockets.close();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
      // Upgraded sockets are not the server's any more; the goodbye had its moment.
      setTimeout(() => {
        for (const socket of this.#sockets.clients) socket.terminate();
        resolve();
      }, GOODBYE_MS);
    });
  }

  #onConnection(socket: Socket): void {
    const { socketsPerHostMax, onRefused } = this.#options;
    const host = hostOf(socket);
    const open = this.#open.get(host) ?? 0;
    if (open >= socketsPerHostMax || !this.#knocks.take(host, performance.now())) {
      onRefused(
        host,
        open >= socketsPerHostMax ? `${open} connections already` : 'it knocks too often',
      );
      socket.destroy();
      return;
    }
    this.#open.set(host, open + 1);
    socket.once('close', () => {
      const left = (this.#open.get(host) ?? 1) - 1;
      if (left > 0) this.#open.set(host, left);
      else this.#open.delete(host);
    });
  }
}

function hostOf(socket: Socket): string {
  return bucketKey(socket.remoteAddress ?? 'gone');
}
