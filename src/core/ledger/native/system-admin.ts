/**
 * The two ABIs that auth.iost and ram.iost have for their administrator: named once at genesis, and
 * asked whether the contract may be replaced (spec go-iost §6). auth.iost keeps the name as text,
 * ram.iost as JSON; the stored form is what clients read.
 */

import type { Host } from '../host.ts';
import type { NativeAbi } from './native-contract.ts';

const ADMIN_KEY = 'adminID';

export function adminAbis(options: { readonly keptAs: 'text' | 'json' }): readonly NativeAbi[] {
  const { keptAs } = options;
  return [
    {
      name: 'can_update',
      args: ['string'],
      home: 'root',
      amountLimit: [],
      run: (host) => [String(host.requireAuth(adminOf(host, keptAs), 'active'))],
    },
    {
      name: 'initAdmin',
      args: ['string'],
      home: 'root',
      amountLimit: [],
      run(host, [admin]) {
        if (!host.isGenesis) host.fail('init out of genesis block');
        host.put(ADMIN_KEY, keptAs === 'json' ? JSON.stringify(admin) : String(admin));
        return [''];
      },
    },
  ];
}

function adminOf(host: Host, keptAs: 'text' | 'json'): string {
  const stored = host.get(ADMIN_KEY);
  if (stored?.kind !== 'string') return host.fail('no adminID key');
  return keptAs === 'json' ? String(JSON.parse(stored.value)) : stored.value;
}
