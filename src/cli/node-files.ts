/**
 * The files of one node: configuration, genesis, encrypted producer key. Relative paths in a
 * configuration start in its folder, so the directory can be moved as a whole.
 */

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyPair } from '#core/crypto/key-pair.ts';
import { type ConfigOptions, loadConfig } from '#node/config/load-config.ts';
import { describeProblem } from '#node/config/problem.ts';
import { EXIT_CODE } from '#node/exit-code.ts';
import { encryptKey, writeKeystore } from '#node/identity/keystore.ts';
import { CommandFailure } from './command-failure.ts';
import { keyFailure } from './key-options.ts';

export const NODE_FILES = {
  config: 'config.json',
  genesis: 'genesis.json',
  keystore: 'keystore/producer.json',
};

export type NodeFiles = {
  /** What differs from the defaults; data directory, genesis and keystore are added. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly genesis: unknown;
  readonly pair: KeyPair;
  readonly password: string;
  readonly passwordFile: string | null;
};

/** What `start` would refuse is refused before anything is written. */
export function requireValid(request: ConfigOptions): void {
  const loaded = loadConfig(request);
  if (loaded.ok) return;
  throw new CommandFailure(loaded.failure.map(describeProblem).join('\n'), {
    exitCode: EXIT_CODE.config,
  });
}

export function refuseIfUsed(directory: string, names: readonly string[]): void {
  const used = [...names, 'chains'].find((name) => existsSync(join(directory, name)));
  if (used === undefined) return;
  throw new CommandFailure(`${join(directory, used)} exists already`, {
    fix: 'choose another --data-dir, or remove it if nobody needs it',
    exitCode: EXIT_CODE.config,
  });
}

/** Writes them and checks that `start` accepts them. */
export function writeNodeFiles(directory: string, files: NodeFiles): void {
  const keystore = join(directory, NODE_FILES.keystore);
  mkdirSync(directory, { recursive: true });
  const written = writeKeystore(keystore, encryptKey(files.pair, files.password));
  if (!written.ok) throw keyFailure(keystore, written.failure);
  writeJson(join(directory, NODE_FILES.genesis), files.genesis);
  const config = join(directory, NODE_FILES.config);
  writeJson(config, {
    ...files.settings,
    dataDir: '.',
    genesis: NODE_FILES.genesis,
    identity: { keystore: NODE_FILES.keystore, passwordFile: files.passwordFile },
  });
  requireValid({ file: config });
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`, { flag: 'wx' });
}
