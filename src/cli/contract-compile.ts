/** `iostd contract compile`: the ABI of a contract from its source, and whether it can be published. */

import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { abiFile } from '#core/iosvm/contract-json.ts';
import { CommandFailure } from './command-failure.ts';
import { type ConfigFlags, withConfigOptions } from './config-options.ts';
import { readContract, withAbiLimits } from './contract-source.ts';
import { print, printProgress, printTable } from './output.ts';
import { tryToPublish } from './trial-publish.ts';

type Flags = ConfigFlags & {
  readonly output?: string;
  readonly check?: boolean;
  readonly amountLimit: readonly string[];
};

const HELP = `
Types come from JSDoc comments: @param {string} to (string, number, bool or json). What a call may
take from accounts comes from the amounts in the source; where they are no literals, say it with
@amountLimit iost 100 in the comment, or with --amount-limit.

Examples:
  $ iostd contract compile sale.js -o sale.js.abi
  $ iostd contract compile sale.js --check
  $ iostd contract compile sale.js --amount-limit buy:iost:100`;

export function addContractCompile(contract: Command): void {
  withAbiLimits(withConfigOptions(contract.command('compile')))
    .description('print the ABI of a contract, or what is wrong with its source')
    .argument('<file>', 'source of the contract')
    .option('-o, --output <file>', 'write the ABI there')
    .option('--check', 'publish it on a chain in memory and say what that costs')
    .addHelpText('after', HELP)
    .action(compile);
}

function compile(file: string, flags: Flags): void {
  const contract = readContract(file, flags);
  const text = JSON.stringify(abiFile(contract), null, 2);
  if (flags.check === true) {
    const trial = tryToPublish(contract, flags, file);
    printTable([
      ['source', `${trial.sourceBytes} bytes of at most ${trial.sourceBytesMax}`],
      ['instrumented', `${trial.instrumentedBytes} bytes`],
      ['transaction', `${trial.transactionBytes} bytes of at most ${trial.transactionBytesMax}`],
      ['gas', `${trial.gas} to publish it, init included`],
      ['RAM', `${trial.ramBytes} bytes of the publisher, what init stores included`],
    ]);
  }
  if (flags.output !== undefined) writeAbi(flags.output, text);
  else if (flags.check !== true) print(text);
}

function writeAbi(path: string, text: string): void {
  try {
    writeFileSync(path, `${text}\n`);
  } catch (error) {
    throw new CommandFailure(`${path} cannot be written: ${String(error)}`);
  }
  printProgress(`wrote ${path}`);
}
