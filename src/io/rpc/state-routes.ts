/**
 * Endpoints that answer from the state of the ledger (spec go-iost §4.5). Final state is the only
 * one there is: a block that a shard has finalised is never undone, so both values of
 * `by_longest_chain` answer alike, and `block_hash` names the newest final root block.
 */

import { base58Encode } from '#core/crypto/base58.ts';
import { accountView } from '#core/ledger/views/account-view.ts';
import {
  batchContractStorage,
  contractStorage,
  listContractStorage,
  mapFields,
} from '#core/ledger/views/contract-storage-view.ts';
import { systemContractView } from '#core/ledger/views/contract-view.ts';
import { ramMarketView } from '#core/ledger/views/ram-view.ts';
import { tokenBalanceView, tokenInfoView } from '#core/ledger/views/token-view.ts';
import {
  token721BalanceView,
  token721Metadata,
  token721Owner,
} from '#core/ledger/views/token721-view.ts';
import { userContractView } from '#core/ledger/views/user-contract-view.ts';
import {
  candidateBonusView,
  producerView,
  voterBonusView,
  votesOf,
} from '#core/ledger/views/vote-view.ts';
import type { Result } from '#core/result.ts';
import { accountMessage, frozenMessages, scaled, voteMessages } from './account-message.ts';
import type { JsonFields } from './json-fields.ts';
import * as messages from './messages.ts';
import { checkId, checkName, pathBool } from './path-values.ts';
import { type Api, type Route, type RouteInput, readBody } from './route.ts';
import { invalidArgument, unknownError } from './rpc-error.ts';

/** The reference answers the first 50 key fields; more than this is no honest request. */
const KEY_FIELDS_MAX = 1000;
const LIST_COST = 20;
const BATCH_COST = 10;
const MANY_READS_COST = 5;
const STORAGE_SPACES: ReadonlyMap<string, number> = new Map([
  ['KV', 0],
  ['MAP', 1],
]);

export const STATE_ROUTES: readonly Route[] = [
  get('/getRAMInfo', 1, ramInfo),
  get('/getAccount/:name', MANY_READS_COST, account),
  get('/getTokenBalance/:account/:token', 1, tokenBalance),
  get('/getToken721Balance/:account/:token', MANY_READS_COST, token721Balance),
  get('/getToken721Metadata/:token/:token_id', 1, metadata),
  get('/getToken721Owner/:token/:token_id', 1, owner),
  get('/getTokenInfo/:symbol', 1, tokenInfo),
  get('/getProducerVoteInfo/:account', 1, producerVoteInfo),
  get('/getContract/:id', 1, contract),
  get('/getContractVote/:id', 1, contractVote),
  get('/getVoterBonus/:name', MANY_READS_COST, voterBonus),
  get('/getCandidateBonus/:name', 1, candidateBonus),
  post('/getContractStorage', 1, storage),
  post('/getBatchContractStorage', BATCH_COST, batchStorage),
  post('/getContractStorageFields', MANY_READS_COST, storageFields),
  post('/listContractStorage', LIST_COST, listStorage),
];

/** All of them but getRAMInfo end with `by_longest_chain`, which has to be a boolean. */
function get(path: string, cost: number, answer: (api: Api, input: RouteInput) => string): Route {
  if (!path.includes(':')) return { method: 'GET', path, cost, answer };
  return {
    method: 'GET',
    path: `${path}/:by_longest_chain`,
    cost,
    answer: (api, input) => {
      pathBool('by_longest_chain', input.param('by_longest_chain'));
      return answer(api, input);
    },
  };
}

function post(path: string, cost: number, answer: (api: Api, input: RouteInput) => string): Route {
  return { method: 'POST', path, cost, answer };
}

function ramInfo({ state }: Api): string {
  const market = ramMarketView(state);
  return messages.ramInfoResponse({
    used_ram: market.used,
    available_ram: market.available,
    total_ram: market.total,
    sell_price: market.sellPrice,
    buy_price: market.buyPrice,
  });
}

function account(api: Api, input: RouteInput): string {
  const id = checkId(input.param('name'));
  return messages.account(accountMessage(viewed(accountView(api.state, id, headTime(api)))));
}

function tokenBalance(api: Api, input: RouteInput): string {
  const id = checkId(input.param('account'));
  const token = checkName('token', input.param('token'));
  const view = tokenBalanceView(api.state, id, token, headTime(api));
  return messages.tokenBalanceResponse({
    balance: scaled(view.balance, view.decimal),
    frozen_balances: frozenMessages(view.frozen, view.decimal),
  });
}

function token721Balance({ state }: Api, input: RouteInput): string {
  const id = checkId(input.param('account'));
  const view = viewed(token721BalanceView(state, id, checkName('token', input.param('token'))));
  return messages.token721BalanceResponse({ balance: view.balance, tokenIDs: view.tokenIds });
}

function metadata({ state }: Api, input: RouteInput): string {
  const [token, tokenId] = nft(input);
  return messages.token721MetadataResponse({
    metadata: viewed(token721Metadata(state, token, tokenId)),
  });
}

function owner({ state }: Api, input: RouteInput): string {
  const [token, tokenId] = nft(input);
  return messages.token721OwnerResponse({ owner: viewed(token721Owner(state, token, tokenId)) });
}

