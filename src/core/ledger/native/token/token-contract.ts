/**
 * token.iost in the versions that the reference can switch between; genesis deploys 1.0.6. 1.0.5
 * differs from it by an ABI for namespaces only, which no network uses.
 */

import { canUpdate } from '../can-update.ts';
import { defineContract, type NativeAbi, type NativeContract } from '../native-contract.ts';
import { balanceOf } from './balance-of.ts';
import { create } from './create.ts';
import { destroyAbi, issueAbi, supply, totalSupply, updateTotalSupply } from './supply.ts';
import { transferAbi } from './transfer.ts';
import { transferFreezeAbi } from './transfer-freeze.ts';

export type TokenVersion = '1.0.0' | '1.0.2' | '1.0.3' | '1.0.4' | '1.0.6';

const SAME_IN_ALL: readonly NativeAbi[] = [create, balanceOf, supply, totalSupply, canUpdate];

const recycle: NativeAbi = {
  name: 'recycle',
  args: ['string'],
  run: (host) => host.fail('permission denied'),
};

export function tokenContract(version: TokenVersion): NativeContract {
  return defineContract('token.iost', version, 'native', [...SAME_IN_ALL, ...abisOf(version)]);
}

function abisOf(version: TokenVersion): readonly NativeAbi[] {
  const form = version === '1.0.0' ? 'asGiven' : 'refined';
  const complete = version !== '1.0.0' && version !== '1.0.2';
  const abis = [
    issueAbi(form),
    transferAbi({ refined: form === 'refined', complete }),
    transferFreezeAbi(form),
    destroyAbi(form),
  ];
  if (version === '1.0.4') abis.push(updateTotalSupply);
  if (version === '1.0.6') abis.push(recycle);
  return abis;
}
