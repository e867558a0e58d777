/** Numbers about the API. Labels are not offered by the registry, so outcomes have their own names. */

import type { ActorContext, Counter, Gauge } from '#actors/runtime/actor-context.ts';

const SECONDS_BOUNDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const TOO_MANY_REQUESTS = 429;

export type RpcMetrics = {
  readonly answered: (status: number, seconds: number) => void;
  readonly faults: Counter;
  readonly unanswered: Gauge;
  readonly webSockets: Gauge;
  readonly watches: Gauge;
  readonly eventListeners: Gauge;
};

export function rpcMetrics({ metrics }: ActorContext): RpcMetrics {
  const requests = metrics.counter('rpc_requests_total', 'HTTP requests answered');
  const refused = metrics.counter('rpc_refused_total', 'HTTP requests refused');
  const limited = metrics.counter('rpc_rate_limited_total', 'HTTP requests over the rate limit');
  const seconds = metrics.histogram(
    'rpc_request_seconds',
    'From the end of the headers to the end of the answer',
    SECONDS_BOUNDS,
  );
  return {
    answered: (status, duration) => {
      requests.add();
      if (status >= 400) refused.add();
      if (status === TOO_MANY_REQUESTS) limited.add();
      seconds.observe(duration);
    },
    faults: metrics.counter('rpc_faults_total', 'Requests that failed for a reason of ours'),
    unanswered: metrics.gauge('rpc_unanswered_transactions', 'Submitted and not yet answered'),
    webSockets: metrics.gauge('rpc_websocket_sessions', 'Open WebSocket connections'),
    watches: metrics.gauge('rpc_watched_transactions', 'Transactions that clients wait for'),
    eventListeners: metrics.gauge('rpc_event_listeners', 'Open event subscriptions'),
  };
}
