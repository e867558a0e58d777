/**
 * vote.iost 1.0.3: votes by anybody about anything, weighted by IOST (spec go-iost §6.11). The vote on
 * the block producers is the first one. Votes are counted in one place, so every ABI runs on the root
 * chain; who votes brings the tokens along, and what is withdrawn returns as a frozen credit.
 *
 * What a call costs is explained in javascript-cost.ts.
 */

import { putJson, putText } from '../json-storage.ts';
import { defineContract } from '../native-contract.ts';
import { adminAbis } from '../system-admin.ts';
import { BALLOT_ABIS } from './ballot.ts';
import { POLL_ABIS } from './poll.ts';
import { CURRENT_ID } from './vote-state.ts';

export const voteContract = defineContract(
  'vote.iost',
  '1.0.3',
  'javascript',
  [
    ...adminAbis({
      keptAs: 'text',
      onInit: (host, admin) => putJson(host, 'fundID', [admin]),
    }),
    ...POLL_ABIS,
    ...BALLOT_ABIS,
  ],
  (host) => putText(host, CURRENT_ID, '0'),
);
