/** `iostd transfer`: moves tokens between accounts. Amounts are decimal text, never a float. */

import type { Command } from 'commander';
import { EXIT_CODE } from '#node/exit-code.ts';
import { CommandFailure } from './command-failure.ts';
import { type SendFlags, sendAndReport, withSendOptions } from './send-transaction.ts';

const GAS_LIMIT = 100_000;
const AMOUNT = /^(\d+\.)?\d+$/;

type Flags = SendFlags & { readonly token: string; readonly memo: string };

const EXAMPLES = `
Examples:
  $ iostd transfer admin alice 12.5 --keystore admin.json
  $ iostd transfer admin alice 3 --token mytoken --memo "for tea" --wait packed`;

export function addTransfer(program: Command): void {
  withSendOptions(program.command('transfer'), GAS_LIMIT)
    .description('send tokens to an account, signed with the key of the sender')
    .argument('<from>', 'account that pays, with the permission "active" of the key')
    .argument('<to>', 'account that receives')
    .argument('<amount>', 'exact decimal, like 12.5')
    .option('--token <symbol>', 'token to send', 'iost')
    .option('--memo <text>', 'text that is stored with the transfer', '')
    .addHelpText('after', EXAMPLES)
    .action(transfer);
}

async function transfer(from: string, to: string, amount: string, flags: Flags): Promise<void> {
  checkAmount(amount);
  await sendAndReport(flags, async () => ({
    publisher: from,
    actions: [
      {
        contract: 'token.iost',
        actionName: 'transfer',
        data: JSON.stringify([flags.token, from, to, amount, flags.memo]),
      },
    ],
    amountLimits: [{ token: flags.token, value: amount }],
  }));
}

/** The grammar of the token contract; the node would refuse the rest after the key was used. */
export function checkAmount(amount: string): void {
  if (AMOUNT.test(amount)) return;
  throw new CommandFailure(`"${amount}" is no amount`, {
    fix: 'write digits with at most one point, like 12.5',
    exitCode: EXIT_CODE.usage,
  });
}
