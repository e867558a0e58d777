/** What a person sees once the node serves: where to reach it, and what there is to play with. */

import type { Genesis } from '#core/ledger/genesis/genesis-config.ts';
import type { NodeConfig } from './config/schema.ts';

export function announceStart(config: NodeConfig, genesis: Genesis, startedMs: number): void {
  process.stdout.write(`${startBanner(config, genesis, startedMs).join('\n')}\n`);
}

export function startBanner(
  config: NodeConfig,
  genesis: Genesis,
  startedMs: number,
): readonly string[] {
  const { rpc, telemetry, network } = config;
  const lines = [
    `iost-node is ready after ${(startedMs / 1000).toFixed(1)} s`,
    `  network    ${network.name}, chain id ${network.chainId}, ${config.shards} shard(s) and the root chain`,
    `  http       http://${rpc.host}:${rpc.port}`,
    `  websocket  ws://${rpc.host}:${rpc.port}${rpc.websocket.path}`,
    `  metrics    http://${telemetry.host}:${telemetry.port}/metrics`,
    `  data       ${config.dataDir}`,
  ];
  const known = publishedAccounts(genesis);
  if (known.length === 0) return lines;
  return [
    ...lines,
    '  accounts with published keys (anybody can spend from them; for development only):',
    ...known.map(
      ([id, balance, key]) => `    ${id.padEnd(12)} ${balance.padStart(12)} IOST  ${key}`,
    ),
  ];
}

function publishedAccounts(genesis: Genesis): readonly (readonly [string, string, string])[] {
  return [genesis.admin, ...genesis.accounts].flatMap(({ id, balance, publishedSecretKey }) =>
    publishedSecretKey === undefined ? [] : [[id, balance, publishedSecretKey] as const],
  );
}
