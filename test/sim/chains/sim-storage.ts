/**
 * Twin of the LMDB store for one chain: what was flushed survives a crash, what was only asked for
 * does not. Commits and votes become durable in the order they were asked for.
 */

import { assert } from '#core/assert.ts';
import type { LogRecord } from '#core/bft/effects.ts';
import type { ChainStorage } from '#core/shard/chain-settings.ts';
import type { ChainCommit } from '#core/shard/commit.ts';

export class SimStorage implements ChainStorage {
  readonly #state = new Map<string, Uint8Array>();
  readonly #blocks = new Map<number, ChainCommit>();
  readonly #votes = new Map<string, Uint8Array>();
  #height = -1;

  apply(commit: ChainCommit): void {
    assert(commit.height === this.#height + 1, 'heights are stored without gaps');
    this.#height = commit.height;
    this.#blocks.set(commit.height, commit);
    for (const [key, value] of commit.changes) {
      if (value === null) this.#state.delete(key);
      else this.#state.set(key, value);
    }
  }

  putVotes(records: readonly LogRecord[]): void {
    for (const { key, value } of records) this.#votes.set(key, value);
  }

  dropVotes(belowKey: string): void {
    for (const key of this.#votes.keys()) if (key < belowKey) this.#votes.delete(key);
  }

  commitAt(height: number): ChainCommit | undefined {
    return this.#blocks.get(height);
  }

  readState(key: string): Uint8Array | undefined {
    return this.#state.get(key);
  }

  allState(): Iterable<readonly [key: string, value: Uint8Array]> {
    return this.#state;
  }

  head(): { readonly height: number; readonly hash: Uint8Array } | undefined {
    const commit = this.#blocks.get(this.#height);
    return commit === undefined ? undefined : { height: commit.height, hash: commit.hash };
  }

  block(height: number): Uint8Array | undefined {
    return this.#blocks.get(height)?.block;
  }

  transactionIds(height: number): Uint8Array | undefined {
    return this.#blocks.get(height)?.transactionIds;
  }

  votes(): readonly LogRecord[] {
    return [...this.#votes].map(([key, value]) => ({ key, value }));
  }
}
