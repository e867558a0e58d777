/** Opens the stored data of a chain and puts its state machine upon it. */

import { join } from 'node:path';
import { Chain } from '#core/shard/chain.ts';
import type { ChainStorage } from '#core/shard/chain-settings.ts';
import { RunMark } from '#io/iosvm/run-mark.ts';
import { ChainReader } from '#io/lmdb/chain-reader.ts';
import { chainPath } from '#io/lmdb/data-directory.ts';
import type { ChainOptions } from './chain-options.ts';
import { chainSettings } from './chain-settings.ts';
import { joinRecords } from './vote-records.ts';

export type OpenChain = {
  readonly chain: Chain;
  readonly reader: ChainReader;
  /** Once, after the last event. */
  readonly close: () => void;
};

export function openChain(options: ChainOptions): OpenChain {
  const reader = ChainReader.open(options.dataDir, options.chain);
  const mark = new RunMark(join(chainPath(options.dataDir, options.chain), 'contract-run'));
  const settings = chainSettings(options, storageOf(reader), mark);
  const close = () => {
    settings.rules.engine?.close();
    void reader.close();
  };
  return { chain: new Chain(settings), reader, close };
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
