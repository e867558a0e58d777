/** What contracts said in a final block: receipts out of its results, the rest as the shard tells. */

import { assert } from '#core/assert.ts';
import { resultAt, resultCount } from '#core/chain/block.ts';
import { decodeReceipt } from '#core/chain/receipt.ts';
import type { BlockEmission } from '#core/shard/block-emissions.ts';
import type { ConsoleLine, EventFeed } from './event-feed.ts';
import type { FinalBlock } from './push.ts';

/** Publishes the receipts in the order in which the contracts emitted them. */
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

/** Publishes events and console lines; `consoleLines` is absent where the node does not show them. */
export function publishOutput(
  feed: EventFeed,
  consoleLines: EventFeed<ConsoleLine> | undefined,
  block: Omit<FinalBlock, 'ids' | 'unfinished'>,
  entries: readonly BlockEmission[],
): void {
  for (const entry of entries) {
    const { contract, transactionId } = entry;
    const { chain, height, timestamp: time } = block;
    const occurrence = { contract, transactionId, chain, height, time };
    if (entry.kind === 'event') {
      const { source, data } = entry;
      feed.publish({ ...occurrence, topic: 'CONTRACT_EVENT', source, data });
    } else {
      const { level, text } = entry;
      consoleLines?.publish({ ...occurrence, topic: 'CONSOLE', level, text });
    }
  }
}
