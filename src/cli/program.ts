/**
 * The command line: one file per subcommand, put together here. A command throws what it has to
 * say; this is the only place that turns failures into lines and exit codes.
 */

import { Command, CommanderError } from 'commander';
import { EXIT_CODE } from '#node/exit-code.ts';
import { StartRefusal } from '#node/start-refusal.ts';
import { addAccountCreate } from './account-create.ts';
import { CommandFailure } from './command-failure.ts';
import { addConfigCheck } from './config-check.ts';
import { addConfigShow } from './config-show.ts';
import { addContractCall } from './contract-call.ts';
import { addContractCompile } from './contract-compile.ts';
import { addContractForgive } from './contract-forgive.ts';
import { addContractPublish } from './contract-publish.ts';
import { addContractShow } from './contract-show.ts';
import { addContractStorage } from './contract-storage.ts';
import { addContractTypes } from './contract-types.ts';
import { addContractUpdate } from './contract-update.ts';
import { addInit } from './init.ts';
import { addKeysNew } from './keys-new.ts';
import { addKeysShow } from './keys-show.ts';
import { addPeers } from './peers.ts';
import { addReplay } from './replay.ts';
import { addStart } from './start.ts';
import { addStatus } from './status.ts';
import { addTestnet } from './testnet.ts';
import { addTransfer } from './transfer.ts';
import { addTxInspect } from './tx-inspect.ts';

const EXAMPLES = `
Examples:
  $ iostd start --profile dev           run a development node, data in ./data
  $ iostd status                        what a running node is doing
  $ iostd config show --set shards=4    every setting and where it comes from
  $ iostd help transfer                 help for one command`;

/** Runs one command line (without `node` and the script) and gives the exit code. */
export async function runProgram(argv: readonly string[], version: string): Promise<number> {
  try {
    await createProgram(version).parseAsync(argv, { from: 'user' });
    return Number(process.exitCode ?? EXIT_CODE.clean);
  } catch (error) {
    return report(error);
  }
}

function createProgram(version: string): Command {
  const program = new Command('iostd')
    .description('An IOST blockchain node')
    .version(version)
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for what this command takes)')
    .addHelpText('after', EXAMPLES)
    .exitOverride();
  addStart(program);
  addInit(program);
  addStatus(program);
  addPeers(program);
  addReplay(program);
  addTestnet(program);
  const keys = program.command('keys').description('make and show encrypted keys');
  addKeysNew(keys);
  addKeysShow(keys);
  const account = program.command('account').description('work with accounts of a running node');
  addAccountCreate(account);
  addTransfer(program);
  const contract = program.command('contract').description('write, publish and call contracts');
  addContractCompile(contract);
  addContractPublish(contract);
  addContractUpdate(contract);
  addContractCall(contract);
  addContractStorage(contract);
  addContractShow(contract);
  addContractTypes(contract);
  addContractForgive(contract);
  const tx = program.command('tx').description('look into transactions');
  addTxInspect(tx);
  const config = program.command('config').description('show and check the configuration');
  addConfigShow(config);
  addConfigCheck(config);
  return program;
}

function report(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has printed it; asking for help or the version is no mistake.
    return error.exitCode === 0 ? EXIT_CODE.clean : EXIT_CODE.usage;
  }
  if (error instanceof CommandFailure || error instanceof StartRefusal) {
    // What is indented belongs to the line above it.
    for (const line of error.message.split('\n')) {
      process.stderr.write(line.startsWith(' ') ? `${line}\n` : `error: ${line}\n`);
    }
    if (error.fix !== undefined) process.stderr.write(`fix: ${error.fix}\n`);
    return error.exitCode;
  }
  throw error;
}
