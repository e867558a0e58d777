/**
 * The answers of the HTTP API (spec go-iost §4.4): one description per message of the reference
 * node's rpc.proto, in the order of its declarations (which is not always that of the numbers).
 * Nothing is added to them: some clients refuse answers with fields they do not know (clients §6).
 */

import {
  bool,
  double,
  int32,
  int64,
  list,
  map,
  message,
  nullable,
  string,
  type Written,
} from './json-writer.ts';

export const RECEIPT_STATUS_NAMES: readonly string[] = [
  'SUCCESS',
  'GAS_RUN_OUT',
  'BALANCE_NOT_ENOUGH',
  'WRONG_PARAMETER',
  'RUNTIME_ERROR',
  'TIMEOUT',
  'WRONG_TX_FORMAT',
  'DUPLICATE_SET_CODE',
  'UNKNOWN_ERROR',
];

export type TransactionStatus = 'PENDING' | 'PACKED' | 'IRREVERSIBLE';
export type BlockStatus = 'PENDING' | 'IRREVERSIBLE';

const enumName: (value: string) => string = (value) => `"${value}"`;

/** A code outside the enum is written as its number, as protobuf does. */
const receiptStatus = (code: number): string => {
  const name = RECEIPT_STATUS_NAMES[code];
  return name === undefined ? `${code}` : `"${name}"`;
};

export const networkInfo = message({
  id: string,
  peer_count: int32,
  peer_count_inbound: int32,
  peer_count_outbound: int32,
});

export const nodeInfoResponse = message({
  build_time: string,
  git_hash: string,
  mode: string,
  network: networkInfo,
  code_version: string,
  server_time: int64,
  tx_pool_size: int64,
});

export const ramInfoResponse = message({
  used_ram: int64,
  available_ram: int64,
  total_ram: int64,
  sell_price: double,
  buy_price: double,
});

export const chainInfoResponse = message({
  net_name: string,
  protocol_version: string,
  chain_id: int32,
  head_block: int64,
  head_block_hash: string,
  lib_block: int64,
  lib_block_hash: string,
  witness_list: list(string),
  lib_witness_list: list(string),
  pending_witness_list: list(string),
  head_block_time: int64,
  lib_block_time: int64,
  /** Ours: everything up to this block is final by the checkpoints of all candidates. */
  checkpoint_block: int64,
});

const amountLimit = message({ token: string, value: string });
const action = message({ contract: string, action_name: string, data: string });
const receiptEntry = message({ func_name: string, content: string });

export const txReceipt = message({
  tx_hash: string,
  gas_usage: double,
  ram_usage: map(int64),
  status_code: receiptStatus,
  message: string,
  returns: list(string),
  receipts: list(receiptEntry),
});

export const transaction = message({
  hash: string,
  time: int64,
  expiration: int64,
  gas_ratio: double,
  gas_limit: double,
  delay: int64,
  chain_id: int32,
  actions: list(action),
  signers: list(string),
  publisher: string,
  referred_tx: string,
  amount_limit: list(amountLimit),
  tx_receipt: nullable(txReceipt),
});

export const transactionResponse = message({
  status: enumName as (value: TransactionStatus) => string,
  transaction,
  block_number: int64,
});

export const sendTransactionResponse = message({
  hash: string,
  pre_tx_receipt: nullable(txReceipt),
});

const blockInfo = message({ mode: int32, thread: int32, batch_index: list(int32) });

export const block = message({
  hash: string,
  version: int64,
  parent_hash: string,
  tx_merkle_hash: string,
  tx_receipt_merkle_hash: string,
  number: int64,
  witness: string,
  time: int64,
  gas_usage: double,
  tx_count: int64,
  info: nullable(blockInfo),
  orig_info: string,
  transactions: list((text: string) => text),
});

export const blockResponse = message({
  status: enumName as (value: BlockStatus) => string,
  block,
});

const frozenBalance = message({ amount: double, time: int64 });
const voteInfo = message({ option: string, votes: double, cleared_votes: double });

const permissionItem = message({
  id: string,
  is_key_pair: bool,
  weight: int64,
  permission: string,
});
const accountGroup = message({ name: string, items: list(permissionItem) });
const accountPermission = message({
  name: string,
  group_names: list(string),
  items: list(permissionItem),
  threshold: int64,
});
const pledgeInfo = message({ pledger: string, amount: double });
const gasInfo = message({
  current_total: double,
  transferable_gas: double,
  pledge_gas: double,
  increase_speed: double,
  limit: double,
  pledged_info: list(pledgeInfo),
});
const accountRam = message({ available: int64, used: int64, total: int64 });

export const account = message({
  name: string,
  balance: double,
  gas_info: gasInfo,
  ram_info: accountRam,
  permissions: map(accountPermission),
  groups: map(accountGroup),
  frozen_balances: list(frozenBalance),
  vote_infos: list(voteInfo),
  balance_string: string,
});

const contractAbi = message({
  name: string,
  args: list(string),
  amount_limit: list(amountLimit),
});

export const contract = message({
  id: string,
  code: string,
  language: string,
  version: string,
  orig_code: string,
  abis: list(contractAbi),
});

export const contractVote = message({ vote_infos: list(voteInfo) });

export const contractStorageResponse = message({
  data: string,
  block_hash: string,
  block_number: int64,
});
export const batchContractStorageResponse = message({
  datas: list(string),
  block_hash: string,
  block_number: int64,
});
export const contractStorageFieldsResponse = message({
  fields: list(string),
  block_hash: string,
  block_number: int64,
});
export const listContractStorageResponse = message({
  datas: list(message({ key: string, value: string })),
  block_hash: string,
  block_number: int64,
});

export const tokenBalanceResponse = message({
  balance: double,
  frozen_balances: list(frozenBalance),
});
export const token721BalanceResponse = message({ balance: int64, tokenIDs: list(string) });
export const token721MetadataResponse = message({ metadata: string });
export const token721OwnerResponse = message({ owner: string });

export const tokenInfo = message({
  symbol: string,
  full_name: string,
  issuer: string,
  total_supply: int64,
  current_supply: int64,
  decimal: int32,
  can_transfer: bool,
  only_issuer_can_transfer: bool,
  total_supply_float: double,
  current_supply_float: double,
});

export const gasRatioResponse = message({
  lowest_gas_ratio: double,
  median_gas_ratio: double,
});

export const producerVoteInfoResponse = message({
  pubkey: string,
  loc: string,
  url: string,
  net_id: string,
  is_producer: bool,
  status: string,
  online: bool,
  votes: double,
});

export const voterBonus = message({ bonus: double, detail: map(double) });
export const candidateBonus = message({ bonus: double });

export type EventTopic = 'CONTRACT_RECEIPT' | 'CONTRACT_EVENT';

/** One message of the `/subscribe` stream, as the gateway wraps it. */
export const subscribeResult = message({
  result: message({
    event: message({
      topic: enumName as (value: EventTopic) => string,
      data: string,
      time: int64,
    }),
  }),
});

export const blockTxsByContractResponse = message({
  blocktx_list: list(
    message({
      status: enumName as (value: BlockStatus) => string,
      block_number: int64,
      tx_list: list((text: string) => text),
    }),
  ),
});

export type TransactionMessage = Written<typeof transaction>;
export type ReceiptMessage = Written<typeof txReceipt>;
export type BlockMessage = Written<typeof block>;
export type AccountMessage = Written<typeof account>;
