/** The blocks of the crash test: whatever is found after a crash can be computed from its height. */

import type { StateChange } from '#core/msb/packed-changes.ts';
import type { VoteRecord } from '#core/shard/commit.ts';
import type { PackedCommit } from '#core/shard/commit-codec.ts';
import { change, commitAt, digest, IDENTITY } from './chain-fixture.ts';

const KEYS = 400;
const CHANGES_PER_BLOCK = 120;
const BLOCK_BYTES = 20_000;

export function crashCommit(height: number): PackedCommit {
  return commitAt(height, {
    changes: crashChanges(height),
    block: new Uint8Array(BLOCK_BYTES).fill(height),
  });
}

export function crashVote(height: number): VoteRecord {
  return { chain: IDENTITY.chain, token: height, key: voteKey(height), value: digest('v', height) };
}

export function voteKey(height: number): string {
  return `view-${String(height).padStart(8, '0')}`;
}

/** Distinct keys; every eleventh is deleted. */
export function crashChanges(height: number): readonly StateChange[] {
  return Array.from({ length: CHANGES_PER_BLOCK }, (_, index) => {
    const key = (height * 17 + index * 3) % KEYS;
    return change(`m-token.iost-TBuser${key}-iost`, key % 11 === height % 11 ? null : `${height}`);
  });
}

/** The state after `height`, from the beginning. */
export function crashState(height: number): Map<string, Uint8Array> {
  const state = new Map<string, Uint8Array>();
  for (let each = 0; each <= height; each++) {
    for (const [key, value] of crashChanges(each)) {
      if (value === null) state.delete(key);
      else state.set(key, value);
    }
  }
  return state;
}
