/** What a chain is put together from, and which part knows which others. */

import { Mempool } from '../mempool/mempool.ts';
import type { ReplayWindow } from '../mempool/replay-window.ts';
import { AskedFacts } from './asked-facts.ts';
import { BlockChecker } from './block-checker.ts';
import { BlockMaker } from './block-maker.ts';
import type { Emit } from './chain-effects.ts';
import type { Origin } from './chain-events.ts';
import type { ChainSettings } from './chain-settings.ts';
import { ChannelTraffic } from './channel-traffic.ts';
import { CheckpointVotes } from './checkpoint-votes.ts';
import { CrosslinkOffers } from './crosslink-offers.ts';
import { EpochBeginning } from './epoch-beginning.ts';
import { EvidencePool } from './evidence-pool.ts';
import { FinalityQueue } from './finality-queue.ts';
import { HandoverQueue } from './handover-queue.ts';
import { HandoverSender } from './handover-sender.ts';
import { PoolAdmission } from './pool-admission.ts';
import { PoolUpkeep } from './pool-upkeep.ts';
import type { RestoredChain } from './restore.ts';
import { RunningEpoch } from './running-epoch.ts';
import type { StateCommitment } from './state-commitment.ts';
import { StoppedRuns } from './stopped-runs.ts';
import { UnflushedBlocks } from './unflushed-blocks.ts';

export type ChainParts = {
  readonly epoch: RunningEpoch;
  readonly beginning: EpochBeginning;
  readonly pool: Mempool<Origin>;
  readonly upkeep: PoolUpkeep;
  readonly admission: PoolAdmission;
  readonly replay: ReplayWindow;
  readonly blocks: UnflushedBlocks;
  readonly commitment: StateCommitment;
  readonly maker: BlockMaker;
  readonly checker: BlockChecker;
  readonly finality: FinalityQueue;
  readonly channels: ChannelTraffic;
  readonly handovers: HandoverQueue;
  readonly handoverSender: HandoverSender;
  readonly crosslinks: CrosslinkOffers;
  readonly evidence: EvidencePool;
  readonly checkpoints: CheckpointVotes;
};

/** What the parts are told by the chain itself. */
export type ChainPorts = {
  readonly emit: Emit;
  /** The newest final block of the root chain that this node knows of. */
  readonly knownRootHeight: () => number;
};

export function assembleChain(
  settings: ChainSettings,
  { final, header, replay, commitment }: RestoredChain,
  { emit, knownRootHeight }: ChainPorts,
): ChainParts {
  const { rules, storage } = settings;
  const read = (key: string) => storage.readState(key);
  const newest = { hash: final.hash, header };
  const blocks = new UnflushedBlocks(read, settings.cachedValues, newest);
  const { flushed, tip } = blocks;
  const epoch = new RunningEpoch(settings, flushed, final.height);
  const pool = new Mempool<Origin>(settings.mempool);
  const asked = new AskedFacts();
  const stopped = new StoppedRuns();
  const handovers = new HandoverQueue(rules.groups);
  const channels = new ChannelTraffic({ settings, flushed, handovers, emit });
  const crosslinks = new CrosslinkOffers();
  const evidence = new EvidencePool(rules.groups, flushed);
  const { chainId } = rules.groups;
  const common = { settings, epoch, blocks, commitment, pool, asked };
  const votes = { groups: rules.groups, signer: settings.signer, flushed, emit };
  const checkpoints = new CheckpointVotes(votes, final.height);
  const sources = { channels, crosslinks, handovers, evidence, checkpoints, stopped };
  return {
    epoch,
    beginning: new EpochBeginning(emit),
    pool,
    upkeep: new PoolUpkeep(pool, asked),
    admission: new PoolAdmission({ chainId, pool, replay, stopped, tip }),
    replay,
    blocks,
    commitment,
    maker: new BlockMaker({ ...common, ...sources, knownRootHeight, emit }),
    checker: new BlockChecker({ ...common, replay }),
    finality: new FinalityQueue(blocks, epoch),
    channels,
    handovers,
    handoverSender: new HandoverSender({ storage, flushed, epochBlocks: epoch.blocks, emit }),
    crosslinks,
    evidence,
    checkpoints,
  };
}
