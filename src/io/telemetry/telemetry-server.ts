/**
 * The operator's endpoint: `/metrics` for Prometheus, `/healthz` (the process answers) and `/readyz`
 * (it can serve, or why not), `/peers` (who is connected, who is kept out). It runs on the supervisor's thread, so it answers also while actors
 * hang, and never touches them: all numbers come from shared memory.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { type ActorSamples, metricsText } from './metrics-text.ts';

const CONNECTIONS_MAX = 64;
const HEADER_BYTES_MAX = 8192;
const REQUEST_MS_MAX = 10_000;
const JSON_TYPE = 'application/json';
const NO_PEERS = '{"peers":[],"bans":[],"left_out":0}';

export type TelemetryOptions = {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly metrics: () => readonly ActorSamples[];
  readonly health: () => NodeHealth;
  /** JSON text: the peers of the node; `undefined` where it has no network. */
  readonly peers: () => string | undefined;
};

export type NodeHealth = {
  readonly ready: boolean;
  readonly reasons: readonly string[];
  /** How an actor does, in its own words; those without any are left out. */
  readonly details: Readonly<Record<string, string>>;
};

export type Telemetry = { readonly port: number; close(): Promise<void> };

/** Rejects where the port cannot be had. */
export async function startTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const registry = new Registry();
  // Of the whole process: memory, CPU, open files, garbage collection of this thread.
  collectDefaultMetrics({ register: registry });
  const server = createServer(
    { maxHeaderSize: HEADER_BYTES_MAX, requestTimeout: REQUEST_MS_MAX },
    (request, response) => {
      answer(options, registry, request, response).catch((error: unknown) => {
        send(response, 500, 'text/plain', `${String(error)}\n`);
      });
    },
  );
  server.maxConnections = CONNECTIONS_MAX;
  server.setTimeout(REQUEST_MS_MAX);
  await new Promise<void>((resolve, fail) => {
    server.once('error', fail);
    server.listen(options.port, options.host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    close: () =>
      new Promise((resolve) => {
        registry.clear();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  options: TelemetryOptions,
  registry: Registry,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    send(response, 405, 'text/plain', 'only GET\n');
    return;
  }
  switch ((request.url ?? '').split('?', 1)[0]) {
    case '/metrics': {
      const text = metricsText(options.metrics()) + (await registry.metrics());
      send(response, 200, registry.contentType, text);
      return;
    }
    case '/healthz':
      send(response, 200, JSON_TYPE, '{"status":"ok"}');
      return;
    case '/readyz': {
      const health = options.health();
      send(response, health.ready ? 200 : 503, JSON_TYPE, JSON.stringify(health));
      return;
    }
    case '/peers':
      send(response, 200, JSON_TYPE, options.peers() ?? NO_PEERS);
      return;
    default:
      send(response, 404, 'text/plain', '/metrics, /healthz, /readyz and /peers are here\n');
  }
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(body);
}
