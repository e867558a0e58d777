/**
 * vote_producer.iost 1.0.9: who may produce blocks, the votes on them and what both earn (spec go-iost
 * §6.12). It governs the network, so every ABI runs on the root chain.
 *
 * What a call costs is explained in javascript-cost.ts.
 */

import { defineContract } from '../native-contract.ts';
import { adminAbis } from '../system-admin.ts';
import { BONUS_ABIS } from './bonus.ts';
import { VOTE_THRESHOLD } from './bonus-pools.ts';
import { CONTRACT } from './producer-table.ts';
import { openElection, REGISTRATION_ABIS } from './registration.ts';
import { stat } from './stat.ts';
import { VOTING_ABIS } from './voting.ts';

const UNVOTE_FREEZE_SECONDS = 604_800;
const RESULTS_MAX = 2000;

export const voteProducerContract = defineContract(
  CONTRACT,
  '1.0.9',
  'javascript',
  [...adminAbis({ keptAs: 'text' }), ...REGISTRATION_ABIS, ...VOTING_ABIS, ...BONUS_ABIS, stat],
  (host) =>
    openElection(host, {
      resultNumber: RESULTS_MAX,
      minVote: VOTE_THRESHOLD,
      options: [],
      anyOption: false,
      freezeTime: UNVOTE_FREEZE_SECONDS,
      canVote: false,
    }),
);
