/** Contract events of a final block, read out of its receipts. */

import { assert } from '#core/assert.ts';
import { resultAt, resultCount } from '#core/chain/block.ts';
import { decodeReceipt } from '#core/chain/receipt.ts';
import type { EventFeed } from './event-feed.ts';
import type { FinalBlock } from './push.ts';

/** Publishes them in the order in which the contracts emitted them. */
export function publishEvents(
  feed: EventFeed,
  block: FinalBlock,
  results: Uint8Array | undefined,
): void {
  if (results === undefined) return;
  const count = resultCount(results);
  for (let index = 0; index < count; index++) {
    const result = resultAt(results, index);
    assert(result !== undefined, 'a stored result is of its own form');
    if (result.receipt.length === 0) continue;
    const receipt = decodeReceipt(result.receipt);
    assert(receipt !== undefined, 'a stored receipt is of its own form');
    for (const { funcName, content } of receipt.receipts) {
      feed.publish({
        topic: 'CONTRACT_RECEIPT',
        contract: funcName.slice(0, funcName.lastIndexOf('/')),
        source: funcName,
        data: content,
        transactionId: receipt.txHash,
        chain: block.chain,
        height: block.height,
        time: block.timestamp,
      });
    }
  }
}
