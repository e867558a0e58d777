/** `iostd contract publish`: puts a contract on the chain and says under which id. */

import type { Command } from 'commander';
import { contractJson } from '#core/iosvm/contract-json.ts';
import { reportContractCall } from './contract-report.ts';
import { readContract, type SourceFlags, withSourceOptions } from './contract-source.ts';
import { type SendFlags, send, withSendOptions } from './send-transaction.ts';

/** What publishing costs beside the length of the code, with room for an `init` that stores much. */
const GAS_BASE = 500_000;
/** Price of a byte of code, and of carrying it in the transaction, escaped. */
const GAS_PER_BYTE = 100;
const GAS_MAX = 4_000_000;

type Flags = SendFlags & SourceFlags & { readonly account: string };

const EXAMPLES = `
Examples:
  $ iostd contract publish sale.js --account alice --keystore alice.json
  $ iostd contract publish sale.js --abi sale.js.abi --account alice --keystore alice.json`;

export function addContractPublish(contract: Command): void {
  const gas = 'by the length of the code';
  withSourceOptions(withSendOptions(contract.command('publish'), gas))
    .description('publish a contract; its account pays gas and RAM, and may update it')
    .argument('<file>', 'source of the contract')
    .requiredOption('--account <name>', 'account that publishes; its key is the one to sign with')
    .addHelpText('after', EXAMPLES)
    .action(publish);
}

async function publish(file: string, flags: Flags): Promise<void> {
  const contract = readContract(file, flags);
  const sent = await send(flags, async () => ({
    publisher: flags.account,
    actions: [
      {
        contract: 'system.iost',
        actionName: 'setCode',
        data: JSON.stringify([contractJson(contract)]),
      },
    ],
    amountLimits: [],
    gasLimit: publishingGas(contract.code),
  }));
  const [id] = returnedBy(sent.state?.transaction.tx_receipt?.returns[0]);
  const rows = typeof id === 'string' ? ([['contract', id]] as const) : [];
  reportContractCall(sent, flags.json === true, { file, source: contract.code }, rows);
}

/** A limit that suffices for most contracts; what is not used is not paid. */
export function publishingGas(code: string): number {
  return Math.min(GAS_MAX, GAS_BASE + GAS_PER_BYTE * Buffer.byteLength(code));
}

function returnedBy(text: string | undefined): readonly unknown[] {
  return text === undefined ? [] : JSON.parse(text);
}
