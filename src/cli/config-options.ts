/** The options that choose a configuration, the same for every command that needs one. */

import { type Command, Option } from 'commander';
import { type LoadedConfig, loadConfig } from '#node/config/load-config.ts';
import { describeProblem } from '#node/config/problem.ts';
import { EXIT_CODE } from '#node/exit-code.ts';
import { CommandFailure } from './command-failure.ts';

export type ConfigFlags = {
  readonly profile?: string;
  readonly config?: string;
  readonly dataDir?: string;
  readonly set: readonly string[];
};

/** Adds `--profile --config --data-dir --set` to a command. */
export function withConfigOptions(command: Command): Command {
  const collect = (value: string, earlier: readonly string[]): readonly string[] => [
    ...earlier,
    value,
  ];
  return command
    .option('--profile <name>', 'built-in settings to start from: default, dev or bench')
    .option('--config <file>', 'JSON file with settings that differ from the profile')
    .option('--data-dir <dir>', 'directory of the databases')
    .addOption(
      new Option('--set <key=value>', 'set one key, like rpc.port=30001; may be repeated')
        .argParser(collect)
        .default([], 'nothing'),
    );
}

/** Loads what the flags and the environment say; a `CommandFailure` lists every problem. */
export function loadFromFlags(flags: ConfigFlags): LoadedConfig {
  const loaded = loadConfig({
    profile: flags.profile,
    file: flags.config,
    dataDir: flags.dataDir,
    assignments: flags.set,
    environment: process.env,
  });
  if (loaded.ok) return loaded.value;
  throw new CommandFailure(loaded.failure.map(describeProblem).join('\n'), {
    fix: 'see `iostd config show` for all keys and docs/configuration.md for their meaning',
    exitCode: EXIT_CODE.config,
  });
}
