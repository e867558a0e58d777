/** What a chain asks of its host, to be carried out in the order given. */

import type { LockCounts } from '../atomix/lock-counts.ts';
import type { LogRecord } from '../bft/effects.ts';
import type { Evidence } from '../bft/evidence.ts';
import type { BftMessage } from '../bft/messages.ts';
import type { Crosslink, InboundBatch } from '../chain/block.ts';
import type { Rejection } from '../result.ts';
import type { EmissionsOfBlock } from './block-emissions.ts';
import type { ChainTimer, Origin } from './chain-events.ts';
import type { ChainCommit } from './commit.ts';

/** Adds to the effects of the event that is being handled. */
export type Emit = (effect: ChainEffect) => void;

export type ChainEffect =
  /** Write all of it or nothing; answer with `blockPersisted` once it is on disk. */
  | { readonly kind: 'commit'; readonly commit: ChainCommit }
  /** Answer with `votesPersisted` once they are on disk. */
  | {
      readonly kind: 'persistVotes';
      readonly token: number;
      readonly records: readonly LogRecord[];
    }
  | { readonly kind: 'dropVotes'; readonly belowKey: string }
  /** One answer per transaction of the event that brought them. */
  | {
      readonly kind: 'answer';
      readonly origin: Origin;
      readonly id: Uint8Array;
      /** `undefined`: it is in the pool. */
      readonly rejection: Rejection | undefined;
    }
  | { readonly kind: 'sendBatch'; readonly to: number; readonly batch: InboundBatch }
  | {
      readonly kind: 'reportCursor';
      readonly to: number;
      readonly nextSeq: number;
      readonly resend: boolean;
      readonly rootEpoch: number;
    }
  /** Root only: an encoded step to the next committee, for a shard. */
  | { readonly kind: 'sendHandover'; readonly to: number; readonly handover: Uint8Array }
  /** Shards: tell the root chain. */
  | { readonly kind: 'offerCrosslink'; readonly crosslink: Crosslink }
  /** A block is final and on disk; its transactions may be reported final. */
  | { readonly kind: 'blockFinal'; readonly block: FinalBlockSummary }
  | { readonly kind: 'broadcast'; readonly message: BftMessage }
  /** To the validator with this key. */
  | { readonly kind: 'sendTo'; readonly to: Uint8Array; readonly message: BftMessage }
  | { readonly kind: 'setTimer'; readonly timer: ChainTimer; readonly atMs: number }
  /** A validator broke the rules; shards tell the root chain, the root chain tells nobody. */
  | { readonly kind: 'evidence'; readonly evidence: Evidence }
  /** Root only: an encoded vote for a checkpoint, to all peers but the one it came from. */
  | {
      readonly kind: 'spreadCheckpointVote';
      readonly vote: Uint8Array;
      readonly from: number | undefined;
    }
  /** The peer with this number sent what no honest one passes on. */
  | { readonly kind: 'junkFrom'; readonly from: number; readonly reason: string }
  | { readonly kind: 'misbehaviour'; readonly validator: Uint8Array; readonly reason: string }
  /** Others are final further on than consensus can follow: sync has to help. */
  | { readonly kind: 'behind' }
  /** This node has given up a run while it packed a block; a person may want to look. */
  | {
      readonly kind: 'runStopped';
      /** Hash of the transaction. */
      readonly id: Uint8Array;
      readonly reason: 'slow' | 'deadly';
      readonly mayTryAgain: boolean;
      /** It came from another chain, which waits for it with everything behind it. */
      readonly isAwaited: boolean;
    }
  /** The chain stops for good; a person must look. */
  | {
      readonly kind: 'halted';
      readonly reason: string;
      /** Hash of the transaction that it would have to run and the process has died of. */
      readonly deadly?: Uint8Array;
    };

export type FinalBlockSummary = {
  readonly height: number;
  readonly hash: Uint8Array;
  readonly timestamp: bigint;
  /** 32 bytes each: the transactions with a result in it. */
  readonly ids: Uint8Array;
  /** Which of them, by position, go on at another chain or in a later block: they end there. */
  readonly unfinished: readonly number[];
  readonly gasUsed: bigint;
  /** Root only: newest crosslinked height of each shard that it links. */
  readonly crosslinks: readonly { readonly chain: number; readonly toHeight: number }[];
  /** What the contracts of the block said; lost where it is executed in a life that is over. */
  readonly emissions: EmissionsOfBlock;
  readonly locks: LockCounts;
};
