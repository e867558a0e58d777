/** `iostd contract call`: calls an ABI of a contract and shows what came of it. */

import type { Command } from 'commander';
import type { AmountLimit } from '#core/chain/transaction.ts';
import { EXIT_CODE } from '#node/exit-code.ts';
import { CommandFailure } from './command-failure.ts';
import { reportContractCall } from './contract-report.ts';
import { readLimit } from './contract-source.ts';
import { type ContractInfo, connect } from './node-client.ts';
import { type SendFlags, send, withSendOptions } from './send-transaction.ts';

const GAS_LIMIT = 400_000;
const WHOLE = /^-?\d+$/;

type Flags = SendFlags & {
  readonly account: string;
  readonly amountLimit: readonly AmountLimit[];
  readonly args?: string;
};

const HELP = `
Each argument is read as the type that the ABI says: text as it stands, numbers, true or false, JSON.

Examples:
  $ iostd contract call ContractAbc… buy alice 10 --account alice --amount-limit iost:10 \\
      --keystore alice.json
  $ iostd contract call token.iost transfer --args '["iost","alice","bob","1",""]' \\
      --account alice --amount-limit iost:1 --keystore alice.json`;

export function addContractCall(contract: Command): void {
  withSendOptions(contract.command('call'), GAS_LIMIT)
    .description('call an ABI of a contract')
    .argument('<id>', 'contract, or a name like token.iost')
    .argument('<abi>', 'what to call')
    .argument('[args...]', 'its arguments')
    .requiredOption('--account <name>', 'account that calls; its key is the one to sign with')
    .option(
      '--amount-limit <token:amount>',
      'most of a token that the call may take from accounts; repeatable',
      (text: string, earlier: readonly AmountLimit[]) => [...earlier, readLimit(text).limit],
      [],
    )
    .option('--args <json>', 'all arguments as one JSON list, instead of one by one')
    .addHelpText('after', HELP)
    .action(call);
}

async function call(id: string, abi: string, args: readonly string[], flags: Flags): Promise<void> {
  const contract = await connect(flags).contract(id);
  const data = flags.args === undefined ? typedArguments(contract, abi, args) : flags.args;
  requireList(data);
  const sent = await send(flags, async () => ({
    publisher: flags.account,
    actions: [{ contract: id, actionName: abi, data }],
    amountLimits: flags.amountLimit,
  }));
  const origin = { file: contract.id, source: contract.orig_code };
  reportContractCall(sent, flags.json === true, origin, []);
}

/** The JSON list of arguments, each of the type that the ABI says. */
function typedArguments(contract: ContractInfo, abi: string, args: readonly string[]): string {
  const found = contract.abis.find(({ name }) => name === abi);
  if (found === undefined) {
    const names = contract.abis.map(({ name }) => name).join(', ');
    throw usage(`${contract.id} has no ABI ${abi}`, `it has: ${names}`);
  }
  if (found.args.length !== args.length) {
    const types = found.args.length === 0 ? '' : `: ${found.args.join(', ')}`;
    throw usage(
      `${abi} takes ${found.args.length} arguments, not ${args.length}`,
      `give ${found.args.length}${types}; put -- before one that begins with a hyphen`,
    );
  }
  return `[${args.map((text, index) => jsonOf(text, found.args[index] ?? '')).join(',')}]`;
}

function jsonOf(text: string, type: string): string {
  switch (type) {
    case 'string':
      return JSON.stringify(text);
    case 'number':
      if (WHOLE.test(text)) return text;
      throw usage(`"${text}" is no whole number`, 'amounts are text in most contracts');
    case 'bool':
      if (text === 'true' || text === 'false') return text;
      throw usage(`"${text}" is neither true nor false`, 'write true or false');
    default:
      if (isJson(text)) return text;
      throw usage(`${text} is no JSON`, 'quote it for the shell, like \'{"a":1}\'');
  }
}

function requireList(data: string): void {
  if (isJson(data) && Array.isArray(JSON.parse(data))) return;
  throw usage(`--args ${data} is no JSON list`, 'write it like \'["text",1,true]\'');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function usage(message: string, fix: string): CommandFailure {
  return new CommandFailure(message, { fix, exitCode: EXIT_CODE.usage });
}
