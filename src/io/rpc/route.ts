/** What an endpoint of the API is: a row of the route table. */

import type { ViewSource } from '#core/ledger/views/view-source.ts';
import type { BlockViews } from './block-view.ts';
import type { CommittedBlocks } from './committed-blocks.ts';
import { parseJsonBody } from './json-body.ts';
import { type JsonFields, readFields } from './json-fields.ts';
import { invalidArgument } from './rpc-error.ts';
import type { RpcOptions } from './rpc-options.ts';
import type { RpcPorts } from './rpc-ports.ts';

/** Everything an endpoint answers from. */
export type Api = {
  readonly ports: RpcPorts;
  readonly options: RpcOptions;
  readonly blocks: CommittedBlocks;
  readonly views: BlockViews;
  /** The newest final state of all chains. */
  readonly state: ViewSource;
};

export type RouteInput = {
  /** A value of the path, percent-decoded. */
  readonly param: (name: string) => string;
  readonly body: Uint8Array;
};

export type Route = {
  readonly method: 'GET' | 'POST';
  /** In the router's form: `/getAccount/:name/:by_longest_chain`. */
  readonly path: string;
  /** Tokens of the rate limit: 1 for a few reads, more where an answer takes milliseconds. */
  readonly cost: number;
  /** The JSON text of the answer; refusals are thrown as `RpcError`. */
  readonly answer: (api: Api, input: RouteInput) => string | Promise<string>;
};

/** Reads a request message from a body; throws code 3 where it has not its form. */
export function readBody<Message>(
  body: Uint8Array,
  read: (fields: JsonFields) => Message,
): Message {
  const object = parseJsonBody(body);
  if (!object.ok) throw invalidArgument(object.failure.message);
  const message = readFields(object.value, read);
  if (!message.ok) throw invalidArgument(message.failure.message);
  return message.value;
}
