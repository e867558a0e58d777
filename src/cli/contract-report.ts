/** What a call of a contract came to: returns, receipts, and where in the source it failed. */

import { CommandFailure } from './command-failure.ts';
import type { Receipt } from './node-client.ts';
import { reportOutcome, type Sent } from './send-transaction.ts';

/** The source that positions in messages are about. */
export type Origin = { readonly file: string; readonly source: string };

/** Prints the outcome; a failed transaction ends the command with the words of the contract. */
export function reportContractCall(
  sent: Sent,
  json: boolean,
  origin: Origin,
  rows: readonly (readonly [string, string])[],
): void {
  const receipt = sent.state?.transaction.tx_receipt ?? null;
  reportOutcome(sent, json, receipt === null ? rows : [...rows, ...rowsOf(receipt)]);
  if (receipt === null || receipt.status_code === 'SUCCESS') return;
  throw new CommandFailure(`${receipt.status_code}: ${explain(receipt.message, origin)}`);
}

function rowsOf(receipt: Receipt): readonly (readonly [string, string])[] {
  return [
    ...Object.entries(receipt.ram_usage).map(
      ([payer, bytes]) => ['RAM', `${bytes} bytes of ${payer}`] as const,
    ),
    ...receipt.returns.map((returned) => ['returns', returned] as const),
    ...receipt.receipts.map(
      ({ func_name: name, content }) => ['receipt', `${name} ${content}`] as const,
    ),
  ];
}

/** The message without the description of the action, which the user has just typed. */
function explain(message: string, _origin: Origin): string {
  const marker = ' error: ';
  const start = message.indexOf(marker);
  return start < 0 ? message : message.slice(start + marker.length);
}
