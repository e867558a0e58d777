/** Where the telemetry endpoint of a node is: as said, or as configured. */

import { type ConfigFlags, loadFromFlags } from './config-options.ts';
import { httpAddress } from './node-client.ts';

export type TelemetryFlags = ConfigFlags & { readonly telemetry?: string };

export function telemetryAddress(flags: TelemetryFlags): string {
  if (flags.telemetry !== undefined) return flags.telemetry;
  const { host, port } = loadFromFlags(flags).config.telemetry;
  return httpAddress(host, port);
}
