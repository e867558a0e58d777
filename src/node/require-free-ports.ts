/**
 * Finds out before anything is written or started whether the node can listen where it is told to.
 * Between this and the real `listen` somebody may still take a port: then an actor fails with the
 * same words, only later.
 */

import { createServer } from 'node:net';
import type { NodeConfig } from './config/schema.ts';
import { StartRefusal } from './start-refusal.ts';

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use by another program',
  EACCES: 'may not be used by this user',
  EADDRNOTAVAIL: 'is no address of this machine',
  ENOTFOUND: 'is no known host',
};

/** Throws `StartRefusal` for the first section of the configuration that cannot listen. */
export async function requireFreePorts(config: NodeConfig): Promise<void> {
  for (const section of ['rpc', 'telemetry'] as const) {
    const { host, port } = config[section];
    const code = await tryListen(host, port);
    if (code === undefined) continue;
    const reason = REASONS[code] ?? `cannot be listened on (${code})`;
    throw new StartRefusal(`${section}.port: ${host}:${port} ${reason}`, {
      fix: `stop the other program, or give another one with --set ${section}.port=…`,
    });
  }
}

/** The error code, or `undefined` if the port could be had; it is given back at once. */
function tryListen(host: string, port: number): Promise<string | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
