/** `iostd contract types`: the declarations of everything that contracts can use, for editors. */

import { copyFileSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { CommandFailure } from './command-failure.ts';
import { print, printProgress } from './output.ts';

const DECLARATIONS = fileURLToPath(new URL('../io/iosvm/iost-contract.d.ts', import.meta.url));

const HELP = `
Write it beside your contracts, with a jsconfig.json as its first lines show; editors then complete and
check what you write, and so does: tsc -p jsconfig.json

Example:
  $ iostd contract types -o iost-contract.d.ts`;

export function addContractTypes(contract: Command): void {
  contract
    .command('types')
    .description('print the TypeScript declarations of what contracts can use')
    .option('-o, --output <file>', 'write them there')
    .addHelpText('after', HELP)
    .action(types);
}

function types({ output }: { readonly output?: string }): void {
  if (output === undefined) {
    print(readFileSync(DECLARATIONS, 'utf8').trimEnd());
    return;
  }
  try {
    copyFileSync(DECLARATIONS, output);
  } catch (error) {
    throw new CommandFailure(`${output} cannot be written: ${String(error)}`);
  }
  printProgress(`wrote ${output}`);
}
