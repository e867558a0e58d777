/** `iostd config check`: whether a node could start with this configuration, without starting it. */

import { accessSync, constants } from 'node:fs';
import type { Command } from 'commander';
import type { NodeConfig } from '#node/config/schema.ts';
import { EXIT_CODE } from '#node/exit-code.ts';
import { readKeystore } from '#node/identity/keystore.ts';
import { CommandFailure } from './command-failure.ts';
import { type ConfigFlags, loadFromFlags, withConfigOptions } from './config-options.ts';
import { print } from './output.ts';

export function addConfigCheck(config: Command): void {
  withConfigOptions(config.command('check'))
    .description('report every problem of the configuration; exit code 78 if there is one')
    .action(checkConfig);
}

function checkConfig(flags: ConfigFlags): void {
  const { config } = loadFromFlags(flags);
  const problems = checkFiles(config);
  if (problems.length > 0) {
    throw new CommandFailure(problems.join('\n'), { exitCode: EXIT_CODE.config });
  }
  print(`The configuration is valid: ${config.shards} shards, data in ${config.dataDir}`);
}

/** The files that the keys name, as far as one can tell without opening the databases. */
function checkFiles(config: NodeConfig): readonly string[] {
  const problems: string[] = [];
  const { keystore, passwordFile } = config.identity;
  if (!isReadable(config.genesis)) problems.push(`genesis: ${config.genesis} cannot be read`);
  if (passwordFile !== null && !isReadable(passwordFile)) {
    problems.push(`identity.passwordFile: ${passwordFile} cannot be read`);
  }
  if (keystore !== null) {
    const read = readKeystore(keystore);
    if (!read.ok) problems.push(`identity.keystore: ${read.failure.message}`);
  }
  return problems;
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
