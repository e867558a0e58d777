/** `iostd start`: runs a node until it is told to stop or cannot go on. */

import type { Command } from 'commander';
import { EXIT_CODE } from '#node/exit-code.ts';
import { requireFreePorts } from '#node/require-free-ports.ts';
import { listenForStopSignals } from '#node/stop-signals.ts';
import { type ConfigFlags, loadFromFlags, withConfigOptions } from './config-options.ts';
import { printProgress } from './output.ts';

const EXAMPLES = `
Examples:
  $ iostd start --profile dev
  $ iostd start --config /etc/iostd/config.json --set log.level=debug
  $ iostd start --profile dev --data-dir ./four --set shards=4 --set rpc.port=31001

Exit codes: 0 stopped as asked, 70 an actor or the disk failed, 75 try again later,
78 configuration, key, genesis or data directory do not fit.`;

export function addStart(program: Command): void {
  withConfigOptions(program.command('start'))
    .description('run a node')
    .addHelpText('after', EXAMPLES)
    .action(start);
}

async function start(flags: ConfigFlags): Promise<void> {
  const { config } = loadFromFlags(flags);
  await requireFreePorts(config);
  // Loaded here and not above: the other commands must not wait for databases and crypto libraries.
  const { startNode } = await import('#node/start.ts');
  const node = await startNode(config);
  listenForStopSignals({
    stop: () => {
      // A failed stop shows in the exit code; here it must not become an unhandled rejection.
      node.stop().catch((error: unknown) => printProgress(`the stop failed: ${String(error)}`));
    },
    force: (reason) => {
      printProgress(`${reason}: leaving at once; what was flushed is safe`);
      process.exit(EXIT_CODE.fault);
    },
  });
  process.exitCode = await node.exitCode;
}
