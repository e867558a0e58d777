/**
 * The producer table as the consensus of the root chain reads it: who has been approved as a block
 * producer, with how many votes. It reads committed state and depends on nothing else.
 */

import { base58Decode } from '../../../crypto/base58.ts';
import { ExactDecimal } from '../../exact-decimal.ts';
import type { StateReader } from '../../ports.ts';
import { mapKey, valueKey } from '../../state-key.ts';
import type { OptionInfo } from '../vote/vote-state.ts';
import { optionsOf } from '../vote/vote-state.ts';
import {
  CONTRACT,
  type Producer,
  type ProducerSummary,
  REGISTERED_AT,
  type Status,
  SUMMARIES,
  TABLE,
  VOTE_ID,
} from './producer-table.ts';

export type Candidate = {
  readonly account: string;
  /** 32 bytes: the Ed25519 key that signs blocks and consensus messages. */
  readonly publicKey: Uint8Array;
  /** How peers reach it, as it says itself. */
  readonly netId: string;
  /** 10^-8 votes; one IOST is one vote. */
  readonly votes: bigint;
  /** `STATUS` of the producer table; 1 and 2 may be elected. */
  readonly status: Status;
  /** It wants to make blocks now. */
  readonly online: boolean;
  /** It makes blocks; the others (partners) only gather votes. */
  readonly isProducer: boolean;
  /** Root height of the registration, and its number among all: earlier ones are lower. */
  readonly registeredAt: { readonly height: number; readonly order: number };
};

const VOTE_DECIMALS = 8;
const PUBLIC_KEY_BYTES = 32;

/**
 * Everybody in `producerMap`, in the order of registration. Left out is whose key cannot sign. Votes
 * below the threshold are told too: what is enough is for the caller to say.
 */
export function readCandidates(state: StateReader): readonly Candidate[] {
  const vote = textOf(state, valueKey(CONTRACT, VOTE_ID));
  const known = parse<Record<string, ProducerSummary>>(state, valueKey(CONTRACT, SUMMARIES));
  if (vote === undefined || known === undefined) return [];
  const candidates: Candidate[] = [];
  for (const account of Object.keys(known)) {
    const candidate = readCandidate(state, vote, account);
    if (candidate !== undefined) candidates.push(candidate);
  }
  return candidates.sort((left, right) => left.registeredAt.order - right.registeredAt.order);
}

function readCandidate(state: StateReader, vote: string, account: string): Candidate | undefined {
  const producer = parse<Producer>(state, mapKey(CONTRACT, TABLE, account));
  if (producer === undefined) return undefined;
  const publicKey = base58Decode(producer.pubkey);
  if (publicKey?.length !== PUBLIC_KEY_BYTES) return undefined;
  const option = parse<OptionInfo>(state, mapKey('vote.iost', optionsOf(vote), account));
  const [height, order] = parse<[number, number]>(
    state,
    mapKey(CONTRACT, REGISTERED_AT, account),
  ) ?? [0, 0];
  const { netId, status, online, isProducer } = producer;
  const votes = ExactDecimal.of(option?.votes ?? '0').units(VOTE_DECIMALS);
  const registeredAt = { height, order };
  return { account, publicKey, netId, votes, status, online, isProducer, registeredAt };
}

function parse<Value>(state: StateReader, key: string): Value | undefined {
  const text = textOf(state, key);
  return text === undefined ? undefined : (JSON.parse(text) as Value);
}

function textOf(state: StateReader, key: string): string | undefined {
  const value = state.get(key);
  return value?.kind === 'string' ? value.value : undefined;
}
