/**
 * system.iost 1.0.0 (spec go-iost §6.1). Versions of native contracts and prices are fixed by the
 * genesis of the network, so that all chains of it agree on them.
 */

import { COST } from '../costs.ts';
import type { Host } from '../host.ts';
import { defineContract, type NativeAbi } from './native-contract.ts';
import { setCode, updateCode } from './publish-contract.ts';

const requireAuth: NativeAbi = {
  name: 'requireAuth',
  args: ['string', 'string'],
  run: (host, [id, permission]) => [host.requireAuth(String(id), String(permission))],
};

const receipt: NativeAbi = {
  name: 'receipt',
  args: ['string'],
  run(host, [content]) {
    host.receipt(String(content));
    return [];
  },
};

const initSetCode: NativeAbi = {
  name: 'initSetCode',
  args: ['string', 'string'],
  run(host) {
    // Genesis of this node puts its contracts in place itself.
    return host.fail('initSetCode in normal block');
  },
};

const updateNativeCode: NativeAbi = {
  name: 'updateNativeCode',
  args: ['string', 'string', 'string'],
  home: 'root',
  run(host, [id, version]) {
    requireAdmin(host, 'update native code');
    host.chargeOp(1);
    const contract = host.contracts.get(String(id));
    if (contract?.language !== 'native' || contract.version !== version) {
      host.fail('invalid contractID or version');
    }
    return [];
  },
};

const cancelDelaytx: NativeAbi = {
  name: 'cancelDelaytx',
  args: ['string'],
  run(host) {
    host.charge(COST.get);
    return host.fail('delaytx not exists');
  },
};

const hostSettings: NativeAbi = {
  name: 'hostSettings',
  args: ['string'],
  home: 'root',
  run(host) {
    requireAdmin(host, 'set host settings');
    return host.fail('host settings are fixed by the genesis of this network');
  },
};

function requireAdmin(host: Host, what: string): void {
  if (!host.requireAuth('admin', 'system')) host.fail(`${what} need admin@system permission`);
}

export const systemContract = defineContract('system.iost', '1.0.0', 'native', [
  requireAuth,
  receipt,
  setCode,
  updateCode,
  initSetCode,
  updateNativeCode,
  cancelDelaytx,
  hostSettings,
]);
