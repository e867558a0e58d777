/**
 * Checkpoints in the state of the root chain. In the storage of `pob.iost`, JSON text:
 *
 *   electors <period>      base58 key and votes of everybody who votes for the block that ends the
 *                          period; of the running period and of the one before it
 *   checkpoints            the newest justified one, the newest final one, the one to be voted for
 *
 * and beside it, for nodes that sync, `x-checkpoint-<height>`: which block holds the certificate.
 *
 * Only the newest closing block can be justified: where its votes do not come together within a period
 * the next one covers it. What an honest candidate votes for is a function of a block that is on its
 * disk, so no restart and no lost log makes it contradict itself on one chain.
 */

import { epochOf, isClosing } from '../chain/epochs.ts';
import { base58Decode, base58Encode } from '../crypto/base58.ts';
import type { StateReader } from '../ledger/ports.ts';
import { mapKey, valueKey } from '../ledger/state-key.ts';
import type { StateOverlay } from '../ledger/state-overlay.ts';
import { type Checkpoint, isSameCheckpoint } from './checkpoint.ts';
import { type CheckpointCertificate, isJustifiedBy } from './checkpoint-certificate.ts';
import { type Elector, Electorate } from './electorate.ts';
import { POB_CONTRACT, readJson, writeJson } from './pob-state.ts';

export type Checkpoints = {
  readonly justified: Checkpoint;
  /** Justified, and the next one justified from it: undone only if a third of all votes lies. */
  readonly finalized: Checkpoint;
  /** The newest closing block while it is not justified; votes for it start at `justified`. */
  readonly target: Checkpoint | undefined;
};

/** BOUND: checkpoints whose certificate a syncing node may ask for; older ones lie in their blocks. */
const KEPT = 1024;

type StoredCheckpoint = readonly [height: number, hash: string];
type StoredCheckpoints = {
  readonly justified: StoredCheckpoint;
  readonly finalized: StoredCheckpoint;
  readonly target?: StoredCheckpoint | undefined;
};
type StoredElectors = readonly (readonly [key: string, votes: string])[];

const CHECKPOINTS = valueKey(POB_CONTRACT, 'checkpoints');
const electorsKey = (period: number): string => mapKey(POB_CONTRACT, 'electors', String(period));
/** Height of the root block that holds the certificate of the checkpoint at this height. */
export const certificateKey = (height: number): string => `x-checkpoint-${height}`;

/** `undefined` until the first block after genesis. */
export function readCheckpoints(state: StateReader): Checkpoints | undefined {
  const stored = readJson<StoredCheckpoints>(state, CHECKPOINTS);
  if (stored === undefined) return undefined;
  const { justified, finalized, target } = stored;
  return {
    justified: restored(justified),
    finalized: restored(finalized),
    target: target && restored(target),
  };
}

/** Who votes for the block that ends the period; without anybody's votes, the committee, one each. */
export function writeElectors(
  state: StateOverlay,
  period: number,
  candidates: readonly Elector[],
  committee: readonly Uint8Array[],
): void {
  const voting = candidates.filter(({ weight }) => weight > 0n);
  const electors = voting.length > 0 ? voting : committee.map((key) => ({ key, weight: 1n }));
  const stored: StoredElectors = electors.map((each) => [base58Encode(each.key), `${each.weight}`]);
  writeJson(state, electorsKey(period), stored);
  if (period >= 2) state.delete(electorsKey(period - 2));
}

/** `undefined` where they are not known here yet, or not any more. */
export function readElectorate(state: StateReader, period: number): Electorate | undefined {
  const stored = readJson<StoredElectors>(state, electorsKey(period));
  if (stored === undefined) return undefined;
  return new Electorate(stored.map(([key, votes]) => ({ key: keyOf(key), weight: BigInt(votes) })));
}

/** First thing in every block: where its parent closes a period, that is what is voted for from now on. */
export function noteTarget(state: StateOverlay, parent: Checkpoint, periodBlocks: number): void {
  if (!isClosing(parent.height, periodBlocks)) return;
  const known = readCheckpoints(state);
  // Everybody makes the genesis block itself: there is nothing to vote for.
  write(
    state,
    known === undefined
      ? { justified: parent, finalized: parent, target: undefined }
      : { ...known, target: parent },
  );
}

/** Takes a certificate of the newest closing block; false where it proves nothing new. */
export function justify(
  state: StateOverlay,
  certificate: CheckpointCertificate,
  { chainId, periodBlocks, height }: JustifyContext,
): boolean {
  const known = readCheckpoints(state);
  const { source, target } = certificate;
  if (known?.target === undefined || !isSameCheckpoint(target, known.target)) return false;
  if (!isSameCheckpoint(source, known.justified)) return false;
  const electorate = readElectorate(state, epochOf(target.height, periodBlocks));
  if (electorate === undefined || !isJustifiedBy(certificate, electorate, chainId)) return false;
  const isNext = target.height - source.height === periodBlocks;
  const finalized = isNext ? source : known.finalized;
  write(state, { justified: target, finalized, target: undefined });
  const value = { kind: 'int', value: BigInt(height), payer: 'system.iost' } as const;
  state.put(certificateKey(target.height), value);
  const oldest = target.height - KEPT * periodBlocks;
  if (oldest > 0 && state.get(certificateKey(oldest)) !== undefined) {
    state.delete(certificateKey(oldest));
  }
  return true;
}

/** `height`: of the block that takes the certificate. */
export type JustifyContext = {
  readonly chainId: number;
  readonly periodBlocks: number;
  readonly height: number;
};

function write(state: StateOverlay, { justified, finalized, target }: Checkpoints): void {
  const stored: StoredCheckpoints = {
    justified: textOf(justified),
    finalized: textOf(finalized),
    target: target && textOf(target),
  };
  writeJson(state, CHECKPOINTS, stored);
}

function textOf({ height, hash }: Checkpoint): StoredCheckpoint {
  return [height, base58Encode(hash)];
}

function restored([height, hash]: StoredCheckpoint): Checkpoint {
  return { height, hash: keyOf(hash) };
}

/** Keys and hashes in the state were encoded here. */
function keyOf(text: string): Uint8Array {
  return base58Decode(text) as Uint8Array;
}
