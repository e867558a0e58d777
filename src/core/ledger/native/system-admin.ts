/**
 * The two ABIs that the reference's JavaScript contracts have for their administrator: named once at
 * genesis, and asked whether the contract may be replaced (spec go-iost §6). Some keep the name as
 * text, some as JSON; the stored form is what clients read.
 */

import type { Host } from '../host.ts';
import type { NativeAbi } from './native-contract.ts';

export const ADMIN_KEY = 'adminID';

export type AdminOptions = {
  readonly keptAs: 'text' | 'json';
  /** What else is stored about the administrator. */
  readonly onInit?: (host: Host, admin: string) => void;
};

/** The first of `adminAbis` alone. */
export function canUpdateByAdmin(keptAs: 'text' | 'json'): NativeAbi {
  return {
    name: 'can_update',
    args: ['string'],
    home: 'root',
    amountLimit: [],
    run: (host) => [String(host.requireAuth(adminOf(host, keptAs), 'active'))],
  };
}

export function adminAbis({ keptAs, onInit }: AdminOptions): readonly NativeAbi[] {
  return [
    canUpdateByAdmin(keptAs),
    {
      name: 'initAdmin',
      args: ['string'],
      home: 'root',
      amountLimit: [],
      run(host, [admin]) {
        if (!host.isGenesis) host.fail('init out of genesis block');
        host.put(ADMIN_KEY, keptAs === 'json' ? JSON.stringify(admin) : String(admin));
        onInit?.(host, String(admin));
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
