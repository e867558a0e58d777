/** Messages between actors as msgpack: a small control message, and transactions in batches. */

import { decodeFrame, encodeFrame, type Message } from '#ipc/frame.ts';
import type { MicroGroup, Operation } from '../harness.ts';
import { TransferSource } from './signed-transfers.ts';

const BATCH = 64;
const ACCOUNTS = 100;

export const framingBench: MicroGroup = {
  name: 'framing',
  open: ({ calls }) => {
    const transfers = new TransferSource(ACCOUNTS).take(BATCH, Date.now());
    const control = { kind: 'cursor', chain: 3, nextSeq: 123_456, resend: false };
    const batch = {
      kind: 'verifyTransactions',
      tags: transfers.map((_, index) => index),
      transactions: transfers.map(({ bytes }) => bytes),
    };
    return {
      operations: [
        ...bothWays('control message', control, { unit: 'message', units: 1, calls }),
        ...bothWays(`batch of ${BATCH}`, batch, {
          unit: 'transaction',
          units: BATCH,
          calls: Math.ceil(calls / BATCH),
        }),
      ],
    };
  },
};

function bothWays(
  name: string,
  message: Message,
  { unit, units, calls }: { unit: string; units: number; calls: number },
): readonly Operation[] {
  const { buffer, start, end } = encodeFrame(message);
  const frame = Buffer.from(buffer.subarray(start, end));
  return [
    {
      name: `framing/encode ${name}`,
      unit,
      units: units * calls,
      run: () => {
        let bytes = 0;
        for (let call = 0; call < calls; call++) {
          const encoded = encodeFrame(message);
          bytes += encoded.end - encoded.start;
        }
        if (bytes !== frame.length * calls) throw new Error('a message has one encoding here');
        return undefined;
      },
    },
    {
      name: `framing/decode ${name}`,
      unit,
      units: units * calls,
      run: () => {
        for (let call = 0; call < calls; call++) {
          if (decodeFrame(frame, 0, frame.length).kind !== message.kind) throw new Error('damaged');
        }
        return undefined;
      },
    },
  ];
}
