/**
 * One block being built or checked: channel batches, then transactions, then facts asked for, each
 * run against the state before it. Proposer and validators use the same object; a proposer leaves
 * out what does not come back as included, a validator refuses the block for it.
 *
 * Everything that leaves for other chains is numbered here, so a block's outbox is a function of its
 * body and its parent.
 */

import { decodeMessage, type ChannelMessage, encodeMessage } from '../atomix/message.ts';
import type { OutboxEntry } from '../atomix/channel.ts';
import { homeChain } from '../atomix/home.ts';
import { assert, assertNever } from '../assert.ts';
import type { Crosslink, InboundBatch, Leg, TransactionResult } from '../chain/block.ts';
import { encodeReceipt, RECEIPT_STATUS } from '../chain/receipt.ts';
import { type DecodedTransaction, decodeTransaction } from '../chain/transaction.ts';
import type { ChainPlacement } from '../eds/chain-placement.ts';
import { applyCredit } from '../ledger/apply-credit.ts';
