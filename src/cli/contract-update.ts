/** `iostd contract update`: replaces the code of a contract that allows it, and keeps its storage. */

import type { Command } from 'commander';
import { contractJson } from '#core/iosvm/contract-json.ts';
import { publishingGas } from './contract-publish.ts';
import { reportContractCall } from './contract-report.ts';
import { readContract, type SourceFlags, withSourceOptions } from './contract-source.ts';
import { type SendFlags, send, withSendOptions } from './send-transaction.ts';

type Flags = SendFlags & SourceFlags & { readonly account: string; readonly data: string };

const HELP = `
The contract is asked first: its can_update(data) must return true. One without cannot be updated.

Example:
  $ iostd contract update ContractAbc… sale.js --account alice --keystore alice.json`;

export function addContractUpdate(contract: Command): void {
  const gas = 'by the length of the code';
  withSourceOptions(withSendOptions(contract.command('update'), gas))
    .description('replace the code of a contract; its storage stays')
    .argument('<id>', 'contract to update')
    .argument('<file>', 'new source')
    .requiredOption('--account <name>', 'account that updates; its key is the one to sign with')
    .option('--data <text>', 'what can_update of the contract is called with', '')
    .addHelpText('after', HELP)
    .action(update);
}

async function update(id: string, file: string, flags: Flags): Promise<void> {
  const contract = readContract(file, flags, id);
  const sent = await send(flags, async () => ({
    publisher: flags.account,
    actions: [
      {
        contract: 'system.iost',
        actionName: 'updateCode',
        data: JSON.stringify([contractJson(contract), flags.data]),
      },
    ],
    amountLimits: [],
    gasLimit: publishingGas(contract.code),
  }));
  reportContractCall(sent, flags.json === true, { file, source: contract.code }, []);
}
