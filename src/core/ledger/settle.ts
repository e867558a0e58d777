/**
 * What a transaction pays when it ends (spec go-iost §2.7, step 7): gas by the publisher at the ratio
 * it chose, RAM by everybody who agreed to pay for bytes.
 */

import { spendRam, storedBalance } from './balances.ts';
import { formatGas, gasValue, takeGas } from './gas.ts';
import type { Host } from './host.ts';
import { MissingState } from './missing-state.ts';
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
  const accounts = payingAccounts(host, host.ram);
  for (const [payer, bytes] of host.ram) {
    if (bytes === 0) continue;
    const account = accounts.get(payer);
    if (account === undefined) return `pay ram failed. contract ${payer} has no owner`;
    if (bytes < 0) {
      // The account may live elsewhere: to give needs nothing of it.
      host.credit({ kind: 'ramRefund', account, bytes: BigInt(-bytes) });
      continue;
    }
    if (!spendRam(host.state, account, BigInt(bytes), host.block.time)) {
      const actual = storedBalance(host.state, account, 'ram');
      return `pay ram failed. id: ${account} need ${bytes}, actual ${actual}`;
    }
  }
  return undefined;
}

/** Who pays for whom; asks at once for all that live elsewhere, since each question takes a round. */
function payingAccounts(
  host: Host,
  ram: ReadonlyMap<string, number>,
): ReadonlyMap<string, string | undefined> {
  const accounts = new Map<string, string | undefined>();
  const elsewhere: string[] = [];
  for (const [payer, bytes] of ram) {
    if (bytes === 0) continue;
    const account = isContractId(payer) ? ownerOf(host, payer) : payer;
    accounts.set(payer, account);
    // Bytes that are given back need no answer.
    if (account === undefined || bytes < 0 || ram.size === 1) continue;
    const key = balanceKey(account, 'ram');
    if (!host.state.reaches(key)) elsewhere.push(key);
  }
  if (elsewhere.length > 0) throw new MissingState([], elsewhere);
  return accounts;
}

function ownerOf(host: Host, contract: string): string | undefined {
  const owner = host.state.get(mapKey('system.iost', 'contract_owner', contract));
  return owner?.kind === 'string' ? owner.value : undefined;
}
