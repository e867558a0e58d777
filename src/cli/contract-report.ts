/** What a call of a contract came to: returns, receipts, and where in the source it failed. */

import { failurePlace } from '#core/iosvm/failure-place.ts';
import { describeFlaw } from '#core/iosvm/source-place.ts';
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
  reportOutcome(sent, json, receipt === null ? rows : [...rowsOf(receipt), ...rows]);
  if (receipt === null || receipt.status_code === 'SUCCESS') return;
  const { status_code: code, message } = receipt;
  throw new CommandFailure(`the transaction failed with ${code}\n${explain(message, origin)}`);
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

/** What a receipt says about a failure, at its place in the source where it names one. */
export function explain(message: string, { file, source }: Origin): string {
  const words = withoutAction(message);
  const flaw = failurePlace(words, source);
  return flaw === undefined ? words.replaceAll('\n', ' ') : describeFlaw(file, source, flaw);
}

/** Without the description of the action, which the user has just typed. */
function withoutAction(message: string): string {
  const marker = ' error: ';
  const start = message.indexOf(marker);
  return start < 0 ? message : message.slice(start + marker.length);
}
