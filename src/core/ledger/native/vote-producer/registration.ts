/** The ABIs of vote_producer.iost by which producers come, change and go (spec go-iost §6.12). */

import { FAILURE } from '../../contract-failure.ts';
import { ExactDecimal } from '../../exact-decimal.ts';
import type { Host } from '../../host.ts';
import { requireAnyPermission, requirePermission } from '../contract-authority.ts';
import { METHOD_GAS } from '../javascript-cost.ts';
import { getText, mapPutJson, putJson } from '../json-storage.ts';
import type { NativeAbi, ReturnValues } from '../native-contract.ts';
import { ADMIN_KEY } from '../system-admin.ts';
import { changeCandidate, changeVoter, votesFor } from './bonus-pools.ts';
import {
  CONTRACT,
  CURRENT_LIST,
  enter,
  isApproved,
  isSeated,
  KEY_OWNERS,
  PENDING_LIST,
  PRODUCER_NUMBER,
  type Producer,
  readList,
  readProducer,
  requireFreeKey,
  requireProducer,
  STATUS,
  strike,
  summarize,
  unsummarize,
  VOTE_ID,
  voteIdOf,
  writeProducer,
} from './producer-table.ts';

const VOTE_PERMISSION = 'vote';
/** May act for any producer, if such an account exists. */
const OPERATOR = 'operator';
const NOTHING: ReturnValues = [''];

/** The producers that a network begins with, in the order of their keys. */
const initProducer: NativeAbi = {
  name: 'initProducer',
  args: ['string', 'string'],
  home: 'root',
  amountLimit: [{ token: 'iost', value: 'unlimited' }],
  run(host, args) {
    const [account, pubkey] = args as [string, string];
    if (!host.isGenesis) host.fail('init out of genesis block');
    requireFreeKey(host, pubkey);
    const pending = [...readList(host, PENDING_LIST), pubkey].sort();
    putJson(host, PENDING_LIST, pending);
    putJson(host, PRODUCER_NUMBER, pending.length);
    host.call('vote.iost', 'addOption', [voteIdOf(host), account, false], true);
    const producer: Producer = {
      pubkey,
      loc: '',
      url: '',
      netId: '',
      isProducer: true,
      status: STATUS.APPROVED,
      online: true,
    };
    enter(host, account, producer, account);
    summarize(host, account, producer);
    return NOTHING;
  },
};

const applyRegister: NativeAbi = {
  name: 'applyRegister',
  args: ['string', 'string', 'string', 'string', 'string', 'bool'],
  home: 'root',
  amountLimit: [],
  run(host, args) {
    const [account, pubkey, loc, url, netId, isProducer] = args as [
      string,
      string,
      string,
      string,
      string,
      boolean,
    ];
    host.charge(METHOD_GAS);
    requireRepresentative(host, account, VOTE_PERMISSION);
    if (readProducer(host, account) !== undefined) host.fail('producer exists');
    const status = STATUS.APPLY;
    const producer = { pubkey, loc, url, netId, isProducer, status, online: false };
    enter(host, account, producer, host.publisher);
    host.call('vote.iost', 'addOption', [voteIdOf(host), account, false], true);
    host.receipt(JSON.stringify(args));
    return NOTHING;
  },
};

const applyUnregister = byRepresentative('applyUnregister', (host, account) => {
  const producer = requireProducer(host, account);
  if (producer.status === STATUS.APPLY) return 'unchanged';
  if (producer.status !== STATUS.APPROVED) host.fail('producer not approved');
  producer.status = STATUS.UNAPPLY;
  writeProducer(host, account, producer, host.publisher);
  return 'changed';
});

const unregister = byRepresentative('unregister', (host, account) => {
  const producer = readProducer(host, account);
  const isGone = producer === undefined || producer.status === STATUS.UNAPPLY_APPROVED;
  if (!isGone && producer.status !== STATUS.APPLY) host.fail('producer can not unregister');
  if (isSeated(host, account)) {
    host.fail("producer in pending list or in current list, can't unregister");
  }
  host.call('vote.iost', 'removeOption', [voteIdOf(host), account, true], true);
  if (producer === undefined) return 'changed';
  strike(host, account, producer);
  unsummarize(host, account);
  return 'changed';
});

const logInProducer = byRepresentative('logInProducer', (host, account) => {
  const producer = readProducer(host, account) ?? host.fail(`producer not exists, ${account}`);
  return setOnline(host, account, producer, true);
});

const logOutProducer = byRepresentative('logOutProducer', (host, account) =>
  setOnline(host, account, requireProducer(host, account), false),
);

function setOnline(host: Host, account: string, producer: Producer, online: boolean): 'changed' {
  producer.online = online;
  writeProducer(host, account, producer, host.publisher);
  if (isApproved(producer)) summarize(host, account, producer);
  return 'changed';
}

const approveRegister = byAdmin('approveRegister', (host, account, producer) => {
  producer.status = STATUS.APPROVED;
  writeProducer(host, account, producer);
  summarize(host, account, producer);
});

const approveUnregister = byAdmin('approveUnregister', (host, account, producer) => {
  if (producer.status !== STATUS.UNAPPLY) host.fail('producer not unapplied');
  release(host, account, producer);
});

const forceUnregister = byAdmin('forceUnregister', release);

/** Its score goes with the next count of the votes. */
function release(host: Host, account: string, producer: Producer): void {
  producer.status = STATUS.UNAPPLY_APPROVED;
  writeProducer(host, account, producer);
  unsummarize(host, account, producer);
}

