/** Who led the views that a block of the root chain comes from, and who made it. */

import { assert } from '../assert.ts';
import type { StateOverlay } from '../ledger/state-overlay.ts';
import type { Turns } from './candidate.ts';
import { readTurns, writeTurns } from './pob-state.ts';

/**
 * Counts the block of `view` for its leader, and the views since the block before it as turns that
 * came to nothing: each of them has a nullification, or the block could not stand where it does.
 */
export function countTurn(state: StateOverlay, view: number, memberCount: number): void {
  const before = readTurns(state);
  assert(view > before.view, 'views grow along the chain');
  const members = Array.from(
    { length: memberCount },
    (_, member) => before.members[member] ?? { turns: 0, blocks: 0 },
  );
  // More rounds than one without a block concern everybody alike.
  for (let led = before.view + 1; led <= view; led++) {
    const leader = (led - 1) % memberCount;
    const { turns, blocks } = members[leader] as Turns;
    members[leader] = { turns: turns + 1, blocks: led === view ? blocks + 1 : blocks };
  }
  writeTurns(state, { view, members });
}
