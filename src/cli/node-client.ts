/**
 * What the commands ask of a running node, over the HTTP API that every IOST client uses. Answers
 * are checked at this border; a refusal of the node becomes a `CommandFailure` in its own words.
 */

import type { Command } from 'commander';
import * as v from 'valibot';
import { EXIT_CODE } from '#node/exit-code.ts';
import { CommandFailure } from './command-failure.ts';
import { type ConfigFlags, loadFromFlags, withConfigOptions } from './config-options.ts';

const TIMEOUT_MS = 10_000;
const ANSWER_BYTES_MAX = 16 << 20;
/** The reference node's words for a transaction it does not know. */
const NOT_FOUND = 'tx not found';

const integerText = v.pipe(v.string(), v.regex(/^-?\d{1,19}$/));
const refusal = v.object({ message: v.string() });
const nodeInfo = v.object({
  mode: v.string(),
  code_version: v.string(),
  server_time: integerText,
  tx_pool_size: integerText,
});
const chainInfo = v.object({
  net_name: v.string(),
  chain_id: v.number(),
  head_block: integerText,
  lib_block: integerText,
  head_block_time: integerText,
  checkpoint_block: integerText,
});
const ramInfo = v.object({ buy_price: v.number() });
const sent = v.object({ hash: v.string() });
const receipt = v.object({
  status_code: v.string(),
  message: v.string(),
  gas_usage: v.number(),
  ram_usage: v.record(v.string(), integerText),
  returns: v.array(v.string()),
  receipts: v.array(v.object({ func_name: v.string(), content: v.string() })),
});
const transactionState = v.object({
  status: v.picklist(['PENDING', 'PACKED', 'IRREVERSIBLE']),
  transaction: v.object({ tx_receipt: v.nullable(receipt) }),
});

const contract = v.object({
  id: v.string(),
  code: v.string(),
  language: v.string(),
  version: v.string(),
  orig_code: v.string(),
  abis: v.array(
    v.object({
      name: v.string(),
      args: v.array(v.string()),
      amount_limit: v.array(v.object({ token: v.string(), value: v.string() })),
    }),
  ),
});
const storedData = v.object({ data: v.string(), block_number: integerText });
const storedFields = v.object({ fields: v.array(v.string()) });

export type TransactionState = v.InferOutput<typeof transactionState>;
export type NodeInfo = v.InferOutput<typeof nodeInfo>;
export type ChainInfo = v.InferOutput<typeof chainInfo>;

export type Receipt = v.InferOutput<typeof receipt>;
export type ContractInfo = v.InferOutput<typeof contract>;

export type ClientFlags = ConfigFlags & { readonly rpc?: string };

/** Adds `--rpc` beside the options of the configuration, from which its default comes. */
export function withClientOptions(command: Command): Command {
  return withConfigOptions(command).option(
    '--rpc <url>',
    'HTTP address of the node (default: rpc.host and rpc.port of the configuration)',
  );
}

export function connect(flags: ClientFlags): NodeClient {
  if (flags.rpc !== undefined) return new NodeClient(flags.rpc);
  const { rpc } = loadFromFlags(flags).config;
  return new NodeClient(httpAddress(rpc.host, rpc.port));
}

/** The address to reach a server by that listens on `host`, which may mean "everywhere". */
export function httpAddress(host: string, port: number): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

/** The node answered with an error; `words` are its own. */
class NodeRefusal extends CommandFailure {
  readonly words: string;

  constructor(path: string, words: string) {
    super(`the node refused ${path.split('/', 2).join('/')}: ${words.replaceAll('\n', ' ')}`);
    this.words = words;
  }
}

export class NodeClient {
  readonly #address: string;

  constructor(address: string) {
    if (!URL.canParse(address)) {
      throw new CommandFailure(`"${address}" is no URL`, { fix: 'like http://127.0.0.1:30001' });
    }
    this.#address = address.replace(/\/+$/, '');
  }

  get address(): string {
    return this.#address;
  }

  nodeInfo(): Promise<NodeInfo> {
    return this.#ask(nodeInfo, '/getNodeInfo');
  }

  chainInfo(): Promise<ChainInfo> {
    return this.#ask(chainInfo, '/getChainInfo');
  }

  ramInfo(): Promise<{ readonly buy_price: number }> {
    return this.#ask(ramInfo, '/getRAMInfo');
  }

  /** `undefined` if the node does not know the transaction. */
  async transaction(hash: string): Promise<TransactionState | undefined> {
    try {
      return await this.#ask(transactionState, `/getTxByHash/${encodeURIComponent(hash)}`);
    } catch (error) {
      if (error instanceof NodeRefusal && error.words === NOT_FOUND) return undefined;
      throw error;
    }
  }

  /** ABI and code; a `CommandFailure` where there is no such contract. */
  contract(id: string): Promise<ContractInfo> {
    return this.#ask(contract, `/getContract/${encodeURIComponent(id)}/0`);
  }

  /** One stored value as text; `null` in JSON text where there is none. */
  async contractStorage(id: string, key: string, field: string): Promise<string> {
    const body = JSON.stringify({ id, key, field, by_longest_chain: true });
    return (await this.#ask(storedData, '/getContractStorage', body)).data;
  }

  /** Names of the entries of a map, as far as the contract's own index knows them. */
  async contractFields(id: string, key: string): Promise<readonly string[]> {
    const body = JSON.stringify({ id, key, by_longest_chain: true });
    return (await this.#ask(storedFields, '/getContractStorageFields', body)).fields;
  }

  /** Sends a body as `writeTransactionJson` makes it; gives the hash the node knows it by. */
  async send(body: string): Promise<string> {
    return (await this.#ask(sent, '/sendTx', body)).hash;
  }

  async #ask<Schema extends v.GenericSchema>(
    schema: Schema,
    path: string,
    body?: string,
  ): Promise<v.InferOutput<Schema>> {
    const answer = await fetchText(`${this.#address}${path}`, body);
    const value = parseJson(answer.text);
    if (answer.status !== 200) {
      const known = v.safeParse(refusal, value);
      const words = known.success ? known.output.message : `HTTP status ${answer.status}`;
      throw new NodeRefusal(path, words);
    }
    const parsed = v.safeParse(schema, value);
    if (parsed.success) return parsed.output;
    throw new CommandFailure(`the answer to ${path} is not that of an IOST node`, {
      fix: `check that ${this.#address} is the HTTP API and not another port`,
    });
  }
}

export type TextAnswer = { readonly status: number; readonly text: string };

/** One request; no answer in time is a failure worth a retry. */
export async function fetchText(url: string, body?: string): Promise<TextAnswer> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(url, {
      signal,
      redirect: 'error',
      ...(body === undefined ? {} : { method: 'POST', body }),
    });
    const length = Number(response.headers.get('content-length') ?? 0);
    if (length > ANSWER_BYTES_MAX) throw new Error('the answer is too large');
    return { status: response.status, text: await response.text() };
  } catch (error) {
    throw new CommandFailure(`no answer from ${new URL(url).origin}: ${reasonOf(error)}`, {
      fix: 'check that the node runs, and name its address with --rpc or --set rpc.port=…',
      exitCode: EXIT_CODE.retry,
    });
  }
}

/** `fetch` hides what happened to the connection in the cause of its error. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message;
  return error.message;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
