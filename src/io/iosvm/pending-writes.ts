/**
 * Writes that a call kept back (see `prelude/storage.js`): a letter, the lengths of its texts with
 * commas between and a colon behind, the texts. They are carried out in the order in which the
 * contract made them. What they cost is reckoned in the isolate already.
 */

import { assert } from '#core/assert.ts';
import type { Host } from '#core/ledger/host.ts';

export function applyWrites(host: Host, writes: string): void {
  const gas = host.gas;
  let at = 0;
  while (at < writes.length) {
    const colon = writes.indexOf(':', at);
    const texts: string[] = [];
    let start = colon + 1;
    for (const length of writes.slice(at + 1, colon).split(',')) {
      const end = start + Number(length);
      texts.push(writes.slice(start, end));
      start = end;
    }
    applyWrite(host, writes.charAt(at), texts);
    at = start;
  }
  host.gas = gas;
}

function applyWrite(host: Host, kind: string, texts: readonly string[]): void {
  const [first = '', second = '', third = '', fourth = ''] = texts;
  switch (kind) {
    case 'p':
      return host.put(first, second, third || undefined);
    case 'm':
      return host.mapPut(first, second, third, fourth || undefined);
    case 'd':
      return host.del(first);
    case 'x':
      return host.mapDel(first, second);
    case 'r':
      return host.receipt(first);
    default:
      assert(false, 'the prelude writes these letters only');
  }
}
