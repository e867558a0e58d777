/** `iostd contract call`: calls an ABI of a contract and shows what came of it. */

import type { Command } from 'commander';
import type { AmountLimit } from '#core/chain/transaction.ts';
import { argumentList, typedArguments } from './contract-arguments.ts';
import { reportContractCall } from './contract-report.ts';
import { readLimit } from './contract-source.ts';
import { connect } from './node-client.ts';
import { type SendFlags, send, withSendOptions } from './send-transaction.ts';

const GAS_LIMIT = 400_000;

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
  const data =
    flags.args === undefined ? typedArguments(contract, abi, args) : argumentList(flags.args);
  const sent = await send(flags, async () => ({
    publisher: flags.account,
    actions: [{ contract: id, actionName: abi, data }],
    amountLimits: flags.amountLimit,
  }));
  const origin = { file: contract.id, source: contract.orig_code };
  reportContractCall(sent, flags.json === true, origin, []);
}
