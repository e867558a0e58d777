/** Endpoints that answer with blocks, or with statistics of blocks (spec go-iost §4.5). */

import { assert } from '#core/assert.ts';
import { decodeTransaction } from '#core/chain/transaction.ts';
import { transactionText } from './block-view.ts';
import type { RootBlock } from './committed-blocks.ts';
import { blockResponse, blockTxsByContractResponse, gasRatioResponse } from './messages.ts';
import { hashBytes, pathBool, pathInt64 } from './path-values.ts';
import { blockHeaderByRangeResponse, rawBlockResponse } from './raw-block-messages.ts';
import { rawBlockView, rawHeaderView } from './raw-block-view.ts';
import { type Api, type Route, type RouteInput, readBody } from './route.ts';
import { unknownError } from './rpc-error.ts';
import { hundredths } from './transaction-view.ts';

const HEADER_RANGE_MAX = 110n;
const CONTRACT_RANGE_MAX = 100n;
/** Matching transactions of one answer; the caller asks again from the last block. */
const CONTRACT_TRANSACTIONS_MAX = 10_000;
const WHOLE_BLOCK_COST = 20;
const RANGE_COST = 100;

export const BLOCK_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/getBlockByHash/:hash/:complete',
    cost: WHOLE_BLOCK_COST,
    answer: (api, input) => {
      const complete = pathBool('complete', input.param('complete'));
      return answerBlock(api, blockByHash(api, input.param('hash')), complete);
    },
  },
  {
    method: 'GET',
    path: '/getBlockByNumber/:number/:complete',
    cost: WHOLE_BLOCK_COST,
    answer: (api, input) => {
      const complete = pathBool('complete', input.param('complete'));
      return answerBlock(api, blockByNumber(api, input), complete);
    },
  },
  {
    method: 'GET',
    path: '/getRawBlockByNumber/:number/:complete',
    cost: WHOLE_BLOCK_COST,
    answer: getRawBlockByNumber,
  },
  {
    method: 'POST',
    path: '/getBlockHeaderByRange',
    cost: RANGE_COST,
    answer: getBlockHeaderByRange,
  },
  {
    method: 'POST',
    path: '/getBlockTxsByContract',
    cost: RANGE_COST,
    answer: getBlockTxsByContract,
  },
  { method: 'GET', path: '/getGasRatio', cost: WHOLE_BLOCK_COST, answer: getGasRatio },
];

async function answerBlock(api: Api, block: RootBlock, complete: boolean): Promise<string> {
  const message = await api.views.message(block, complete);
  return blockResponse({ status: 'IRREVERSIBLE', block: message });
}

async function getRawBlockByNumber(api: Api, input: RouteInput): Promise<string> {
  const complete = pathBool('complete', input.param('complete'));
  const block = blockByNumber(api, input);
  const content = await api.views.content(block);
  return rawBlockResponse({
    status: 'IRREVERSIBLE',
    block: rawBlockView(api.blocks, block, content, complete),
  });
}

/** `[start, end)`; stops at the first block that is missing. */
async function getBlockHeaderByRange(api: Api, { body }: RouteInput): Promise<string> {
  const { start, end } = readBody(body, (fields) => ({
    start: fields.int64('start'),
    end: fields.int64('end'),
  }));
  if (start < 0n || start >= end || end > start + HEADER_RANGE_MAX) {
    throw unknownError(`invalid range: start < end <= start+${HEADER_RANGE_MAX} is required`);
  }
  const headers = [];
  for (let number = start; number < end; number++) {
    const block = api.blocks.at(Number(number));
    if (block === undefined) break;
    headers.push(rawHeaderView(block, await api.views.content(block)));
  }
  return blockHeaderByRangeResponse({ block_list: headers });
}

/** Both ends included; an empty contract or action name matches all. Blocks without match are left out. */
async function getBlockTxsByContract(api: Api, { body }: RouteInput): Promise<string> {
  const request = readBody(body, (fields) => ({
    from: fields.int64('from_block'),
    to: fields.int64('to_block'),
    contract: fields.string('contract'),
    action: fields.string('action_name'),
  }));
  const { from, to } = request;
  if (from < 0n || from >= to || to > from + CONTRACT_RANGE_MAX) {
    throw unknownError(`invalid range: from < to <= from+${CONTRACT_RANGE_MAX} is required`);
  }
  const found = [];
  let matches = 0;
  for (let number = from; number <= to; number++) {
    const block = api.blocks.at(Number(number));
    if (block === undefined) break;
    const texts = matchingTransactions(api, block, request.contract, request.action);
    matches += texts.length;
    if (matches > CONTRACT_TRANSACTIONS_MAX) {
      throw unknownError(
        `more than ${CONTRACT_TRANSACTIONS_MAX} transactions match: ask for fewer blocks`,
      );
    }
    if (texts.length > 0) {
      found.push({ status: 'IRREVERSIBLE' as const, block_number: number, tx_list: texts });
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  return blockTxsByContractResponse({ blocktx_list: found });
}

function matchingTransactions(
  api: Api,
  block: RootBlock,
  contract: string,
  action: string,
): readonly string[] {
  const texts: string[] = [];
  for (const located of api.blocks.resultsOf(block)) {
    const transaction = decodeTransaction(located.result.transaction);
    assert(transaction !== undefined, 'a stored transaction is of its own form');
    const matches = transaction.actions.some(
      (one) =>
        (contract === '' || one.contract === contract) &&
        (action === '' || one.actionName === action),
    );
    if (matches) texts.push(transactionText(located));
  }
  return texts;
}

/** Lowest and median ratio of the head block; 1 where it is empty. */
function getGasRatio(api: Api): string {
  const ratios: bigint[] = [];
  for (const { result } of api.blocks.resultsOf(api.blocks.head())) {
    const transaction = decodeTransaction(result.transaction);
    assert(transaction !== undefined, 'a stored transaction is of its own form');
    ratios.push(transaction.gasRatio);
  }
  ratios.sort((left, right) => (left < right ? -1 : left > right ? 1 : 0));
  const lowest = ratios[0];
  const median = ratios[ratios.length >> 1];
  return gasRatioResponse({
    lowest_gas_ratio: lowest === undefined ? 1 : hundredths(lowest),
    median_gas_ratio: median === undefined ? 1 : hundredths(median),
  });
}

function blockByHash(api: Api, text: string): RootBlock {
  const hash = hashBytes(text);
  const block = hash && api.blocks.withHash(hash);
  if (block === undefined) throw unknownError('block not found');
  return block;
}

function blockByNumber(api: Api, input: RouteInput): RootBlock {
  const number = pathInt64('number', input.param('number'));
  // Beyond 2^53 there is no height, and the store is not asked.
  const height = number >= 0n && number <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(number) : -1;
  const block = height < 0 ? undefined : api.blocks.at(height);
  if (block === undefined) throw unknownError('block not found');
  return block;
}
