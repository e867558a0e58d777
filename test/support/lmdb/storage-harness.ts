/** A storage actor without threads, its chains played by the test. */

import {
  commitParts,
  type StorageInbound,
  type StorageOutbound,
} from '#actors/storage/protocol.ts';
import { StorageActor, type StorageOptions } from '#actors/storage/storage-actor.ts';
import { packChanges } from '#core/msb/packed-changes.ts';
import type { ChainCommit } from '#core/shard/commit.ts';
import { ActorHarness } from '#test/support/actor-harness.ts';
import { readGenesis } from '#test/support/genesis.ts';
import { digest } from './chain-fixture.ts';

export const SHARD = 'shard-0';

export class StorageHarness extends ActorHarness<StorageInbound> {
  readonly #actor: StorageActor;

  constructor(actor: StorageActor) {
    super(actor, { outboundPeers: [SHARD], inboundPeers: [SHARD] });
    this.#actor = actor;
  }

  stop(): Promise<void> {
    return this.#actor.onStop();
  }

  peerRestarted(peer: string): void {
    this.#actor.onPeerRestarted(peer);
  }
}

export function createStorage(
  dataDir: string,
  options: Partial<StorageOptions> = {},
): StorageHarness {
  return new StorageHarness(
    new StorageActor({
      dataDir,
      shards: 1,
      genesis: 'a1b2',
      start: { genesis: readGenesis('dev'), chainId: 1020 },
      freeBytesMin: 0,
      ...options,
    }),
  );
}

/** A block of `bytes` bytes on top of whatever is stored; `fork` makes another one of that height. */
export function shardCommit(height: number, bytes = 100, fork = ''): ChainCommit {
  return {
    chain: 0,
    height,
    hash: digest('block', height, fork),
    block: new Uint8Array(bytes).fill(height),
    receipts: new Uint8Array(0),
    transactionIds: digest('tx', height, fork),
    changes: packChanges([['b-counter-height', Uint8Array.of(height % 256)]]),
  };
}

export function shardVote(token: number): StorageInbound {
  return { kind: 'vote', chain: 0, token, key: `view-${token}`, pieces: [Uint8Array.of(token)] };
}

export function deliverCommits(storage: StorageHarness, ...commits: readonly ChainCommit[]): void {
  storage.deliver(SHARD, ...commits.flatMap(commitParts));
}

export function answers(storage: StorageHarness): readonly StorageOutbound[] {
  return storage.takeSent<StorageOutbound>(SHARD);
}

export function persisted(height: number): StorageOutbound {
  return { kind: 'blockPersisted', chain: 0, height };
}
