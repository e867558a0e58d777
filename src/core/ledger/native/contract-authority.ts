/** Authority in the words of the system contracts that the reference wrote in JavaScript. */

import type { Host } from '../host.ts';

export function requirePermission(host: Host, account: string, permission: string): void {
  if (!host.requireAuth(account, permission)) host.fail('require auth failed. ret = false');
}

/** One of the accounts is enough. */
export function requireAnyPermission(
  host: Host,
  accounts: readonly string[],
  permission: string,
): void {
  for (const account of accounts) if (host.requireAuth(account, permission)) return;
  host.fail('require auth failed.');
}
