/** Every native contract can be asked whether its code may be replaced: by the administrator. */

import type { NativeAbi } from './native-contract.ts';

export const canUpdate: NativeAbi = {
  name: 'can_update',
  args: ['string'],
  home: 'root',
  run: (host) => [String(host.requireAuth('admin', 'system'))],
};
