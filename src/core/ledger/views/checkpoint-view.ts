/** How far the root chain is final by the checkpoints of all candidates (protocol.md §2.4). */

import { readCheckpoints } from '../../pob/checkpoint-state.ts';
import { ROOT_ANCHOR } from '../state-key.ts';
import type { ViewSource } from './view-source.ts';

/** Height of the newest one that cannot be undone unless a third of all votes lies; 0: genesis. */
export function checkpointView(source: ViewSource): number {
  return readCheckpoints(source.readerOf(ROOT_ANCHOR))?.finalized.height ?? 0;
}
