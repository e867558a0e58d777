/**
 * The known keys as a tree, to tell a key from a section and an unknown name from both, and their
 * names in the environment: `rpc.websocket.messageBytesMax` is
 * `IOSTD_RPC_WEBSOCKET_MESSAGE_BYTES_MAX`.
 */

import { configKeys } from './schema.ts';

export const ENVIRONMENT_PREFIX = 'IOSTD_';

export type KeyKind = 'key' | 'section' | 'unknown';

const keyPaths: readonly string[] = configKeys.map((key) => key.path);
const keys: ReadonlySet<string> = new Set(keyPaths);
const sections: ReadonlySet<string> = new Set(keyPaths.flatMap(ancestors));
const pathByVariable: ReadonlyMap<string, string> = new Map(
  keyPaths.map((path) => [environmentName(path), path]),
);

/** Everything a user may name: sections first, since they are shorter. */
export const knownPaths: readonly string[] = [...sections, ...keyPaths];
export const knownVariables: readonly string[] = [...pathByVariable.keys()];

export function kindOf(path: string): KeyKind {
  if (keys.has(path)) return 'key';
  return sections.has(path) ? 'section' : 'unknown';
}

export function environmentName(path: string): string {
  const words = path.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replaceAll('.', '_');
  return `${ENVIRONMENT_PREFIX}${words.toUpperCase()}`;
}

export function pathOfVariable(name: string): string | undefined {
  return pathByVariable.get(name);
}

function ancestors(path: string): readonly string[] {
  const parts = path.split('.');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('.'));
}
