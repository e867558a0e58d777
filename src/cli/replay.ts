/** `iostd replay`: runs every stored block again and says whether the data directory is sound. */

import type { Command } from 'commander';
import { EXIT_CODE } from '#node/exit-code.ts';
import { CommandFailure } from './command-failure.ts';
import { type ConfigFlags, loadFromFlags, withConfigOptions } from './config-options.ts';
import { print } from './output.ts';

const EXAMPLES = `
Examples:
  $ iostd replay --profile dev
  $ iostd replay --config /etc/iostd/config.json

The node should be stopped. The state of one chain at a time is kept in memory.
Exit codes: 0 everything follows from genesis, 70 a block or the state does not,
78 the data directory is not one of this configuration.`;

export function addReplay(program: Command): void {
  withConfigOptions(program.command('replay'))
    .description('check a data directory by running all its blocks again from genesis')
    .addHelpText('after', EXAMPLES)
    .action(replay);
}

async function replay(flags: ConfigFlags): Promise<void> {
  const { config } = loadFromFlags(flags);
  // Loaded here and not above: the other commands must not wait for databases and crypto libraries.
  const [{ replayData }, { hexOf }] = await Promise.all([
    import('#node/replay-data.ts'),
    import('#core/crypto/hex.ts'),
  ]);
  const problems: string[] = [];
  for (const { chain, transactions, end } of replayData(config)) {
    if (end.ok) {
      const root = hexOf(end.stateRoot);
      print(`${chain}: ${end.height} blocks, ${transactions} transactions, state root ${root}`);
    } else {
      problems.push(`${chain}, block ${end.height}: ${end.problem}`);
    }
  }
  if (problems.length === 0) return;
  throw new CommandFailure(problems.join('\n'), {
    fix: 'restore a backup, or start on an empty --data-dir',
    exitCode: EXIT_CODE.fault,
  });
}
