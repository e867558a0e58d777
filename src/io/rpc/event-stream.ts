/**
 * `/subscribe`: contract events as a chunked response, one JSON line per event, one write per event,
 * because clients take every chunk for whole lines (spec clients §4, go-iost §4.6). Unlike the
 * reference node only events of final blocks are sent, each once. A reader that is too slow is cut
 * off with an error line instead of losing events silently; the stream ends after one hour.
 */

import type { ServerResponse } from 'node:http';
import type { EventFeed, EventFilter } from './event-feed.ts';
import type { JsonFields } from './json-fields.ts';
import { type EventTopic, subscribeResult } from './messages.ts';
import { errorBody, invalidArgument, RPC_CODE, unknownError } from './rpc-error.ts';

const STREAM_MS_MAX = 3_600_000;
const UNSENT_BYTES_MAX = 1 << 20;

const TOPICS: readonly EventTopic[] = ['CONTRACT_RECEIPT', 'CONTRACT_EVENT'];
const TOPIC_CODES: ReadonlyMap<string, number> = new Map(
  TOPICS.map((topic, code) => [topic, code]),
);

/** Reads `{topics, filter: {contract_id}}`; no topics are all topics. */
export function readEventFilter(fields: JsonFields): EventFilter {
  const topics = fields.enums8('topics', TOPIC_CODES).map((code) => {
    const topic = TOPICS[code];
    if (topic === undefined) throw invalidArgument(`topics: there is no topic ${code}`);
    return topic;
  });
  const contract = fields.message('filter', (filter) => filter.string('contract_id')) ?? '';
  return { topics, contract };
}

export type EventStreamOptions = { readonly streamMs?: number; readonly unsentBytesMax?: number };

/**
 * Answers with the stream; `headers` are those already decided (CORS). Throws where there are too
 * many subscriptions, before anything is written.
 */
export function streamEvents(
  feed: EventFeed,
  filter: EventFilter,
  response: ServerResponse,
  headers: Readonly<Record<string, number | string | string[] | undefined>>,
  options: EventStreamOptions = {},
): void {
  const unsentBytesMax = options.unsentBytesMax ?? UNSENT_BYTES_MAX;
  const stop = feed.listen(filter, (event) => {
    if (response.writableLength > unsentBytesMax) {
      end(errorLine('the subscriber reads too slowly'));
      return;
    }
    const { topic, data, time } = event;
    response.write(`${subscribeResult({ result: { event: { topic, data, time } } })}\n`);
  });
  if (stop === undefined) throw unknownError('too many subscriptions');

  const timer = setTimeout(() => end(''), options.streamMs ?? STREAM_MS_MAX);
  response.on('close', () => {
    clearTimeout(timer);
    stop();
  });
  // The socket is idle for as long as nothing happens on the chain.
  response.socket?.setTimeout(0);
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) response.setHeader(name, value);
  }
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();

  function end(lastLine: string): void {
    stop?.();
    clearTimeout(timer);
    response.end(lastLine);
    // A reader that does not read would keep the unsent bytes for ever.
    if (lastLine !== '') setTimeout(() => response.destroy(), 1000).unref();
  }
}

function errorLine(message: string): string {
  return `{"error":${errorBody(RPC_CODE.RESOURCE_EXHAUSTED, message)}}\n`;
}
