/**
 * The HTTP side of the API: one table of routes behind fastify, with the reference node's way of
 * answering (spec clients §1): every Content-Type is JSON, every refusal is HTTP 400 with
 * `{"code","message"}`, every answer carries the CORS header. Exceptions to the 400 are only those
 * that the HTTP protocol itself asks for: 429 from the rate limit, 431 and 408 from the parser.
 *
 * Bounds: connections, header and body bytes, time for headers, body and idle answers, requests per
 * address, unanswered transactions, subscriptions.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import cors from '@fastify/cors';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { RateLimiter } from '../rate-limiter.ts';
import { readEventFilter, streamEvents } from './event-stream.ts';
import { type Api, type Route, readBody } from './route.ts';
import { ROUTES } from './routes.ts';
import { errorBody, RPC_CODE, RpcError } from './rpc-error.ts';
import type { RpcOptions } from './rpc-options.ts';
import type { RpcPorts } from './rpc-ports.ts';

const HEADER_BYTES_MAX = 16_384;
/** No path is longer than the headers, which are cut off there. */
const PARAM_LENGTH_MAX = HEADER_BYTES_MAX;
const SUBSCRIBE_COST = 10;
const JSON_TYPE = 'application/json';
const NOT_HTTP = 'this is not a valid HTTP request';
const EMPTY_BODY = new Uint8Array(0);

export type HttpServerEvents = {
  /** A request was answered; for metrics. */
  readonly onAnswered?: (status: number, seconds: number) => void;
  /** A handler failed for a reason of ours. The client gets code 2 "internal error". */
  readonly onFault?: (error: unknown, path: string) => void;
};

/** A fastify instance that does not listen yet. */
export async function createHttpServer(
  api: Api,
  limiter: RateLimiter,
  events: HttpServerEvents = {},
): Promise<FastifyInstance> {
  const { ports, options } = api;
  const server = fastify({
    bodyLimit: options.bodyBytesMax,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: PARAM_LENGTH_MAX },
    rewriteUrl: normaliseRequest,
    frameworkErrors: (error, request, reply) => {
      allowOrigin(options, request.raw, reply.raw);
      refuse(reply, new RpcError(RPC_CODE.INVALID_ARGUMENT, error.message));
    },
    serverFactory: (handler) => createNodeServer(handler, options),
  });
  acceptEveryContentType(server);
  await server.register(cors, {
    origin: options.corsOrigins.includes('*') ? '*' : [...options.corsOrigins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
    allowedHeaders: ['Content-Type', 'Accept'],
    strictPreflight: false,
  });
  limitRate(server, limiter, ports);
  server.setErrorHandler((error, request, reply) => fail(events, error, request, reply));
  server.setNotFoundHandler((_request, reply) => {
    refuse(reply, new RpcError(RPC_CODE.UNIMPLEMENTED, 'Not Implemented'));
  });
  for (const route of ROUTES) addRoute(server, api, route, events);
  addSubscribe(server, api);
  if (events.onAnswered !== undefined) {
    const { onAnswered } = events;
    server.addHook('onResponse', (_request, reply, done) => {
      onAnswered(reply.statusCode, reply.elapsedTime / 1000);
      done();
    });
  }
  return server;
}

function addRoute(server: FastifyInstance, api: Api, route: Route, events: HttpServerEvents): void {
  server.route({
    method: route.method,
    url: route.path,
    config: { cost: route.cost },
    handler: (request, reply) => {
      const params = request.params as Readonly<Record<string, string>>;
      const input = {
        param: (name: string) => params[name] ?? '',
        body: (request.body as Uint8Array | undefined) ?? EMPTY_BODY,
      };
      try {
        const answer = route.answer(api, input);
        if (typeof answer === 'string') succeed(reply, answer);
        else
          answer
            .then((text) => succeed(reply, text))
            .catch((error: unknown) => fail(events, error, request, reply));
      } catch (error) {
        fail(events, error, request, reply);
      }
    },
  });
}

function addSubscribe(server: FastifyInstance, { ports }: Api): void {
  server.route({
    method: 'POST',
    url: '/subscribe',
    config: { cost: SUBSCRIBE_COST },
    handler: (request, reply) => {
      const body = (request.body as Uint8Array | undefined) ?? EMPTY_BODY;
      const filter = readBody(body, readEventFilter);
      const headers = reply.getHeaders();
      streamEvents(ports.events, filter, reply.raw, headers);
      reply.hijack();
    },
  });
}

