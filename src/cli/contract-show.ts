/** `iostd contract show`: ABI and code of a contract on the chain. */

import type { Command } from 'commander';
import { type ClientFlags, type ContractInfo, connect, withClientOptions } from './node-client.ts';
import { print, printJson, printTable } from './output.ts';

type Flags = ClientFlags & {
  readonly code?: boolean;
  readonly instrumented?: boolean;
  readonly json?: boolean;
};

const HELP = `
Examples:
  $ iostd contract show ContractAbc…
  $ iostd contract show ContractAbc… --code > copy.js`;

export function addContractShow(contract: Command): void {
  withClientOptions(contract.command('show'))
    .description('print the ABI of a contract, or its code')
    .argument('<id>', 'contract, or a name like token.iost')
    .option('--code', 'print the source as it was published')
    .option('--instrumented', 'print the code that runs, with its gas counters')
    .option('--json', 'print everything as JSON')
    .addHelpText('after', HELP)
    .action(show);
}

async function show(id: string, flags: Flags): Promise<void> {
  const contract = await connect(flags).contract(id);
  if (flags.json === true) printJson(contract);
  else if (flags.code === true) print(contract.orig_code);
  else if (flags.instrumented === true) print(contract.code);
  else printAbi(contract);
}

function printAbi(contract: ContractInfo): void {
  printTable([
    ['contract', contract.id],
    ['language', `${contract.language} ${contract.version}`],
    ['source', `${Buffer.byteLength(contract.orig_code)} bytes`],
    ...contract.abis.map(({ name, args, amount_limit: limits }) => {
      const may = limits.map(({ token, value }) => `${value} ${token}`).join(', ');
      const from = may === '' ? '' : `  takes up to ${may} from accounts`;
      return ['abi', `${name}(${args.join(', ')})${from}`] as const;
    }),
  ]);
}
