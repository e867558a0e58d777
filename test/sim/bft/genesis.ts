/** The block that every simulated group starts from. */

import type { FinalBlock } from '#core/bft/block.ts';
import { sha256 } from '#core/crypto/hash.ts';

export const GENESIS: FinalBlock = { hash: sha256('genesis'), height: 0, timestampMs: 0, view: 0 };
