/**
 * What a transaction pays when it ends (spec go-iost §2.7, step 7): gas by the publisher at the ratio
 * it chose, RAM by everybody who agreed to pay for bytes.
 */

import { spendRam, storedBalance } from './balances.ts';
import { requireExact } from './exact-balance.ts';
import { formatGas, gasValue, takeGas } from './gas.ts';
import type { Host } from './host.ts';
import { MissingState } from './missing-state.ts';
import { payFromLease } from './ram-lease.ts';
import { payFromSlice } from './ram-slice.ts';
import { balanceKey, gasKey, isContractId, mapKey } from './state-key.ts';

/** Takes `hundredths` of gas from the publisher; answers why not, or `undefined` when paid. */
export function payGas(host: Host, hundredths: bigint): string | undefined {
  if (host.isGenesis || hundredths === 0n) return undefined;
  const left = takeGas(host.publisherGas, hundredths, host.block.time, host.publisherGasNow);
  if (left === undefined) {
    const now = formatGas(host.publisherGasNow);
    const need = formatGas(hundredths);
    const shortage = `gas not enough! Now: ${now}(tgas:0,pgas:${now}), Need ${need}`;
    return `pay gas cost failed: ${shortage} ${host.publisher} ${need}`;
  }
  // Who can pay has a record.
  host.state.update(gasKey(host.publisher), gasValue(left));
  return undefined;
}

/** Takes the RAM of every payer; answers why not, or `undefined` when all is paid. */
export function payRam(host: Host): string | undefined {
  if (host.isGenesis || host.ram === undefined) return undefined;
  const bill = billOf(host, host.ram);
  const missing: Bill[] = [];
  let problem: string | undefined;
  for (const each of bill) {
    if (each.account === undefined) problem ??= `contract ${each.payer} has no owner`;
    else if (each.bytes < 0) refund(host, each.account, -each.bytes);
    else if (!reaches(host, each.account)) {
      if (!payFromAfar(host, each)) missing.push(each);
    } else if (problem === undefined && !payHere(host, each.account, each.bytes)) {
      requireExact(host, each.account, 'ram');
      const actual = storedBalance(host.state, each.account, 'ram');
      problem = `id: ${each.account} need ${each.bytes}, actual ${actual}`;
    }
  }
  // Which of several cannot pay is known when all have been asked, at once: each question takes time.
  if (missing.length > 0) throw missingRam(host, bill, missing);
  return problem === undefined ? undefined : `pay ram failed. ${problem}`;
}

/** What one payer owes: bytes, negative where it gets some back. */
type Bill = {
  readonly payer: string;
  /** Who pays for the payer: itself, or the owner of the contract if it has one. */
  readonly account: string | undefined;
  readonly bytes: number;
};

function billOf(host: Host, ram: ReadonlyMap<string, number>): readonly Bill[] {
  return [...ram]
    .filter(([, bytes]) => bytes !== 0)
    .map(([payer, bytes]) => {
      const account = isContractId(payer) ? ownerOf(host, payer) : payer;
      return { payer, account, bytes };
    });
}

/** The account may live elsewhere: to give needs nothing of it. */
function refund(host: Host, account: string, bytes: number): void {
  host.credit({ kind: 'ramRefund', account, bytes: BigInt(bytes) });
}

function reaches({ state }: Host, account: string): boolean {
  const key = balanceKey(account, 'ram');
  return state.getOwned(key) !== undefined || state.reaches(key);
}

function payHere(host: Host, account: string, bytes: number): boolean {
  return spendRam(host.state, account, BigInt(bytes), host.block.time);
}

/** A publisher pays from what came along, the owner of a contract from what this chain has on lease. */
function payFromAfar(host: Host, { payer, account = '', bytes }: Bill): boolean {
  if (account === host.publisher) return payFromSlice(host.state, account, BigInt(bytes));
  return isContractId(payer) && payFromLease(host, account, BigInt(bytes));
}

function missingRam(host: Host, bill: readonly Bill[], missing: readonly Bill[]): MissingState {
  const needs = new Map<string, number>();
  const keys: string[] = [];
  for (const { payer, account = '' } of missing) {
    // Who pays once for somebody else's contract will hardly do so again.
    const isOnce = account !== host.publisher && !isContractId(payer);
    if (isOnce) keys.push(balanceKey(account, 'ram'));
    else needs.set(account, 0);
  }
  for (const { account = '', bytes } of bill) {
    const sum = needs.get(account);
    if (sum !== undefined && bytes > 0) needs.set(account, sum + bytes);
  }
  const ram = [...needs].map(([account, bytes]) => ({ account, bytes }));
  return new MissingState([], keys, ram);
}

function ownerOf(host: Host, contract: string): string | undefined {
  const owner = host.state.get(mapKey('system.iost', 'contract_owner', contract));
  return owner?.kind === 'string' ? owner.value : undefined;
}