/**
 * A candidate was proven to have broken the rules: what it gave itself is gone, a tenth of it to the
 * reporter, and it is a candidate no more. Only Proof-of-Believability decides this.
 */
const slash: NativeAbi = {
  name: 'slash',
  isInternal: true,
  args: ['string', 'string'],
  home: 'root',
  amountLimit: [{ token: 'iost', value: 'unlimited' }],
  run(host, args) {
    const [account, reporter] = args as [string, string];
    requireBelievability(host);
    const before = votesFor(host, account);
    const call = [voteIdOf(host), account, account, reporter];
    const [taken] = host.call('vote.iost', 'confiscate', call, true) ?? [];
    const stake = ExactDecimal.of(String(taken));
    changeVoter(host, account, account, stake.negated());
    changeCandidate(host, account, votesFor(host, account).minus(before), CONTRACT);
    endCandidacy(host, account);
    return [String(taken)];
  },
};

/**
 * A candidate lost candidacy: it is approved no more, and its votes are cleared, which leaves them to
 * the voters to withdraw. Only Proof-of-Believability decides this.
 */
const forfeit: NativeAbi = {
  name: 'forfeit',
  isInternal: true,
  args: ['string'],
  home: 'root',
  amountLimit: [],
  run(host, [id]) {
    requireBelievability(host);
    endCandidacy(host, String(id));
    return NOTHING;
  },
};

function requireBelievability(host: Host): void {
  if (host.caller.isAccount || host.caller.name !== 'pob.iost') host.fail(FAILURE.permission);
}

function endCandidacy(host: Host, account: string): void {
  const lost = votesFor(host, account);
  release(host, account, requireProducer(host, account));
  // An option without votes is removed for good, one with some is cleared when it comes back.
  const vote = voteIdOf(host);
  host.call('vote.iost', 'removeOption', [vote, account, true], true);
  host.call('vote.iost', 'addOption', [vote, account, true], true);
  changeCandidate(host, account, lost.negated(), CONTRACT);
}

const updateProducer: NativeAbi = {
  name: 'updateProducer',
  args: ['string', 'string', 'string', 'string', 'string'],
  home: 'root',
  amountLimit: [],
  run(host, args) {
    const [account, pubkey, loc, url, netId] = args as [string, string, string, string, string];
    host.charge(METHOD_GAS);
    requireRepresentative(host, account, VOTE_PERMISSION);
    const producer = requireProducer(host, account);
    if (producer.pubkey !== pubkey) {
      requireFreeKey(host, pubkey);
      if (isSeated(host, account)) host.fail("account in producerList, can't change pubkey");
      host.mapDel(KEY_OWNERS, producer.pubkey);
      mapPutJson(host, KEY_OWNERS, pubkey, account, host.publisher);
    }
    const updated = { ...producer, pubkey, loc, url, netId };
    writeProducer(host, account, updated, host.publisher);
    if (isApproved(updated)) summarize(host, account, updated);
    host.receipt(JSON.stringify(args));
    return NOTHING;
  },
};

const getProducer: NativeAbi = {
  name: 'getProducer',
  args: ['string'],
  home: 'root',
  amountLimit: [],
  run(host, [id]) {
    const account = String(id);
    host.charge(METHOD_GAS);
    const producer = requireProducer(host, account);
    if (!isApproved(producer)) return [JSON.stringify(producer)];
    const [option] = host.call('vote.iost', 'getOption', [voteIdOf(host), account], true) ?? [];
    return [JSON.stringify({ ...producer, voteInfo: JSON.parse(String(option)) })];
  },
};

/** The account itself, the administrator or the operator. */
export function requireRepresentative(host: Host, account: string, permission: string): void {
  requireAnyPermission(host, [account, adminOf(host), OPERATOR], permission);
}

function adminOf(host: Host): string {
  return getText(host, ADMIN_KEY) ?? host.fail('no adminID key');
}

/** An ABI about one account by those who may act for it; it leaves a receipt where it did anything. */
function byRepresentative(
  name: string,
  act: (host: Host, account: string) => 'changed' | 'unchanged',
): NativeAbi {
  return {
    name,
    args: ['string'],
    home: 'root',
    amountLimit: [],
    run(host, [id]) {
      const account = String(id);
      host.charge(METHOD_GAS);
      requireRepresentative(host, account, VOTE_PERMISSION);
      if (act(host, account) === 'changed') host.receipt(JSON.stringify([account]));
      return NOTHING;
    },
  };
}

function byAdmin(
  name: string,
  act: (host: Host, account: string, producer: Producer) => void,
): NativeAbi {
  return {
    name,
    args: ['string'],
    home: 'root',
    amountLimit: [],
    run(host, [id]) {
      const account = String(id);
      host.charge(METHOD_GAS);
      requirePermission(host, adminOf(host), 'active');
      act(host, account, requireProducer(host, account));
      host.receipt(JSON.stringify([account]));
      return NOTHING;
    },
  };
}

export const REGISTRATION_ABIS: readonly NativeAbi[] = [
  initProducer,
  applyRegister,
  applyUnregister,
  approveRegister,
  approveUnregister,
  forceUnregister,
  forfeit,
  slash,
  unregister,
  updateProducer,
  getProducer,
  logInProducer,
  logOutProducer,
];

/** At genesis: empty lists and the vote on the producers, which is the first vote. */
export function openElection(host: Host, settings: object): void {
  putJson(host, CURRENT_LIST, []);
  putJson(host, PENDING_LIST, []);
  const args = [CONTRACT, 'vote for producer', JSON.stringify(settings)];
  const [vote] = host.call('vote.iost', 'newVote', args, true) ?? [];
  host.put(VOTE_ID, String(vote));
}
