/**
 * Every setting of a node: its type, its bounds and what it means. This is the one place that knows
 * the keys; the defaults are data in `config/default.json`, which must hold each key (tested), and
 * `docs/configuration.md` is generated from here (tested too). Units stand in the names: Ms, Seconds,
 * Bytes, Transactions, Blocks, gas as whole gas.
 */

import * as v from 'valibot';
import {
  boolean,
  host,
  integer,
  listOfText,
  oneOf,
  optionalAddress,
  optionalPath,
  optionalSecretKey,
  path,
  port,
  powerOfTwo,
  text,
} from './value-types.ts';

const DAY_MS = 86_400_000;
const GIB = 2 ** 30;
/** The largest transaction there is; whatever carries transactions must hold one. */
const TRANSACTION_BYTES_MAX = 65_536;
const NETWORK_NAME = /^[a-z][a-z0-9-]{0,31}$/;
const URL_PATH = /^\/[A-Za-z0-9/_-]{0,63}$/;

const configEntries = {
  network: v.object({
    name: text(NETWORK_NAME, 'lower-case letters, digits and hyphens, at most 32', 'Network name'),
    protocolVersion: text(/^\d+\.\d+$/, 'two numbers like 1.0', 'Protocol version of the network'),
    chainId: integer(0, 2 ** 31 - 1, 'Chain id that every transaction must carry; 1020 is dev'),
  }),
  dataDir: path('Directory of the databases; made on first start'),
  mode: oneOf(
    ['producer', 'candidate', 'observer'],
    'producer makes blocks with its key; candidate follows until it is elected; observer only follows',
  ),
  shards: integer(1, 64, 'Number of shards; fixed for the life of a data directory'),
  genesis: path('Genesis file of the network; fixed for the life of a data directory'),
  identity: v.object({
    keystore: optionalPath('Encrypted key file of the block producer, relative to dataDir'),
    passwordFile: optionalPath('File whose first line is the password of the keystore'),
    devSecretKey: optionalSecretKey(
      'Secret key in plain base58 instead of a keystore; only on the network "devnet"',
    ),
  }),
  rpc: v.object({
    host: host('Address the HTTP API listens on; 127.0.0.1 keeps it on this machine'),
    port: port('Port of the HTTP and WebSocket API; 0 takes any free one'),
    corsOrigins: listOfText(256, 'Origins that browsers may call from; "*" allows all'),
    bodyBytesMax: integer(1024, 16 * 2 ** 20, 'Largest request body, in bytes'),
    connectionsMax: integer(1, 65_536, 'Open connections; more are refused'),
    requestsPerSecond: integer(
      1,
      1_000_000,
      'Requests per second of one address; more get an error',
    ),
    headersTimeoutMs: integer(100, DAY_MS, 'Time a client has to send its headers'),
    requestTimeoutMs: integer(100, DAY_MS, 'Time a client has to send a whole request'),
    keepAliveTimeoutMs: integer(0, DAY_MS, 'Idle time after which a connection is closed'),
    subscriptionsMax: integer(1, 65_536, 'Open subscriptions over all connections'),
    tryTx: boolean('Execute each sent transaction on the head first and refuse it if it fails'),
    execTx: boolean('Offer /execTx, which executes without committing'),
    websocket: v.object({
      path: text(URL_PATH, 'a path that begins with /', 'Path of the WebSocket endpoint'),
      messageBytesMax: integer(1024, 64 * 2 ** 20, 'Largest message of a client, in bytes'),
      inFlightTransactionsMax: integer(
        1,
        1_000_000,
        'Unanswered transactions of one connection; reading pauses at the bound',
      ),
      sendBufferBytesMax: integer(
        65_536,
        GIB,
        'Unsent bytes after which a slow subscriber is disconnected',
      ),
    }),
  }),
  p2p: v.object({
    host: host('Address that peers connect to'),
    port: port('Port for peers; 0 takes any free one'),
    enable: oneOf(
      ['auto', 'always'],
      'Take part in the network; auto: not where this node is the only producer and knows no peer',
    ),
    announce: optionalAddress(
      'Address that others are told to dial; null is p2p.host and p2p.port',
    ),
    peers: listOfText(256, 'Addresses that are always dialled, each "host:port"'),
    seeds: listOfText(64, 'Addresses to learn others from, each "host:port"'),
    discovery: boolean('Learn the addresses of nodes from peers and pass them on'),
    inboundMax: integer(0, 4096, 'Places for nodes that dial this one; producers need none'),
    outboundMax: integer(0, 256, 'Nodes dialled of those that were learned; producers come on top'),
    connectionsPerHostMax: integer(1, 4096, 'Open connections from one host'),
  }),
  telemetry: v.object({
    host: host('Address of /metrics, /healthz and /readyz'),
    port: port('Port of the telemetry endpoint; 0 takes any free one'),
  }),
  verifier: v.object({
    threads: integer(0, 256, 'Signature threads; 0 is one per core'),
  }),
  mempool: v.object({
    transactionsMax: integer(1, 10_000_000, 'Pending transactions of one shard'),
    bytesMax: integer(TRANSACTION_BYTES_MAX, 64 * GIB, 'Pending bytes of one shard'),
  }),
  block: v.object({
    intervalMs: integer(1, DAY_MS, 'Shortest time between two blocks of a shard with work to do'),
    idleIntervalMs: integer(1, DAY_MS, 'Time between blocks of a shard without work'),
  }),
  root: v.object({
    intervalMs: integer(1, DAY_MS, 'Shortest time between two root blocks'),
  }),
  channels: v.object({
    windowMessages: integer(1, 1_000_000, 'Unacknowledged messages of one channel'),
    windowBytes: integer(TRANSACTION_BYTES_MAX, GIB, 'Unacknowledged bytes of one channel'),
  }),
  storage: v.object({
    mapBytes: integer(
      2 ** 24,
      2 ** 46,
      'Address space reserved for the file of each chain at first; it grows as needed',
    ),
  }),
  contracts: v.object({
    console: boolean('Show what contracts write to console, in the log and over WebSocket'),
    packingLimitMs: integer(
      100,
      DAY_MS,
      'Longest a contract may run while this node packs a block; blocks of others have no such limit',
    ),
  }),
  rings: v.object({
    transactionBytes: powerOfTwo(2 ** 18, 2 ** 28, 'Ring of a link with transactions, in bytes'),
  }),
  log: v.object({
    level: oneOf(['trace', 'debug', 'info', 'warn', 'error'], 'Least severe level written'),
    format: oneOf(['pretty', 'json'], 'For people or for machines'),
  }),
  supervisor: v.object({
    restartsMax: integer(0, 1000, 'Restarts of one actor within the window before the node stops'),
    windowSeconds: integer(1, 86_400, 'Length of that window'),
    stopTimeoutMs: integer(100, DAY_MS, 'Time for a clean stop before the node is cut off'),
  }),
};

/** Types and bounds of each key; unknown keys are found before, where their origin is known. */
export const configSchema = v.object(configEntries);

type DeepReadonly<Value> = Value extends object
  ? { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> }
  : Value;

/** A whole, valid configuration; its paths are absolute. */
export type NodeConfig = DeepReadonly<v.InferOutput<typeof configSchema>>;

export type ConfigKey = {
  /** Dotted, like `rpc.port`. */
  readonly path: string;
  readonly description: string;
};

/** The keys in the order of the schema. */
export const configKeys: readonly ConfigKey[] = listKeys(configEntries, '');

function listKeys(entries: v.ObjectEntries, prefix: string): readonly ConfigKey[] {
  return Object.entries(entries).flatMap(([name, entry]) => {
    const path = `${prefix}${name}`;
    if ('entries' in entry) return listKeys(entry.entries as v.ObjectEntries, `${path}.`);
    return [{ path, description: v.getDescription(entry as v.GenericSchema) ?? '' }];
  });
}
