/**
 * The WebSocket endpoint on the HTTP port: upgrades, keeps the sessions, and spreads what becomes
 * final among them. Compression is off: it would cost more than the loopback it saves and opens the
 * door to deflate bombs.
 */

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import type { BlockEmission } from '#core/shard/block-emissions.ts';
import type { RateLimiter } from '../rate-limiter.ts';
import type { CommittedBlocks } from './committed-blocks.ts';
import { publishEvents, publishOutput } from './event-source.ts';
import { blockPush, type FinalBlock, type FinalRootBlock, rootBlockPush } from './push.ts';
import type { RpcOptions } from './rpc-options.ts';
import type { RpcPorts } from './rpc-ports.ts';
import { TransactionWatches } from './transaction-watches.ts';
import { WebSocketSession } from './websocket-session.ts';

const FRAGMENTS_MAX = 1024;
const BUFFERED_CHUNKS_MAX = 16_384;
/** Transactions watched by all clients together; about 300 bytes each. */
const WATCHES_MAX = 262_144;
/** Twice as long as a transaction can be valid (spec go-iost §2.2). */
const WATCH_MS = 180_000;
const UPGRADE_COST = 10;
const GOING_AWAY = 1001;
const NO_IDS = new Uint8Array(0);

export class RpcWebSockets {
  readonly #options: RpcOptions;
  readonly #ports: RpcPorts;
  readonly #limiter: RateLimiter;
  readonly #server: WebSocketServer;
  readonly #sessions = new Map<WebSocket, WebSocketSession>();
  readonly #watches: TransactionWatches;
  #nodePaused = false;

  constructor(ports: RpcPorts, options: RpcOptions, blocks: CommittedBlocks, limiter: RateLimiter) {
    this.#ports = ports;
    this.#options = options;
    this.#limiter = limiter;
    this.#watches = new TransactionWatches(blocks, WATCHES_MAX, WATCH_MS);
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: options.websocket.messageBytesMax,
      maxFragments: FRAGMENTS_MAX,
      maxBufferedChunks: BUFFERED_CHUNKS_MAX,
    });
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  /** Transactions that somebody waits for. */
  get watches(): number {
    return this.#watches.size;
  }

  /** Takes over upgrades of the HTTP server. */
  attach(server: Server): void {
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** A block of a chain is final and flushed. */
  onBlock(block: FinalBlock): void {
    const plain = blockPush(block, false);
    const withIds = blockPush(block, true);
    for (const session of this.#sessions.values()) {
      const { blocks } = session;
      if (blocks !== undefined) session.push(blocks.ids ? withIds : plain, blocks.form);
    }
    const store = this.#ports.shards[block.chain] ?? this.#ports.root;
    let results: Uint8Array | undefined;
    const readResults = () => {
      results ??= store.receipts(block.height);
      return results;
    };
    this.#watches.onBlock(block, readResults);
    if (this.#ports.events.hasListeners) publishEvents(this.#ports.events, block, readResults());
  }

  /** What contracts said in a block whose `onBlock` is next. */
  onContractOutput(
    block: Omit<FinalBlock, 'ids' | 'unfinished'>,
    entries: readonly BlockEmission[],
  ): void {
    publishOutput(this.#ports.events, this.#ports.console, block, entries);
  }

  /** A root block is final and flushed. It is a block of the root chain, too. */
  onRootBlock(block: FinalRootBlock): void {
    const { height, timestamp } = block;
    const ids = this.#ports.root.transactionIds(height) ?? NO_IDS;
    // Nobody's account lives on the root, so what begins there ends there.
    this.onBlock({ chain: ROOT_CHAIN, height, timestamp, ids, unfinished: [] });
    const push = rootBlockPush(block);
    for (const session of this.#sessions.values()) {
      if (session.blocks !== undefined) session.push(push, session.blocks.form);
    }
    this.#watches.onRootBlock();
  }

  /** The node takes no new transactions (`true`), or takes them again. */
  setNodePaused(paused: boolean): void {
    this.#nodePaused = paused;
    for (const session of this.#sessions.values()) session.setNodePaused(paused);
  }

  /** Answers have made room for more transactions. */
  onRoom(): void {
    for (const session of this.#sessions.values()) session.onRoom();
  }

  /** Some times a second: ends watches that have waited too long. */
  expire(nowMs: number): void {
    this.#watches.expire(nowMs);
  }

  /** Every half minute: who has not answered the last ping is gone. */
  pingAll(): void {
    for (const [socket, session] of this.#sessions) {
      // A paused socket is not read, so its pongs are not seen: it is waiting for us.
      if (!session.isAlive && !socket.isPaused) socket.terminate();
      session.isAlive = false;
      socket.ping();
    }
  }

  close(): void {
    for (const socket of this.#sessions.keys()) {
      socket.close(GOING_AWAY, 'the node stops');
      if (socket.isPaused) socket.resume();
    }
    this.#server.close();
    setTimeout(() => {
      for (const socket of this.#sessions.keys()) socket.terminate();
    }, 500).unref();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refusal = this.#refusalOf(request);
    if (refusal !== undefined) {
      socket.on('error', () => socket.destroy());
      socket.end(`HTTP/1.1 ${refusal}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (client) => this.#admit(client));
  }

  #refusalOf(request: IncomingMessage): string | undefined {
    const path = (request.url ?? '').split('?', 1)[0];
    if (path !== this.#options.websocket.path) return '404 Not Found';
    const { origin } = request.headers;
    const origins = this.#options.corsOrigins;
    // Browsers do not apply CORS to WebSockets: the server has to ask where the page came from.
    if (origin !== undefined && !origins.includes('*') && !origins.includes(origin)) {
      return '403 Forbidden';
    }
    const address = request.socket.remoteAddress ?? '';
    if (!this.#limiter.take(address, this.#ports.nowMs(), UPGRADE_COST)) {
      return '429 Too Many Requests';
    }
    if (this.#sessions.size >= this.#options.subscriptionsMax) return '503 Service Unavailable';
    return undefined;
  }

  #admit(client: WebSocket): void {
    const session = new WebSocketSession(client, this.#ports, this.#options, this.#watches);
    this.#sessions.set(client, session);
    if (this.#nodePaused) session.setNodePaused(true);
    // Errors of the protocol (1009, 1007, 1002): ws has already sent the close frame.
    client.on('error', () => {});
    client.on('close', () => {
      this.#sessions.delete(client);
      session.end();
    });
  }
}
