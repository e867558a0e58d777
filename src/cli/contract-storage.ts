/** `iostd contract storage`: what a contract has stored under a key. */

import type { Command } from 'commander';
import { type ClientFlags, connect, withClientOptions } from './node-client.ts';
import { print, printProgress } from './output.ts';

/** How the API says that there is nothing; a stored text "null" looks the same. */
const ABSENT = 'null';

type Flags = ClientFlags & { readonly fields?: boolean };

const HELP = `
Examples:
  $ iostd contract storage ContractAbc… price
  $ iostd contract storage ContractAbc… orders --fields
  $ iostd contract storage ContractAbc… orders alice`;

export function addContractStorage(contract: Command): void {
  withClientOptions(contract.command('storage'))
    .description('print a stored value; nothing and exit code 1 where there is none')
    .argument('<id>', 'contract')
    .argument('<key>', 'key of the value, or of a map')
    .argument('[field]', 'entry of the map')
    .option('--fields', 'print the names of the entries of the map, one a line')
    .addHelpText('after', HELP)
    .action(storage);
}

async function storage(
  id: string,
  key: string,
  field: string | undefined,
  flags: Flags,
): Promise<void> {
  const client = connect(flags);
  if (flags.fields === true) {
    for (const name of await client.contractFields(id, key)) print(name);
    return;
  }
  const value = await client.contractStorage(id, key, field ?? '');
  if (value !== ABSENT) {
    print(value);
    return;
  }
  process.exitCode = 1;
  const fields = field === undefined ? await client.contractFields(id, key) : [];
  const hint = fields.length > 0 ? `; it is a map of ${fields.length}, see --fields` : '';
  printProgress(`nothing is stored there${hint}`);
}