function limitRate(server: FastifyInstance, limiter: RateLimiter, ports: RpcPorts): void {
  server.addHook('onRequest', (request, reply, done) => {
    const cost = (request.routeOptions.config as { readonly cost?: number }).cost ?? 1;
    if (limiter.take(request.socket.remoteAddress ?? '', ports.nowMs(), cost)) {
      done();
      return;
    }
    const refusal = errorBody(RPC_CODE.RESOURCE_EXHAUSTED, 'too many requests, slow down');
    reply.code(429).header('retry-after', '1').header('content-type', JSON_TYPE).send(refusal);
  });
}

/** Bodies are JSON whatever the client calls them; they are parsed by the route, losslessly. */
function acceptEveryContentType(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
}

/**
 * Before routing: an absolute URI loses its origin, leading slashes too many are one (a host
 * configured with a trailing slash, clients quirk 13), and the content type is forgotten, so that no
 * malformed one is refused.
 */
function normaliseRequest(request: IncomingMessage | { url?: string; headers: object }): string {
  delete (request.headers as Record<string, unknown>)['content-type'];
  let url = request.url ?? '/';
  const absolute = /^https?:\/\/[^/?#]*/i.exec(url);
  if (absolute !== null) url = url.slice(absolute[0].length);
  return url.startsWith('/') ? url.replace(/^\/+/, '/') : `/${url}`;
}

function succeed(reply: FastifyReply, text: string): void {
  reply.header('content-type', JSON_TYPE).send(text);
}

function refuse(reply: FastifyReply, error: RpcError): void {
  reply.code(400).header('content-type', JSON_TYPE).send(errorBody(error.code, error.message));
}

function fail(
  events: HttpServerEvents,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  if (error instanceof RpcError) {
    refuse(reply, error);
    return;
  }
  if (isFrameworkError(error)) {
    // Body too large, wrong length and the like: the request, not the node, is at fault.
    refuse(reply, new RpcError(RPC_CODE.INVALID_ARGUMENT, error.message));
    return;
  }
  events.onFault?.(error, request.routeOptions.url ?? request.url);
  refuse(reply, new RpcError(RPC_CODE.UNKNOWN, 'internal error'));
}

function isFrameworkError(error: unknown): error is Error & { readonly statusCode: number } {
  if (!(error instanceof Error) || !('statusCode' in error)) return false;
  return typeof error.statusCode === 'number' && error.statusCode < 500;
}

function createNodeServer(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
  options: RpcOptions,
): Server {
  const server = createServer(
    {
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: options.headersTimeoutMs,
      requestTimeout: options.requestTimeoutMs,
      keepAliveTimeout: options.keepAliveTimeoutMs,
      // How soon after its time a slow request is noticed.
      connectionsCheckingInterval: Math.max(50, Math.min(1000, options.headersTimeoutMs / 4)),
    },
    (request, response) => {
      if (request.httpVersionMajor < 1)
        request.socket.end(unreadable(options, '400 Bad Request', NOT_HTTP));
      else handler(request, response);
    },
  );
  server.maxConnections = options.connectionsMax;
  // Also ends answers that are not read: nothing moves on the socket then.
  server.setTimeout(options.requestTimeoutMs);
  server.on('clientError', (error: Error & { code?: string }, socket: Socket) => {
    answerUnreadable(error, socket, options);
  });
  return server;
}

/** What is not HTTP, too large or too slow gets one short answer, and the connection ends. */
function answerUnreadable(
  error: Error & { readonly code?: string },
  socket: Socket,
  options: RpcOptions,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, message] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ['431 Request Header Fields Too Large', 'the request headers are too large']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ['408 Request Timeout', 'the request came too slowly']
        : ['400 Bad Request', NOT_HTTP];
  socket.end(unreadable(options, status, message), () => socket.destroy());
}

function unreadable(options: RpcOptions, status: string, message: string): string {
  const body = errorBody(RPC_CODE.INVALID_ARGUMENT, message);
  const origin = options.corsOrigins.includes('*') ? 'access-control-allow-origin: *\r\n' : '';
  return (
    `HTTP/1.1 ${status}\r\n${origin}connection: close\r\ncontent-type: ${JSON_TYPE}\r\n` +
    `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}

/** Answers that leave before the CORS hook has run. */
function allowOrigin(
  options: RpcOptions,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { origin } = request.headers;
  if (options.corsOrigins.includes('*')) response.setHeader('access-control-allow-origin', '*');
  else if (origin !== undefined && options.corsOrigins.includes(origin)) {
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('vary', 'Origin');
  }
}
