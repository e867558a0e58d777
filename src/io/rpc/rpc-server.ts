/**
 * The API as one thing: HTTP and WebSocket on one port. The rpc actor makes it with real ports, tests
 * with fakes.
 */

import type { FastifyInstance } from 'fastify';
import { RateLimiter } from '../rate-limiter.ts';
import { BlockViews } from './block-view.ts';
import { CommittedBlocks } from './committed-blocks.ts';
import { committedState } from './committed-state.ts';
import { createHttpServer, type HttpServerEvents } from './http-server.ts';
import type { Api } from './route.ts';
import type { RpcOptions } from './rpc-options.ts';
import type { RpcPorts } from './rpc-ports.ts';
import { RpcWebSockets } from './websocket-server.ts';

export type RpcServer = {
  readonly http: FastifyInstance;
  readonly webSockets: RpcWebSockets;
  /** Binds the port; returns the one it got. */
  listen(): Promise<number>;
  close(): Promise<void>;
};

export async function createRpcServer(
  ports: RpcPorts,
  options: RpcOptions,
  events: HttpServerEvents = {},
): Promise<RpcServer> {
  const blocks = new CommittedBlocks(ports.root, ports.shards);
  const api: Api = {
    ports,
    options,
    blocks,
    views: new BlockViews(blocks),
    state: committedState(ports.shards, ports.root, (anchor) => ports.chainOfAnchor(anchor)),
  };
  // One limiter for both, so that nobody gets a second share by another protocol.
  const limiter = new RateLimiter(options.requestsPerSecond);
  const http = await createHttpServer(api, limiter, events);
  const webSockets = new RpcWebSockets(ports, options, blocks, limiter);
  webSockets.attach(http.server);
  return {
    http,
    webSockets,
    async listen() {
      await http.listen({ host: options.host, port: options.port });
      const address = http.server.address();
      return typeof address === 'object' && address !== null ? address.port : options.port;
    },
    async close() {
      webSockets.close();
      await http.close();
    },
  };
}