function tokenInfo({ state }: Api, input: RouteInput): string {
  const view = viewed(tokenInfoView(state, checkName('symbol', input.param('symbol'))));
  return messages.tokenInfo({
    symbol: view.symbol,
    full_name: view.fullName,
    issuer: view.issuer,
    total_supply: view.totalSupply,
    current_supply: view.currentSupply,
    decimal: view.decimal,
    can_transfer: view.canTransfer,
    only_issuer_can_transfer: view.onlyIssuerCanTransfer,
    total_supply_float: scaled(view.totalSupply, view.decimal),
    current_supply_float: scaled(view.currentSupply, view.decimal),
  });
}

function producerVoteInfo({ state }: Api, input: RouteInput): string {
  const view = viewed(producerView(state, checkId(input.param('account'))));
  return messages.producerVoteInfoResponse({
    pubkey: view.publicKey,
    loc: view.location,
    url: view.url,
    net_id: view.netId,
    is_producer: view.isProducer,
    status: view.status,
    online: view.online,
    votes: Number(view.votes),
  });
}

function contract({ ports, state }: Api, input: RouteInput): string {
  const id = checkId(input.param('id'));
  const view = systemContractView(ports.contracts, id) ?? userContractView(state, id);
  if (view === undefined) throw unknownError('contract not found');
  return messages.contract({
    id: view.id,
    code: view.code,
    language: view.language,
    version: view.version,
    orig_code: view.originalCode,
    abis: view.abis.map((abi) => ({
      name: abi.name,
      args: abi.args,
      amount_limit: abi.amountLimit,
    })),
  });
}

function contractVote({ state }: Api, input: RouteInput): string {
  const votes = votesOf(state, checkId(input.param('id')));
  return messages.contractVote({ vote_infos: voteMessages(votes) });
}

function voterBonus({ state }: Api, input: RouteInput): string {
  const view = voterBonusView(state, checkId(input.param('name')));
  return messages.voterBonus({
    bonus: Number(view.bonus),
    detail: view.detail.map(([producer, bonus]) => [producer, Number(bonus)] as const),
  });
}

function candidateBonus({ state }: Api, input: RouteInput): string {
  const bonus = candidateBonusView(state, checkId(input.param('name')));
  return messages.candidateBonus({ bonus: Number(bonus) });
}

function storage(api: Api, { body }: RouteInput): string {
  const { id, key, field } = readBody(body, (fields) => ({
    id: name(fields, 'id'),
    key: name(fields, 'key'),
    field: name(fields, 'field'),
  }));
  return messages.contractStorageResponse({
    data: contractStorage(api.state, id, key, field),
    ...headBlock(api),
  });
}

function batchStorage(api: Api, { body }: RouteInput): string {
  const { id, keyFields } = readBody(body, (fields) => ({
    id: name(fields, 'id'),
    keyFields: fields.messages('key_fields', (one) => ({
      key: name(one, 'key'),
      field: name(one, 'field'),
    })),
  }));
  if (keyFields.length > KEY_FIELDS_MAX) {
    throw invalidArgument(`key_fields holds more than ${KEY_FIELDS_MAX} entries`);
  }
  return messages.batchContractStorageResponse({
    datas: batchContractStorage(api.state, id, keyFields),
    ...headBlock(api),
  });
}

function storageFields(api: Api, { body }: RouteInput): string {
  const { id, key } = readBody(body, (fields) => ({
    id: name(fields, 'id'),
    key: name(fields, 'key'),
  }));
  return messages.contractStorageFieldsResponse({
    fields: mapFields(api.state, id, key),
    ...headBlock(api),
  });
}

function listStorage(api: Api, { body }: RouteInput): string {
  const query = readBody(body, (fields) => {
    const limit = fields.int64('limit');
    return {
      id: name(fields, 'id'),
      from: name(fields, 'from'),
      to: name(fields, 'to'),
      prefix: name(fields, 'prefix'),
      space: fields.enum8('storageType', STORAGE_SPACES) === 1 ? ('MAP' as const) : ('KV' as const),
      // Any number beyond the bound is refused by the view like the first one beyond.
      limit: Number(limit),
    };
  });
  const entries = viewed(listContractStorage(api.state, query));
  return messages.listContractStorageResponse({ datas: entries, ...headBlock(api) });
}

function nft(input: RouteInput): readonly [token: string, tokenId: string] {
  return [checkName('token', input.param('token')), checkName('token_id', input.param('token_id'))];
}

/** Whatever a contract is called or its keys are: ids here are not validated by the reference. */
function name(fields: JsonFields, field: string): string {
  return checkName(field, fields.string(field));
}

/** The time for which freezes and gas are reckoned. */
function headTime({ blocks }: Api): bigint {
  return blocks.head().header.timestamp;
}

function headBlock({ blocks }: Api): {
  readonly block_hash: string;
  readonly block_number: number;
} {
  const head = blocks.head();
  return { block_hash: base58Encode(head.hash), block_number: head.height };
}

function viewed<Value>(result: Result<Value>): Value {
  if (!result.ok) throw unknownError(result.failure.message);
  return result.value;
}
