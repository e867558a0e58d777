/** Who makes the blocks of the root chain, as its newest final state has it. */

import { readCommittee } from '../../pob/pob-state.ts';
import { ROOT_ANCHOR } from '../state-key.ts';
import type { ViewSource } from './view-source.ts';

/** Base58 keys in leader order; none before the genesis is on disk. */
export function committeeView(source: ViewSource): readonly string[] {
  const committee = readCommittee(source.readerOf(ROOT_ANCHOR));
  return (committee?.members ?? []).map(({ publicKey }) => publicKey);
}
