/** Opens the stored data of a chain and puts its state machine upon it. */

import { Chain } from '#core/shard/chain.ts';
import type { ChainStorage } from '#core/shard/chain-settings.ts';
import { RunMark } from '#io/iosvm/run-mark.ts';
import { ChainReader } from '#io/lmdb/chain-reader.ts';
import { runMarkPath } from '#io/lmdb/data-directory.ts';
import type { ChainOptions } from './chain-options.ts';
import { chainSettings, contractEngine } from './chain-settings.ts';
import { joinRecords } from './vote-records.ts';

export type OpenChain = {
  readonly chain: Chain;
  readonly reader: ChainReader;
  /** Once, after the last event. */
  readonly close: () => Promise<void>;
};

export function openChain(options: ChainOptions): OpenChain {
  const reader = ChainReader.open(options.dataDir, options.chain);
  const mark = new RunMark(runMarkPath(options.dataDir, options.chain));
  const engine = contractEngine(options, mark);
  const chain = new Chain(chainSettings(options, storageOf(reader), engine));
  const close = async () => {
    await engine.close();
    await reader.close();
  };
  return { chain, reader, close };
}

function storageOf(reader: ChainReader): ChainStorage {
  return {
    readState: (key) => reader.state(key),
    allState: () => reader.allState(),
    head: () => reader.head(),
    block: (height) => reader.block(height),
    transactionIds: (height) => reader.transactionIds(height),
    votes: () => joinRecords(reader.votes()),
  };
}
