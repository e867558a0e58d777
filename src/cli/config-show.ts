/** `iostd config show`: every key with its value and where the value comes from. */

import type { Command } from 'commander';
import { showValue } from '#node/config/load-config.ts';
import { configKeys, type NodeConfig } from '#node/config/schema.ts';
import { type ConfigFlags, loadFromFlags, withConfigOptions } from './config-options.ts';
import { print, printJson } from './output.ts';

type Flags = ConfigFlags & { readonly json?: boolean };

export function addConfigShow(config: Command): void {
  withConfigOptions(config.command('show'))
    .description('print the whole configuration and the origin of each key')
    .option('--json', 'print {"config": …, "origins": …}')
    .action(showConfig);
}

function showConfig(flags: Flags): void {
  const { config, origins } = loadFromFlags(flags);
  if (flags.json === true) {
    printJson({ config: withoutSecret(config), origins: Object.fromEntries(origins) });
    return;
  }
  const rows = configKeys.map(({ path }) => `${path} = ${showValue(path, valueAt(config, path))}`);
  const width = Math.max(...rows.map((row) => row.length));
  for (const [index, { path }] of configKeys.entries()) {
    print(`${(rows[index] ?? '').padEnd(width)}  # ${origins.get(path)}`);
  }
}

function valueAt(config: NodeConfig, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], config);
}

function withoutSecret(config: NodeConfig): NodeConfig {
  const { devSecretKey } = config.identity;
  const hidden = devSecretKey === null ? null : showValue('identity.devSecretKey', devSecretKey);
  return { ...config, identity: { ...config.identity, devSecretKey: hidden } };
}
