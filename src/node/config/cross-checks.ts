/**
 * Rules between keys that are each fine alone. Reported like any other problem, at the key that an
 * operator would change.
 */

import type { ConfigProblem } from './problem.ts';
import type { NodeConfig } from './schema.ts';

/** The network whose keys are published, so that a secret key in plain text gives nothing away. */
const DEV_NETWORK = 'devnet';
const PEER_ADDRESS = /^([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]):[1-9]\d{0,4}$/;

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
  const wrong = config.p2p.peers.find((address) => !PEER_ADDRESS.test(address));
  return wrong === undefined ? [] : [['p2p.peers', `must hold "host:port", not "${wrong}"`]];
}

function checkIdentity(config: NodeConfig): readonly Finding[] {
  const { keystore, devSecretKey } = config.identity;
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
  if (config.block.bytesMax > config.mempool.bytesMax) {
    const message = `must hold a block: at least block.bytesMax (${config.block.bytesMax})`;
    findings.push(['mempool.bytesMax', message]);
  }
  return findings;
}
