/**
 * The state root of a block: every changed key and value is hashed and the tree is brought up to
 * date, at two sizes of the state. One unit is one changed key.
 */

import { balanceKey } from '#core/ledger/state-key.ts';
import type { StateChange } from '#core/msb/packed-changes.ts';
import { StateTree } from '#core/msb/state-tree.ts';
import type { MicroGroup, Operation } from '../harness.ts';

/** Both balances and the sender's gas. */
const CHANGES_PER_TRANSFER = 3;
const VALUE_BYTES = 24;
/** Prime to the tree sizes: visits leaves far apart, each once before any twice. */
const STRIDE = 7919;

export const stateTreeBench: MicroGroup = {
  name: 'state-tree',
  open: ({ treeLeaves, blockTransactions }) => ({
    operations: treeLeaves.map((leaves) =>
      update(leaves, Math.min(leaves, blockTransactions * CHANGES_PER_TRANSFER)),
    ),
  }),
};

function update(leaves: number, changed: number): Operation {
  const keys = Array.from({ length: leaves }, (_, index) => balanceKey(`bench${index}`, 'iost'));
  const tree = new StateTree();
  tree.updateState(keys.map((key): StateChange => [key, new Uint8Array(VALUE_BYTES)]));
  let block = 0;
  const run = () => {
    block += 1;
    const changes = Array.from({ length: changed }, (_, index): StateChange => {
      const key = keys[((block * changed + index) * STRIDE) % leaves] as string;
      return [key, new Uint8Array(VALUE_BYTES).fill(block)];
    });
    const startMs = performance.now();
    tree.updateState(changes);
    return performance.now() - startMs;
  };
  const name = `state-tree/update ${changed} of ${leaves} leaves`;
  return { name, unit: 'changed key', units: changed, run };
}
