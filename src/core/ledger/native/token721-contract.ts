/**
 * token721.iost 1.0.0: tokens that exist once (spec go-iost §6.3). All of it lives at the root. The
 * key of an owner's metadata counts against the 64 characters that a key may have, so a long symbol
 * cannot be sent to a contract, as in the reference.
 */

import { amountOf } from '../balances.ts';
import { FAILURE } from '../contract-failure.ts';
import { goJson } from '../go-json.ts';
import type { Host } from '../host.ts';
import type { StateValue } from '../state-value.ts';
import { canUpdate } from './can-update.ts';
import { defineContract, type NativeAbi } from './native-contract.ts';
import { symbolProblem } from './token/symbol.ts';

const ISSUER = 'T721issuer';

const infoMap = (symbol: string): string => `T721I${symbol}`;
const balanceMap = (account: string): string => `T721B${account}`;
const metadataMap = (symbol: string, owner: string): string => `T721M${symbol}#${owner}`;

const create: NativeAbi = {
  name: 'create',
  args: ['string', 'string', 'number'],
  home: 'root',
  run(host, args) {
    const [symbol, issuer, totalSupply] = args as [string, string, bigint];
    host.chargeOp(2);
    const problem = symbolProblem(symbol);
    if (problem !== undefined) host.fail(problem);
    if (!host.requireAuth(issuer, 'token')) host.fail(FAILURE.permission);
    host.checkGas();
    if (host.mapHas(infoMap(symbol), ISSUER)) host.fail(FAILURE.tokenExists);
    const payer = host.publisher;
    host.mapPut(infoMap(symbol), ISSUER, issuer, payer);
    host.mapPut(infoMap(symbol), 'totalSupply', totalSupply, payer);
    host.mapPut(infoMap(symbol), 'supply', 0n, payer);
    host.chargeOp(1);
    host.receipt(goJson([symbol, issuer, totalSupply]));
    return [];
  },
};

const issue: NativeAbi = {
  name: 'issue',
  args: ['string', 'string', 'string'],
  home: 'root',
  run(host, args) {
    const [symbol, to, metadata] = args as [string, string, string];
    host.chargeOp(1);
    requireSymbol(host, symbol);
    const issuer = textOf(host.mapGet(infoMap(symbol), ISSUER));
    const supply = amountOf(host.mapGet(infoMap(symbol), 'supply'));
    const totalSupply = amountOf(host.mapGet(infoMap(symbol), 'totalSupply'));
    host.checkGas();
    if (totalSupply - supply <= 0n) host.fail('supply too much');
    if (!host.requireAuth(issuer, 'token')) host.fail(FAILURE.permission);
    host.checkGas();
    const payer = host.publisher;
    const tokenId = supply.toString();
    host.mapPut(infoMap(symbol), 'supply', supply + 1n, payer);
    host.mapPut(infoMap(symbol), tokenId, to, payer);
    host.mapPut(balanceMap(to), symbol, readBalance(host, symbol, to) + 1n, payer);
    host.mapPut(metadataMap(symbol, to), tokenId, metadata, payer);
    host.chargeOp(1);
    host.receipt(goJson([symbol, to, metadata]));
    return [tokenId];
  },
};

const transfer: NativeAbi = {
  name: 'transfer',
  args: ['string', 'string', 'string', 'string'],
  home: 'root',
  run(host, args) {
    const [symbol, from, to, tokenId] = args as [string, string, string, string];
    host.chargeOp(1);
    if (from === to) return [];
    requireSymbol(host, symbol);
    if (!host.requireAuth(from, 'transfer')) host.fail(FAILURE.permission);
    host.checkGas();
    const stored = host.mapGet(infoMap(symbol), tokenId);
    if (stored === undefined) host.fail(`error tokenID not exists. ${symbol} ${tokenId}`);
    const owner = textOf(stored);
    if (owner !== from) {
      host.fail(`error token owner isn't from. owner: ${owner}, from: ${from}`);
    }
    moveToken(host, symbol, from, to, tokenId);
    host.chargeOp(1);
    host.receipt(goJson([symbol, from, to, tokenId]));
    return [];
  },
};

function moveToken(host: Host, symbol: string, from: string, to: string, tokenId: string): void {
  const payer = host.publisher;
  host.mapPut(infoMap(symbol), tokenId, to, payer);
  const fromBalance = readBalance(host, symbol, from);
  const toBalance = readBalance(host, symbol, to);
  host.mapPut(balanceMap(from), symbol, fromBalance - 1n, payer);
  host.mapPut(balanceMap(to), symbol, toBalance + 1n, payer);
  const metadata = textOf(host.mapGet(metadataMap(symbol, from), tokenId));
  host.mapDel(metadataMap(symbol, from), tokenId);
  host.mapPut(metadataMap(symbol, to), tokenId, metadata, payer);
}

const balanceOf: NativeAbi = {
  name: 'balanceOf',
  args: ['string', 'string'],
  home: 'root',
  run(host, args) {
    const [symbol, account] = args as [string, string];
    host.chargeOp(1);
    requireSymbol(host, symbol);
    return [readBalance(host, symbol, account)];
  },
};

const ownerOf: NativeAbi = {
  name: 'ownerOf',
  args: ['string', 'string'],
  home: 'root',
  run(host, args) {
    const [symbol, tokenId] = args as [string, string];
    host.chargeOp(1);
    requireSymbol(host, symbol);
    return [readOwner(host, symbol, tokenId)];
  },
};

const tokenOfOwnerByIndex: NativeAbi = {
  name: 'tokenOfOwnerByIndex',
  args: ['string', 'string', 'number'],
  home: 'root',
  run(host, args) {
    const [symbol, owner, index] = args as [string, string, bigint];
    host.chargeOp(1);
    requireSymbol(host, symbol);
    const tokens = host.mapKeys(metadataMap(symbol, owner));
    // A negative index ends the reference's process; here it is out of range like any other.
    const token = index < 0n ? undefined : tokens[Number(index)];
    return [token ?? host.fail('out of range')];
  },
};

const tokenMetadata: NativeAbi = {
  name: 'tokenMetadata',
  args: ['string', 'string'],
  home: 'root',
  run(host, args) {
    const [symbol, tokenId] = args as [string, string];
    host.chargeOp(1);
    requireSymbol(host, symbol);
    const owner = readOwner(host, symbol, tokenId);
    if (!host.mapHas(metadataMap(symbol, owner), tokenId)) host.fail(FAILURE.tokenExists);
    return [textOf(host.mapGet(metadataMap(symbol, owner), tokenId))];
  },
};

function requireSymbol(host: Host, symbol: string): void {
  if (!host.mapHas(infoMap(symbol), ISSUER)) host.fail(FAILURE.tokenMissing);
}

function readBalance(host: Host, symbol: string, account: string): bigint {
  if (!host.mapHas(balanceMap(account), symbol)) return 0n;
  return amountOf(host.mapGet(balanceMap(account), symbol));
}

/** A missing token is reported as existing; clients know it by that text. */
function readOwner(host: Host, symbol: string, tokenId: string): string {
  if (!host.mapHas(infoMap(symbol), tokenId)) host.fail(FAILURE.tokenExists);
  return textOf(host.mapGet(infoMap(symbol), tokenId));
}

function textOf(value: StateValue | undefined): string {
  return value?.kind === 'string' ? value.value : '';
}

export const token721Contract = defineContract('token721.iost', '1.0.0', 'native', [
  create,
  issue,
  transfer,
  balanceOf,
  ownerOf,
  tokenOfOwnerByIndex,
  tokenMetadata,
  canUpdate,
]);
