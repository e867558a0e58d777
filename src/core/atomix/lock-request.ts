/**
 * Which keys to lock when a run has met one that it needs: the keys that usually go with it, so that
 * one round is the usual case. All of them lie on one chain, for they share an anchor: names that
 * no account can have make keys that read in two ways, and what does not belong is left out.
 */

import {
  accountKey,
  anchorOf,
  balanceKey,
  freezeKey,
  mapIndexKey,
  mapKey,
  tokenIndexKey,
  usedRamKey,
  valueKey,
} from '../ledger/state-key.ts';

const ACCOUNT = 'account:';
const HOLDING = /^m-token\.iost-T([BF])(.+)-([^-]+)$/;
const CODE = 'c-';
const TOKEN_FIELD = /^m-token\.iost-TI([^-]+)/;
const TOKEN_FIELDS = [
  'issuer',
  'totalSupply',
  'supply',
  'canTransfer',
  'onlyIssuerCanTransfer',
  'defaultRate',
  'decimal',
  'fullName',
] as const;
const MARKET_FIELDS: ReadonlySet<string> = new Set(
  [
    'leftSpace',
    'usedSpace',
    'balance',
    'increaseInterval',
    'increaseAmount',
    'lastUpdateBlockTime',
  ].map((field) => valueKey('ram.iost', field)),
);

const PRODUCERS = 'vote_producer.iost';
const VOTES = 'vote.iost';
/** The vote on the producers. */
const ELECTION = '1';
const PRODUCER = new RegExp(`^${mapKey(PRODUCERS, 'producerTable', '(.+)')}$`);
const ELECTION_KEYS = [
  valueKey(PRODUCERS, 'voteId'),
  mapKey(VOTES, 'voteInfo', ELECTION),
  mapKey(VOTES, 'owner', ELECTION),
] as const;
/** What a vote reads together once a producer has enough of them. */
const RANK_KEYS = [
  mapKey(VOTES, 'preResult', ELECTION),
  mapKey(VOTES, 'preOrder', ELECTION),
  valueKey(PRODUCERS, 'candAllKey'),
  valueKey(PRODUCERS, 'candCoef'),
] as const;

export function keysWith(missing: string): readonly string[] {
  const anchor = anchorOf(missing);
  const companions = companionsOf(missing).filter((key) => anchorOf(key) === anchor);
  return [...new Set([missing, ...companions])].sort(byCodeUnits);
}

/** Whose tokens a key is about. */
export type Holding = {
  readonly holder: string;
  readonly token: string;
  /** The balance, not the list of frozen amounts. */
  readonly isBalance: boolean;
};

export function holdingOf(key: string): Holding | undefined {
  const [, kind, holder, token] = HOLDING.exec(key) ?? [];
  if (holder === undefined || token === undefined) return undefined;
  return { holder, token, isBalance: kind === 'B' };
}

function companionsOf(missing: string): readonly string[] {
  const holding = holdingOf(missing);
  if (holding !== undefined) return holdingKeys(holding.holder, holding.token);
  const anchor = anchorOf(missing);
  if (anchor.startsWith(ACCOUNT)) return [accountKey(anchor.slice(ACCOUNT.length))];
  if (missing.startsWith(CODE)) {
    // Whoever runs a contract pays its owner's RAM, or asks for him.
    return [mapKey('system.iost', 'contract_owner', missing.slice(CODE.length))];
  }
  const [, symbol] = TOKEN_FIELD.exec(missing) ?? [];
  if (symbol !== undefined) return tokenKeys(symbol);
  return MARKET_FIELDS.has(missing) ? [...MARKET_FIELDS] : electionKeys(missing);
}

function electionKeys(missing: string): readonly string[] {
  const [, producer] = PRODUCER.exec(missing) ?? [];
  if (producer !== undefined) {
    const option = mapKey(VOTES, `v_${ELECTION}`, producer);
    return [...ELECTION_KEYS, option, mapKey(PRODUCERS, 'voterCoef', producer)];
  }
  const group = [ELECTION_KEYS, RANK_KEYS].find((keys) => keys.some((key) => key === missing));
  return group ?? [];
}

function holdingKeys(holder: string, token: string): readonly string[] {
  const keys = [balanceKey(holder, token), freezeKey(holder, token), tokenIndexKey(holder)];
  if (!anchorOf(balanceKey(holder, token)).startsWith(ACCOUNT)) return keys;
  if (token === 'ram') keys.push(usedRamKey(holder));
  return [...keys, accountKey(holder)];
}

function tokenKeys(symbol: string): readonly string[] {
  const map = `TI${symbol}`;
  return [
    mapIndexKey('token.iost', map),
    ...TOKEN_FIELDS.map((field) => mapKey('token.iost', map, field)),
  ];
}

/** One global order, so that two transactions rarely refuse each other twice. */
function byCodeUnits(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
