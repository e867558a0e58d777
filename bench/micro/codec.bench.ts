/** The bytes of a signed transfer: writing them, reading them, and what its publisher signs. */

import { decodeTransaction, encodePublish, encodeTransaction } from '#core/chain/transaction.ts';
import type { MicroGroup, Operation } from '../harness.ts';
import { type SignedTransfer, TransferSource } from './signed-transfers.ts';

const ACCOUNTS = 100;

export const codecBench: MicroGroup = {
  name: 'codec',
  open: ({ calls }) => {
    const transfers = new TransferSource(ACCOUNTS).take(calls, Date.now());
    const forEach = (name: string, work: (transfer: SignedTransfer) => boolean): Operation => ({
      name: `codec/${name}`,
      unit: 'transaction',
      units: transfers.length,
      run: () => {
        let good = 0;
        for (const transfer of transfers) if (work(transfer)) good += 1;
        if (good !== transfers.length) throw new Error('a transfer did not come out right');
        return undefined;
      },
    });
    return {
      operations: [
        forEach(
          'encode',
          ({ decoded, bytes }) => encodeTransaction(decoded).length === bytes.length,
        ),
        forEach(
          'encode for signing',
          ({ decoded }) => encodePublish(decoded).length === decoded.publishBytes,
        ),
        forEach('decode', ({ bytes }) => decodeTransaction(bytes) !== undefined),
      ],
    };
  },
};
