/** Keys of earlier versions, and where their values belong now. */

import { environmentName } from './key-tree.ts';

const IN_GENESIS =
  'is the same for the whole network now: set it in the section "block" of the genesis file';

export const MOVED: ReadonlyMap<string, string> = new Map([
  ['block.bytesMax', IN_GENESIS],
  ['block.gasMax', IN_GENESIS],
]);

/** The key of an earlier version that was set by this variable of the environment. */
export function movedVariable(name: string): string | undefined {
  return [...MOVED.keys()].find((path) => environmentName(path) === name);
}
