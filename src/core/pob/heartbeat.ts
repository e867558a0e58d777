/** The heartbeat of a candidate: when it is due, and the transaction that carries it. */

import {
  encodePublish,
  encodeTransaction,
  SIGNATURE_ALGORITHM,
  type Transaction,
} from '../chain/transaction.ts';
import { sha3 } from '../crypto/hash.ts';
import { hexOf } from '../crypto/hex.ts';
import type { Signer } from '../crypto/key-pair.ts';
import type { StateReader } from '../ledger/ports.ts';
import { POB_CONTRACT, readCandidate, readCandidates, readCommittee } from './pob-state.ts';
import type { CandidateTable } from './registered-candidate.ts';

/** Hundredths of gas: many times what it takes. */
const GAS_LIMIT = 100_000_00n;
const GAS_RATIO_ONE = 100n;
const LIFETIME_NS = 90_000_000_000n;

export type OwnCandidacy = {
  readonly account: string;
  readonly servi: bigint;
  readonly period: number;
  /** Nothing has been heard of the candidate in the running period. */
  readonly isDue: boolean;
};

/** The candidacy of the node with this key, if it has one. */
export function ownCandidacy(
  state: StateReader,
  table: CandidateTable,
  publicKey: Uint8Array,
): OwnCandidacy | undefined {
  const standing = new Set(readCandidates(state));
  const key = hexOf(publicKey);
  const own = table
    .read(state)
    .find((each) => standing.has(each.account) && hexOf(each.publicKey) === key);
  const period = readCommittee(state)?.period;
  const candidate = own && readCandidate(state, own.account);
  if (own === undefined || candidate === undefined || period === undefined) return undefined;
  return {
    account: own.account,
    servi: BigInt(candidate.servi),
    period,
    isDue: candidate.heardIn < period,
  };
}

/** Signed by the key of the node, which has to be an active key of the account. */
export function heartbeatTransaction(
  account: string,
  chainId: number,
  nowNs: bigint,
  signer: Signer,
): { readonly id: Uint8Array; readonly bytes: Uint8Array } {
  const unsigned: Transaction = {
    time: nowNs,
    expiration: nowNs + LIFETIME_NS,
    gasRatio: GAS_RATIO_ONE,
    gasLimit: GAS_LIMIT,
    delay: 0n,
    chainId,
    signers: [],
    actions: [{ contract: POB_CONTRACT, actionName: 'heartbeat', data: JSON.stringify([account]) }],
    amountLimits: [],
    signatures: [],
    publisher: account,
    publisherSignatures: [],
  };
  const signature = signer.sign(sha3(encodePublish(unsigned)));
  const { publicKey } = signer;
  const algorithm = SIGNATURE_ALGORITHM.ed25519;
  const bytes = encodeTransaction({
    ...unsigned,
    publisherSignatures: [{ algorithm, signature, publicKey }],
  });
  return { id: sha3(bytes), bytes };
}
