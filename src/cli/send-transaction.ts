/**
 * Builds, signs and sends a transaction and follows it until it is as final as was asked for. The
 * clock and the chain id are the node's, so that neither a wrong local clock nor a forgotten option
 * makes a transaction that nobody accepts.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import {
  type Action,
  type AmountLimit,
  encodePublish,
  SIGNATURE_ALGORITHM,
  type Transaction,
} from '#core/chain/transaction.ts';
import { sha3 } from '#core/crypto/hash.ts';
import { type KeyPair, signDigest } from '#core/crypto/key-pair.ts';
import { writeTransactionJson } from '#io/rpc/transaction-json.ts';
import { EXIT_CODE } from '#node/exit-code.ts';
import { CommandFailure } from './command-failure.ts';
import { type KeyFlags, openKey, withKeyOptions } from './key-options.ts';
import {
  type ClientFlags,
  connect,
  type NodeClient,
  type TransactionState,
  withClientOptions,
} from './node-client.ts';
import { printJson, printProgress, printTable } from './output.ts';

/** A node forgets a transaction that is older than this, so waiting longer cannot help. */
const LIFETIME_MS = 90_000;
const POLL_MS = 150;
/** A transaction that is on its way between two actors may be unknown for a moment. */
const UNKNOWN_MS_MAX = 3_000;
const NANOSECONDS_PER_MS = 1_000_000n;
const GAS_RATIO_ONE = 100n;
const HUNDREDTHS = 100;

type Waiting = 'none' | 'packed' | 'irreversible';

export type SendFlags = ClientFlags &
  KeyFlags & {
    /** As the command asks for where it is not given. */
    readonly gasLimit?: number;
    readonly wait: Waiting;
    readonly json?: boolean;
  };

export type Intent = {
  readonly publisher: string;
  readonly actions: readonly Action[];
  readonly amountLimits: readonly AmountLimit[];
  /** Used where the user gives no `--gas-limit`. */
  readonly gasLimit?: number;
};

/** What became of a transaction; `undefined` if nothing was waited for. */
export type Sent = { readonly hash: string; readonly state: TransactionState | undefined };

/**
 * Adds everything that a command which sends a transaction takes. A text in place of the gas limit
 * says where its default comes from.
 */
export function withSendOptions(command: Command, gasLimit: number | string): Command {
  const limit = new Option('--gas-limit <gas>', 'most gas the publisher pays').argParser(Number);
  if (typeof gasLimit === 'number') limit.default(gasLimit);
  else limit.description += ` (default: ${gasLimit})`;
  return withKeyOptions(withClientOptions(command))
    .addOption(limit)
    .addOption(
      new Option('--wait <level>', 'how far to follow the transaction')
        .choices(['none', 'packed', 'irreversible'])
        .default('irreversible'),
    )
    .option('--json', 'print the outcome as JSON');
}

/** Runs a whole command: sends what `intend` wants and prints the outcome. */
export async function sendAndReport(
  flags: SendFlags,
  intend: (client: NodeClient) => Promise<Intent>,
): Promise<void> {
  const sent = await send(flags, intend);
  reportOutcome(sent, flags.json === true);
  requireSuccess(sent);
}

/** Sends what `intend` wants and follows it. */
export async function send(
  flags: SendFlags,
  intend: (client: NodeClient) => Promise<Intent>,
): Promise<Sent> {
  const client = connect(flags);
  const pair = await openKey(flags);
  const intent = await intend(client);
  const gasLimit = flags.gasLimit ?? intent.gasLimit;
  if (gasLimit === undefined || !Number.isFinite(gasLimit)) {
    throw new CommandFailure('--gas-limit must be a number', { exitCode: EXIT_CODE.usage });
  }
  const transaction = await sign(client, pair, intent, gasLimit);
  const started = performance.now();
  const hash = await client.send(writeTransactionJson(transaction));
  printProgress(`sent ${hash} to ${client.address}`);
  return { hash, state: await follow(client, hash, flags.wait, started) };
}

async function sign(
  client: NodeClient,
  pair: KeyPair,
  intent: Intent,
  gasLimit: number,
): Promise<Transaction> {
  const [{ server_time: serverTime }, { chain_id: chainId }] = await Promise.all([
    client.nodeInfo(),
    client.chainInfo(),
  ]);
  const time = BigInt(serverTime);
  const unsigned: Transaction = {
    time,
    expiration: time + BigInt(LIFETIME_MS) * NANOSECONDS_PER_MS,
    gasRatio: GAS_RATIO_ONE,
    gasLimit: BigInt(Math.trunc(gasLimit * HUNDREDTHS)),
    delay: 0n,
    chainId,
    signers: [],
    actions: intent.actions,
    amountLimits: intent.amountLimits,
    signatures: [],
    publisher: intent.publisher,
    publisherSignatures: [],
  };
  const signature = signDigest(pair, sha3(encodePublish(unsigned)));
  const algorithm = SIGNATURE_ALGORITHM[pair.algorithm];
  return {
    ...unsigned,
    publisherSignatures: [{ algorithm, signature, publicKey: pair.publicKey }],
  };
}

/** The last state seen; `undefined` if nothing was waited for. */
async function follow(
  client: NodeClient,
  hash: string,
  wait: Waiting,
  started: number,
): Promise<TransactionState | undefined> {
  if (wait === 'none') return undefined;
  let seen = '';
  let knownAt = performance.now();
  while (performance.now() - started < LIFETIME_MS) {
    const state = await client.transaction(hash);
    if (state !== undefined) {
      knownAt = performance.now();
      if (state.status !== seen) {
        printProgress(`${state.status} after ${Math.round(knownAt - started)} ms`);
        seen = state.status;
      }
      if (state.status === 'IRREVERSIBLE' || state.status.toLowerCase() === wait) return state;
    } else if (performance.now() - knownAt > UNKNOWN_MS_MAX) {
      throw new CommandFailure(`the node took ${hash} but dropped it: it did nothing`, {
        fix: 'check that the key is the active key of the publisher',
      });
    }
    await sleep(POLL_MS);
  }
  throw new CommandFailure(`${hash} was not ${wait} within ${LIFETIME_MS / 1000} s`, {
    fix: 'ask the node again with getTxByHash; if it is not known, it expired and did nothing',
    exitCode: EXIT_CODE.retry,
  });
}

/** Prints the outcome, with `rows` of the command's own below it. */
export function reportOutcome(
  { hash, state }: Sent,
  json: boolean,
  rows: readonly (readonly [string, string])[] = [],
): void {
  const receipt = state?.transaction.tx_receipt ?? null;
  if (json) {
    printJson({ hash, status: state?.status ?? 'SENT', receipt });
    return;
  }
  printTable([
    ['hash', hash],
    ['status', state?.status ?? 'SENT'],
    ...(receipt === null
      ? []
      : ([
          ['result', receipt.status_code],
          ['gas', String(receipt.gas_usage)],
        ] as const)),
    ...rows,
  ]);
}

/** A `CommandFailure` with the words of the receipt where the transaction failed. */
export function requireSuccess({ state }: Sent): void {
  const receipt = state?.transaction.tx_receipt ?? null;
  if (receipt === null || receipt.status_code === 'SUCCESS') return;
  const words = receipt.message.replaceAll('\n', ' ');
  throw new CommandFailure(`the transaction failed: ${receipt.status_code} ${words}`);
}
