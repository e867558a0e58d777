/**
 * Who produces blocks or wants to (spec go-iost §6.12). `producerTable` has every registration and
 * `producerKeyToId` whose a key is; `producerMap` and `producerKeyMap` are one value each for what a
 * count of the votes looks at: the approved ones. `registeredAt` is ours: the reference forgets who
 * came first.
 */

import type { Host } from '../../host.ts';
import {
  type Fields,
  getFields,
  getJson,
  getText,
  mapGetJson,
  mapPutJson,
  putJson,
} from '../json-storage.ts';

export const STATUS = { APPLY: 0, APPROVED: 1, UNAPPLY: 2, UNAPPLY_APPROVED: 3 } as const;
export type Status = (typeof STATUS)[keyof typeof STATUS];

export type Producer = {
  /** Base58; signs blocks. */
  pubkey: string;
  loc: string;
  url: string;
  netId: string;
  readonly isProducer: boolean;
  status: Status;
  online: boolean;
};

/** What a count of the votes has to know of a producer. */
export type ProducerSummary = Pick<Producer, 'pubkey' | 'isProducer' | 'status' | 'online'>;

export const CONTRACT = 'vote_producer.iost';
export const TABLE = 'producerTable';
export const KEY_OWNERS = 'producerKeyToId';
export const SUMMARIES = 'producerMap';
const SUMMARY_KEYS = 'producerKeyMap';
export const CURRENT_LIST = 'currentProducerList';
export const PENDING_LIST = 'pendingProducerList';
/** How many seats a list has. */
export const PRODUCER_NUMBER = 'producerNumber';
export const REGISTERED_AT = 'registeredAt';
const REGISTRATIONS = 'registrations';
export const VOTE_ID = 'voteId';

export function voteIdOf(host: Host): string {
  return getText(host, VOTE_ID) ?? host.fail('no voteId key');
}

export function readProducer(host: Host, account: string): Producer | undefined {
  return mapGetJson<Producer>(host, TABLE, account);
}

export function requireProducer(host: Host, account: string): Producer {
  return readProducer(host, account) ?? host.fail('producer not exists');
}

export function writeProducer(
  host: Host,
  account: string,
  producer: Producer,
  payer?: string,
): void {
  mapPutJson(host, TABLE, account, producer, payer);
}

/** Takes a new registration in; its key must be nobody else's. */
export function enter(host: Host, account: string, producer: Producer, payer: string): void {
  requireFreeKey(host, producer.pubkey);
  writeProducer(host, account, producer, payer);
  mapPutJson(host, KEY_OWNERS, producer.pubkey, account, payer);
  const order = (getJson<number>(host, REGISTRATIONS) ?? 0) + 1;
  putJson(host, REGISTRATIONS, order);
  mapPutJson(host, REGISTERED_AT, account, [host.block.number, order]);
}

export function requireFreeKey(host: Host, pubkey: string): void {
  if (host.mapHas(KEY_OWNERS, pubkey)) host.fail('pubkey is used by another producer');
}

export function strike(host: Host, account: string, { pubkey }: Producer): void {
  host.mapDel(TABLE, account);
  host.mapDel(KEY_OWNERS, pubkey);
  host.mapDel(REGISTERED_AT, account);
}

/** Whether votes for it count, once they are enough. */
export function isApproved({ status }: Pick<Producer, 'status'>): boolean {
  return status === STATUS.APPROVED || status === STATUS.UNAPPLY;
}

export function summaries(host: Host): Fields<ProducerSummary | undefined> {
  return getFields<ProducerSummary | undefined>(host, SUMMARIES);
}

/** Accounts by the keys they have, or had when a list was made. */
export function accountsByKey(host: Host): Fields<string | undefined> {
  return getFields<string | undefined>(host, SUMMARY_KEYS);
}

export function readList(host: Host, which: typeof CURRENT_LIST | typeof PENDING_LIST): string[] {
  return getJson<string[]>(host, which) ?? [];
}

export function summarize(host: Host, account: string, producer: Producer): void {
  const all = summaries(host);
  const accounts = accountsByKey(host);
  all[account] = summaryOf(producer);
  accounts[producer.pubkey] = account;
  putJson(host, SUMMARIES, all);
  putJson(host, SUMMARY_KEYS, accounts);
}

/**
 * Forgets an account, unless it is in the pending list, which has to stay readable: then it keeps its
 * summary, renewed where `producer` is given. Keys that nobody has and no list names are forgotten.
 */
export function unsummarize(host: Host, account: string, producer?: Producer): void {
  const all = summaries(host);
  const accounts = accountsByKey(host);
  const kept: Fields<string | undefined> = Object.create(null);
  let isPending = false;
  for (const pubkey of readList(host, PENDING_LIST)) {
    kept[pubkey] = accounts[pubkey];
    if (accounts[pubkey] === account) isPending = true;
  }
  if (!isPending) delete all[account];
  else if (producer !== undefined) all[account] = summaryOf(producer);
  for (const [other, summary] of Object.entries(all)) {
    if (summary !== undefined) kept[summary.pubkey] = other;
  }
  putJson(host, SUMMARIES, all);
  putJson(host, SUMMARY_KEYS, kept);
}

/** Whether the account makes blocks now or is next to. */
export function isSeated(host: Host, account: string): boolean {
  const accounts = accountsByKey(host);
  const seated = [...readList(host, PENDING_LIST), ...readList(host, CURRENT_LIST)];
  return seated.some((pubkey) => accounts[pubkey] === account);
}

function summaryOf({ pubkey, isProducer, status, online }: Producer): ProducerSummary {
  return { pubkey, isProducer, status, online };
}
