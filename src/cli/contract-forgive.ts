/** `iostd contract forgive`: lets a transaction run again that the node has died of twice. */

import type { Command } from 'commander';
import { CommandFailure } from './command-failure.ts';
import { type ConfigFlags, loadFromFlags, withConfigOptions } from './config-options.ts';
import { print, printTable } from './output.ts';

const HASH_BYTES = 32;
const EXAMPLES = `
Examples:
  $ iostd contract forgive                what the process has died of, and how often
  $ iostd contract forgive 3mKQ…          let this transaction run once more

A contract call that ended the process twice is not run a third time; where other transactions
depend on it, the node waits and says so in "iostd status". Report it first: such a call is a bug
of the node. Forgiving counts from the next start on.`;

export function addContractForgive(contract: Command): void {
  withConfigOptions(contract.command('forgive'))
    .description('let a call run again that the process has died of')
    .argument('[transaction]', 'hash of the transaction, as in "iostd status"')
    .addHelpText('after', EXAMPLES)
    .action(forgive);
}

async function forgive(transaction: string | undefined, flags: ConfigFlags): Promise<void> {
  const { config } = loadFromFlags(flags);
  const [{ deadlyRuns, forgiveRun }, { base58Decode }] = await Promise.all([
    import('#node/deadly-runs.ts'),
    import('#core/crypto/base58.ts'),
  ]);
  if (transaction === undefined) {
    const runs = deadlyRuns(config);
    if (runs.length === 0) print('the process has died of no contract call');
    else
      printTable(
        runs.map(({ chain, transaction, deaths }) => [chain, `${transaction}, ${times(deaths)}`]),
      );
    return;
  }
  const id = base58Decode(transaction);
  if (id?.length !== HASH_BYTES) throw new CommandFailure(`${transaction} is no hash in Base58`);
  const chains = forgiveRun(config, id);
  if (chains.length === 0) {
    throw new CommandFailure(`the process has not died of ${transaction}`, {
      fix: 'see what there is with: iostd contract forgive',
    });
  }
  print(`forgiven on ${chains.join(', ')}; restart the node`);
}

function times(deaths: number): string {
  return deaths === 1 ? 'once' : `${deaths} times`;
}
