/** `iostd status`: what a running node is doing, in words or as JSON. */

import type { Command } from 'commander';
import * as v from 'valibot';
import { EXIT_CODE } from '#node/exit-code.ts';
import {
  type ChainInfo,
  type ClientFlags,
  connect,
  fetchText,
  type NodeInfo,
  withClientOptions,
} from './node-client.ts';
import { printJson, printTable } from './output.ts';
import { type TelemetryFlags, telemetryAddress } from './telemetry-address.ts';

const NANOSECONDS_PER_SECOND = 1e9;

type Flags = ClientFlags & TelemetryFlags & { readonly json?: boolean };

const readiness = v.object({
  ready: v.boolean(),
  reasons: v.array(v.string()),
  details: v.optional(v.record(v.string(), v.string()), {}),
});

type Readiness = v.InferOutput<typeof readiness>;

const EXAMPLES = `
Examples:
  $ iostd status
  $ iostd status --set rpc.port=31001 --set telemetry.port=31003
  $ iostd status --json

Exit code: 0 if the node is ready, 1 if it runs but is not ready, 75 if it does not answer.`;

export function addStatus(program: Command): void {
  withClientOptions(program.command('status'))
    .description('tell what a running node is doing')
    .option(
      '--telemetry <url>',
      'address of /readyz (default: telemetry.host and telemetry.port of the configuration)',
    )
    .option('--json', 'print it as JSON')
    .addHelpText('after', EXAMPLES)
    .action(showStatus);
}

async function showStatus(flags: Flags): Promise<void> {
  const client = connect(flags);
  const [node, chain, readiness] = await Promise.all([
    client.nodeInfo(),
    client.chainInfo(),
    askReadiness(telemetryAddress(flags)),
  ]);
  if (flags.json === true) printJson({ address: client.address, node, chain, ...readiness });
  else printTable(describe(client.address, node, chain, readiness));
  if (!readiness.ready) process.exitCode = EXIT_CODE.failure;
}

/** What operators call it. */
function labelOf(actor: string): string {
  if (actor === 'network') return 'peers';
  return actor === 'consensus' ? 'root chain' : actor.replace('-', ' ');
}

async function askReadiness(address: string): Promise<Readiness> {
  const answer = await fetchText(new URL('/readyz', address).href);
  try {
    return v.parse(readiness, JSON.parse(answer.text));
  } catch {
    return { ready: false, reasons: [answer.text.trim()], details: {} };
  }
}

function describe(
  address: string,
  node: NodeInfo,
  chain: ChainInfo,
  { ready, reasons, details }: Readiness,
): readonly (readonly [string, string])[] {
  const ageSeconds =
    Number(BigInt(node.server_time) - BigInt(chain.head_block_time)) / NANOSECONDS_PER_SECOND;
  return [
    ['node', `answers at ${address}, version ${node.code_version}, ${node.mode}`],
    ['ready', ready ? 'yes' : `no: ${reasons.join('; ')}`],
    ['network', `${chain.net_name}, chain id ${chain.chain_id}`],
    ['head block', `${chain.head_block}, ${ageSeconds.toFixed(1)} s old`],
    ['irreversible', chain.lib_block],
    ['checkpointed', `up to block ${chain.checkpoint_block}, by the votes of all candidates`],
    ['pending', `${node.tx_pool_size} transactions`],
    ...Object.entries(details).map(([actor, words]) => [labelOf(actor), words] as const),
  ];
}
