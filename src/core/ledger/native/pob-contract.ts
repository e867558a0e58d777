/**
 * pob.iost: the one thing that a candidate says about itself to Proof-of-Believability, that it is
 * there (protocol.md §3.2). Everything else follows from blocks and votes.
 */

import { POB_CONTRACT, readCandidate, readCommittee, writeCandidate } from '../../pob/pob-state.ts';
import { FAILURE } from '../contract-failure.ts';
import { COST } from '../costs.ts';
import { canUpdate } from './can-update.ts';
import { defineContract, type NativeAbi } from './native-contract.ts';

/** The account has a candidacy and its operator is awake; counts for the running period. */
const heartbeat: NativeAbi = {
  name: 'heartbeat',
  args: ['string'],
  home: 'root',
  amountLimit: [],
  run(host, [id]) {
    const account = String(id);
    if (!host.requireAuth(account, 'active')) host.fail(FAILURE.permission);
    host.charge(2 * COST.get + COST.put);
    const candidate = readCandidate(host.state, account);
    const committee = readCommittee(host.state);
    if (candidate === undefined || committee === undefined) {
      return host.fail(`${account} is no candidate`);
    }
    writeCandidate(host.state, account, { ...candidate, heardIn: committee.period });
    return [];
  },
};

export const pobContract = defineContract(POB_CONTRACT, '1.0.0', 'native', [heartbeat, canUpdate]);
