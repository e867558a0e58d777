/** The candidates that vote_producer.iost keeps, with the votes that vote.iost counts. */

import { readCandidates } from '../ledger/native/vote-producer/candidates.ts';
import {
  CURRENT_LIST,
  PENDING_LIST,
  STATUS,
} from '../ledger/native/vote-producer/producer-table.ts';
import type { StateReader } from '../ledger/ports.ts';
import { mapKey, valueKey } from '../ledger/state-key.ts';
import type { StateOverlay } from '../ledger/state-overlay.ts';
import { systemCall } from '../ledger/system-call.ts';
import { POB_CONTRACT } from './pob-state.ts';
import type { CandidateTable } from './registered-candidate.ts';

const PRODUCERS = 'vote_producer.iost';

export const voteTable: CandidateTable = {
  read: (state) =>
    readCandidates(state).map(({ account, publicKey, netId, votes, ...registered }) => {
      const { status, online, isProducer } = registered;
      const isApproved = status === STATUS.APPROVED || status === STATUS.UNAPPLY;
      return { account, publicKey, netId, votes, isStanding: isApproved && online && isProducer };
    }),
  votesCast: (state) => readCandidates(state).reduce((sum, { votes }) => sum + votes, 0n),
  votableSupply,
  seat: (state, current, next) => {
    writeList(state, CURRENT_LIST, current);
    writeList(state, PENDING_LIST, next);
  },
  forfeit: (environment, account) =>
    systemCall(environment, POB_CONTRACT, {
      contract: PRODUCERS,
      abi: 'forfeit',
      args: [account],
    }),
  slash: (environment, account, reporter) =>
    systemCall(environment, POB_CONTRACT, {
      contract: PRODUCERS,
      abi: 'slash',
      args: [account, reporter],
    }),
};

function writeList(state: StateOverlay, list: string, keys: readonly string[]): void {
  const value = JSON.stringify(keys);
  state.put(valueKey(PRODUCERS, list), { kind: 'string', value, payer: 'system.iost' });
}

/** What has been issued and not burnt. */
function votableSupply(state: StateReader): bigint {
  const supply = state.get(mapKey('token.iost', 'TIiost', 'supply'));
  return supply?.kind === 'int' ? supply.value : 0n;
}
