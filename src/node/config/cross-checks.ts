/**
 * Rules between keys that are each fine alone. Reported like any other problem, at the key that an
 * operator would change.
 */

import type { ConfigProblem } from './problem.ts';
import type { NodeConfig } from './schema.ts';
import { ADDRESS } from './value-types.ts';

/** The network whose keys are published, so that a secret key in plain text gives nothing away. */
const DEV_NETWORK = 'devnet';

export function checkTogether(
  config: NodeConfig,
  origins: ReadonlyMap<string, string>,
): readonly ConfigProblem[] {
  const problem = (path: string, message: string): ConfigProblem => ({
    path,
    origin: origins.get(path) ?? 'default',
    message,
  });
  return [
    ...checkPorts(config).map(([path, message]) => problem(path, message)),
    ...checkPeers(config).map(([path, message]) => problem(path, message)),
    ...checkIdentity(config).map(([path, message]) => problem(path, message)),
    ...checkSizes(config).map(([path, message]) => problem(path, message)),
  ];
}

type Finding = readonly [path: string, message: string];

function checkPorts(config: NodeConfig): readonly Finding[] {
  const taken = new Map<number, string>();
  const findings: Finding[] = [];
  for (const name of ['p2p', 'rpc', 'telemetry'] as const) {
    const { port } = config[name];
    const other = taken.get(port);
    if (port !== 0 && other !== undefined) {
      findings.push([`${name}.port`, `must not be ${port}, which is also ${other}.port`]);
    }
    taken.set(port, name);
  }
  return findings;
}

function checkPeers(config: NodeConfig): readonly Finding[] {
  const findings: Finding[] = [];
  for (const name of ['peers', 'seeds'] as const) {
    const wrong = config.p2p[name].find((address) => !ADDRESS.test(address));
    if (wrong === undefined) continue;
    findings.push([`p2p.${name}`, `must hold "host:port", not "${wrong}"`]);
  }
  const hasPeers = config.p2p.peers.length + config.p2p.seeds.length > 0;
  if (config.mode !== 'producer' && !hasPeers) {
    findings.push(['p2p.peers', `must name a node for the ${config.mode} to follow, or p2p.seeds`]);
  }
  return findings;
}

function checkIdentity(config: NodeConfig): readonly Finding[] {
  const { keystore, devSecretKey } = config.identity;
  if (config.mode === 'observer') return [];
  if (keystore === null && devSecretKey === null) {
    return [['identity.keystore', 'must name a key file; `iostd keys new` makes one']];
  }
  if (devSecretKey === null) return [];
  if (config.network.name !== DEV_NETWORK) {
    const message = `is only allowed on the network "${DEV_NETWORK}"; use identity.keystore`;
    return [['identity.devSecretKey', message]];
  }
  if (keystore === null) return [];
  return [['identity.devSecretKey', 'and identity.keystore exclude each other; set one to null']];
}

function checkSizes(config: NodeConfig): readonly Finding[] {
  const findings: Finding[] = [];
  if (config.block.idleIntervalMs < config.block.intervalMs) {
    const message = `must not be below block.intervalMs (${config.block.intervalMs})`;
    findings.push(['block.idleIntervalMs', message]);
  }
  return findings;
}
