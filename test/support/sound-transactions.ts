/** What the verifier would say of transactions beside their signatures. */

import { decodeTransaction } from '#core/chain/transaction.ts';
import { isSound } from '#core/ledger/admission.ts';

export function areSound(transactions: readonly { readonly bytes: Uint8Array }[], chainId: number) {
  return transactions.every(({ bytes }) => {
    const transaction = decodeTransaction(bytes);
    return transaction !== undefined && isSound(transaction, chainId);
  });
}
