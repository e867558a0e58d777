/** `iostd peers`: who a running node is connected with and whom it keeps out, in words or as JSON. */

import type { Command } from 'commander';
import * as v from 'valibot';
import { CommandFailure } from './command-failure.ts';
import { withConfigOptions } from './config-options.ts';
import { fetchText } from './node-client.ts';
import { print, printColumns, printJson } from './output.ts';
import { type TelemetryFlags, telemetryAddress } from './telemetry-address.ts';

type Flags = TelemetryFlags & { readonly json?: boolean };

const peerForm = v.object({
  key: v.string(),
  address: v.string(),
  direction: v.picklist(['in', 'out']),
  validator: v.boolean(),
  points: v.number(),
  ping_ms: v.nullable(v.number()),
  heads: v.record(v.string(), v.number()),
});
const banForm = v.object({ key: v.string(), reason: v.string(), seconds: v.number() });
const reportForm = v.object({
  peers: v.array(peerForm),
  bans: v.array(banForm),
  left_out: v.number(),
});

type Report = v.InferOutput<typeof reportForm>;
type Peer = Report['peers'][number];

const EXAMPLES = `
Examples:
  $ iostd peers
  $ iostd peers --telemetry http://127.0.0.1:31003
  $ iostd peers --json

points are held against a peer that misbehaves and fade; at 100 it is kept out for a while.
heads are the newest blocks that the peer says to have.`;

export function addPeers(program: Command): void {
  withConfigOptions(program.command('peers'))
    .description('list the peers of a running node, and who is kept out')
    .option(
      '--telemetry <url>',
      'address of /peers (default: telemetry.host and telemetry.port of the configuration)',
    )
    .option('--json', 'print it as JSON')
    .addHelpText('after', EXAMPLES)
    .action(showPeers);
}

async function showPeers(flags: Flags): Promise<void> {
  const address = new URL('/peers', telemetryAddress(flags)).href;
  const { status, text } = await fetchText(address);
  const report = parseReport(text);
  if (status !== 200 || report === undefined) {
    throw new CommandFailure(`${address} did not answer with a list of peers`, {
      fix: 'give the telemetry address of a node of this version with --telemetry',
    });
  }
  if (flags.json === true) return printJson(report);
  describe(report);
}

function parseReport(text: string): Report | undefined {
  try {
    return v.parse(reportForm, JSON.parse(text));
  } catch {
    return undefined;
  }
}

function describe({ peers, bans, left_out: leftOut }: Report): void {
  if (peers.length === 0) print('no peer is connected');
  else printColumns([HEADINGS, ...peers.map(columnsOf)]);
  for (const { key, reason, seconds } of bans) {
    print(`kept out for ${seconds} s: ${key}, ${reason}`);
  }
  if (leftOut > 0) print(`and ${leftOut} more`);
}

const HEADINGS = ['peer', 'address', 'direction', 'role', 'ping', 'points', 'heads'];

function columnsOf(peer: Peer): readonly string[] {
  const { key, address, direction, validator, ping_ms: pingMs, points } = peer;
  const heads = Object.entries(peer.heads).map(([chain, height]) => `${chain}: ${height}`);
  const role = validator ? 'validator' : 'observer';
  const ping = pingMs === null ? '-' : `${pingMs} ms`;
  return [key, address, direction, role, ping, `${points}`, heads.join(', ') || '-'];
}
