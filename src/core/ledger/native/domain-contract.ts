/**
 * domain.iost: names for contracts (spec go-iost §6.5). Genesis deploys 0.0.0, in which names cannot
 * be linked; 1.0.0 can.
 */

import { COST } from '../costs.ts';
import type { Host } from '../host.ts';
import { mapKey } from '../state-key.ts';
import { utf8Bytes } from '../state-value.ts';
import { canUpdate } from './can-update.ts';
import { defineContract, type NativeAbi, type NativeContract } from './native-contract.ts';

const LENGTH_MIN = 5;
const LENGTH_MAX = 16;
const NOT_YOURS = 'no privilege of claimed url';
const NO_PERMISSION = 'no permission of claimed url';

const link: NativeAbi = {
  name: 'link',
  args: ['string', 'string'],
  home: 'root',
  run(host, args) {
    const [url, contract] = args as [string, string];
    host.chargeOp(1);
    const problem = urlProblem(url);
    if (problem !== undefined) host.fail(problem);
    if (url.endsWith('.iost') && !host.requireAuth('admin', 'domain')) {
      host.fail('only admin has permission to claim url .iost');
    }
    host.charge(COST.context);
    const owner = ownerOf(host, url);
    if (owner !== undefined && owner !== host.publisher) {
      host.chargeOp(1);
      host.fail(NOT_YOURS);
    }
    if (!host.requireAuth(host.publisher, 'domain')) host.fail(NO_PERMISSION);
    host.mapPut('dns_table', url, contract);
    host.mapPut('dns_revert_table', contract, url);
    host.mapPut('dns_owner_table', url, host.publisher);
    return null;
  },
};

const transfer: NativeAbi = {
  name: 'transfer',
  args: ['string', 'string'],
  home: 'root',
  run(host, args) {
    const [url, to] = args as [string, string];
    host.charge(COST.context);
    const owner = ownerOf(host, url);
    if (owner === undefined) {
      host.chargeOp(1);
      host.fail("url doesn't have owner. Link directly");
    }
    if (owner !== host.publisher) {
      host.chargeOp(1);
      host.fail(NOT_YOURS);
    }
    if (!host.requireAuth(host.publisher, 'domain')) host.fail(NO_PERMISSION);
    host.mapPut('dns_owner_table', url, to);
    return null;
  },
};

export function domainContract(version: '0.0.0' | '1.0.0'): NativeContract {
  const abis = version === '0.0.0' ? [canUpdate] : [link, transfer, canUpdate];
  return defineContract('domain.iost', version, 'native', abis);
}

/** Looking the owner up is free in the reference. */
function ownerOf(host: Host, url: string): string | undefined {
  const owner = host.state.get(mapKey('domain.iost', 'dns_owner_table', url));
  return owner?.kind === 'string' ? owner.value : undefined;
}

function urlProblem(url: string): string | undefined {
  const bytes = utf8Bytes(url);
  if (bytes < LENGTH_MIN || bytes > LENGTH_MAX) {
    return `url invalid. url length should be between 5,16 got ${url}`;
  }
  if (!url.includes('.')) return "url invalid. url must contain '.'";
  const bad = /[^a-z0-9_.]/u.exec(url);
  if (bad === null) return undefined;
  return `url invalid. url contains invalid character ${bad[0].codePointAt(0)}`;
}
