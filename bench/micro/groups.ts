/** All micro benchmarks, in the order in which a transaction meets what they measure. */

import type { MicroGroup } from '../harness.ts';
import { base58Bench } from './base58.bench.ts';
import { chainBlockBench } from './chain-block.bench.ts';
import { codecBench } from './codec.bench.ts';
import { contractBench } from './contract.bench.ts';
import { framingBench } from './framing.bench.ts';
import { hashBench } from './hash.bench.ts';
import { ledgerBench } from './ledger.bench.ts';
import { lmdbCommitBench } from './lmdb-commit.bench.ts';
import { ringBench } from './ring.bench.ts';
import { stateTreeBench } from './state-tree.bench.ts';
import { verifyBench } from './verify.bench.ts';

export const MICRO_GROUPS: readonly MicroGroup[] = [
  ringBench,
  framingBench,
  codecBench,
  hashBench,
  base58Bench,
  verifyBench,
  ledgerBench,
  contractBench,
  stateTreeBench,
  chainBlockBench,
  lmdbCommitBench,
];
