/** A network of validators with short periods, and what has to hold of its committees all the time. */

import { strict as assert } from 'node:assert';
import { executionRules } from '#actors/chain/chain-settings.ts';
import { encodeEvidence } from '#core/bft/evidence-codec.ts';
import type { Vote } from '#core/bft/messages.ts';
import { voteDigest } from '#core/bft/statement.ts';
import { decodeHeader, decodeStoredBlock } from '#core/chain/block.ts';
import { closingHeight, epochOf } from '#core/chain/epochs.ts';
import { decodeFinalityProof, isProvenFinal } from '#core/chain/finality-proof.ts';
import { base58Encode } from '#core/crypto/base58.ts';
import { hexOf } from '#core/crypto/hex.ts';
import { storedBalance } from '#core/ledger/balances.ts';
import { readCandidates } from '#core/ledger/native/vote-producer/candidates.ts';
import { ROOT_CHAIN, type StateReader } from '#core/ledger/ports.ts';
import { decodeStateValue } from '#core/ledger/state-value.ts';
import {
  type CheckpointLink,
  type CheckpointVote,
  encodeCheckpointVote,
  linkDigest,
} from '#core/pob/checkpoint.ts';
import { encodeCheckpointEvidence } from '#core/pob/checkpoint-evidence.ts';
import { readCheckpoints } from '#core/pob/checkpoint-state.ts';
import { readBarred, readCandidate, readCommittee } from '#core/pob/pob-state.ts';
import type { GenesisPolicy } from '#core/pob/policy.ts';
import { readReward, readRewardTotals } from '#core/pob/reward-state.ts';
import { type RewardPolicy, rewardsOf } from '#core/pob/rewards.ts';
import { voteTable } from '#core/pob/vote-table.ts';
import { groupOf } from '#core/shard/network-groups.ts';
import { replayChain } from '#core/shard/replay.ts';
import { readGenesis } from '#test/support/genesis.ts';
import { checkNetwork } from '../chains/conservation.ts';
import { accountKeys, RandomWorkload } from '../chains/random-workload.ts';
import { SimClient } from '../chains/sim-client.ts';
import { Prng } from '../prng.ts';
import {
  type Hosted,
  type ValidatorCore,
  ValidatorNetwork,
} from '../validators/validator-network.ts';

export const PERIOD_BLOCKS = 12;
const CHAINS = [0, 1, ROOT_CHAIN];
const CHAIN_ID = 1020;
/** More votes than 2 bp of the supply of the dev genesis; nobody is silent too long. */
const POLICY: GenesisPolicy = {
  periodBlocks: PERIOD_BLOCKS,
  shardEpochBlocks: 40,
  candidacyMode: 'fixed',
  candidacyVotes: 1000,
  heartbeatPeriods: 1000,
};

export type SceneOptions = {
  readonly seed: number;
  /** Of each validator, in IOST. */
  readonly votes: readonly number[];
  readonly policy?: GenesisPolicy;
  readonly lossPerMille?: number;
  readonly hasLiars?: boolean;
  readonly core?: ValidatorCore | undefined;
};

export class CommitteeScene {
  readonly network: ValidatorNetwork;
  readonly votes: readonly number[];
  readonly #random: Prng;
  readonly #client: SimClient;
  readonly #workload: RandomWorkload;
  readonly #rewards: RewardPolicy | undefined;

  constructor(options: SceneOptions) {
    const { seed, votes, policy = {}, lossPerMille = 0, hasLiars = false, core } = options;
    const genesis = { ...readGenesis('dev'), pob: { ...POLICY, ...policy } };
    this.votes = votes;
    const network = {
      seed,
      validators: votes.length,
      shards: 2,
      genesis,
      delayMs: 40,
      lossPerMille,
      votes,
      hasLiars,
    };
    this.network = new ValidatorNetwork(core === undefined ? network : { ...network, core });
    this.#random = new Prng(seed, 2);
    this.#workload = new RandomWorkload(this.#random, genesis, this.network);
    const keys = new Map(accountKeys(genesis));
    const [pattern] = genesis.witnesses;
    for (const index of votes.keys()) keys.set(`witness_${index}`, pattern?.activeKey ?? '');
    this.#client = new SimClient(this.network, 2, keys);
    this.#rewards = genesis.pob.rewards && rewardsOf(genesis.pob.rewards);
  }

  load(ms: number): void {
    for (let at = 0; at < ms; at += 200) {
      if (this.#random.below(3) === 0) this.#client.send(this.#workload.next());
      this.network.run(200);
    }
  }

  /** Until the newest root chain is in this period and `blocks` blocks into it. */
  runUntil(period: number, blocks = 1): void {
    const goal = period * PERIOD_BLOCKS + blocks;
    for (let tries = 0; this.rootHeight() < goal; tries++) {
      assert.ok(tries < 2000, `stands at root height ${this.rootHeight()} before ${goal}`);
      this.load(200);
    }
  }

  rootHeight(): number {
    return Math.max(...this.votes.map((_, each) => this.network.height(each, ROOT_CHAIN)));
  }

  /** State of the root chain on the disk that is furthest. */
  root(): StateReader {
    const best = this.rootHeight();
    const at = this.votes.findIndex((_, each) => this.network.height(each, ROOT_CHAIN) === best);
    return this.stateOf(at, ROOT_CHAIN);
  }

  stateOf(validator: number, chain: number): StateReader {
    const hosted = this.network.hosted[validator]?.get(chain);
    return {
      get: (key) => {
        const bytes = hosted?.storage.readState(key);
        return bytes === undefined ? undefined : decodeStateValue(bytes);
      },
    };
  }

  committee(): readonly string[] {
    return (readCommittee(this.root())?.members ?? []).map(({ account }) => account);
  }

  servi(account: string): bigint {
    return BigInt(readCandidate(this.root(), account)?.servi ?? '-1');
  }

  barredFor(account: string): string | undefined {
    return readBarred(this.root(), account)?.reason;
  }

  votesOf(account: string): bigint | undefined {
    return readCandidates(this.root()).find((each) => each.account === account)?.votes;
  }

  /** IOST in the smallest unit that have been issued and not burnt. */
  supply(): bigint {
    return voteTable.votableSupply(this.root());
  }

  /** Tells two validators that somebody lied, with signatures that it never made. */
  forge(victim: number, chain: number, to: readonly [number, number]): void {
    const [first, second] = this.#conflict(victim, chain).map((vote) => ({
      ...vote,
      signature: new Uint8Array(64).fill(7),
    })) as [Vote, Vote];
    const { member, epoch } = first;
    const evidence = encodeEvidence({ kind: 'twoVotes', member, first, second });
    for (const each of to) {
      const message = { kind: 'evidence', chain: ROOT_CHAIN, epoch, evidence } as const;
      this.network.deliver(each, ROOT_CHAIN, victim, message);
    }
  }

  /** Tells a validator that somebody voted for two checkpoints, with signatures that it never made. */
  forgeVotes(victim: number, one: CheckpointLink, other: CheckpointLink, to: number): void {
    const { publicKey: key } = this.network.signer(victim);
    const signature = new Uint8Array(64).fill(7);
    const [first, second] = [one, other].map((link) => ({ ...link, key, signature })) as [
      CheckpointVote,
      CheckpointVote,
    ];
    const evidence = encodeCheckpointEvidence({ first, second });
    const message = { kind: 'evidence', chain: ROOT_CHAIN, epoch: 0, evidence } as const;
    this.network.deliver(to, ROOT_CHAIN, victim, message);
  }

  /** Signs two votes for different blocks in one later view, and gives both to each of the two. */
  lie(liar: number, chain: number, to: readonly [number, number]): void {
    for (const vote of this.#conflict(liar, chain)) {
      for (const each of to) this.network.deliver(each, chain, liar, vote);
    }
  }

  #conflict(liar: number, chain: number): readonly Vote[] {
    const { network } = this;
    const machine = network.hosted[liar]?.get(chain)?.machine;
    const height = (machine?.final.height ?? 0) + 1;
    const group = machine?.groupFor(height);
    assert.ok(machine !== undefined && group !== undefined);
    const signer = network.signer(liar);
    const member = group.members.findIndex((key) => hexOf(key) === hexOf(signer.publicKey));
    const view = (machine.status.bft?.view ?? 0) + 6;
    const vote = (fill: number): Vote => {
      const blockHash = new Uint8Array(32).fill(fill);
      const place = { chain, epoch: group.epoch, view, blockHash, member };
      const digest = voteDigest(group, { kind: 'notarize', view, blockHash });
      return { kind: 'notarize', ...place, signature: signer.sign(digest) };
    };
    return [vote(1), vote(2)];
  }

  standing(validator: number, chain = ROOT_CHAIN): string | undefined {
    return this.network.hosted[validator]?.get(chain)?.machine?.status.standing;
  }

  /** Those of a validator: 0 and 0 until there is one. */
  checkpoints(validator: number): { readonly justified: number; readonly finalized: number } {
    const known = readCheckpoints(this.stateOf(validator, ROOT_CHAIN));
    return { justified: known?.justified.height ?? 0, finalized: known?.finalized.height ?? 0 };
  }

  /** The account takes what it has earned as a candidate. */
  withdrawReward(account: string): void {
    const data = JSON.stringify([account]);
    const action = { contract: 'pob.iost', actionName: 'withdrawReward', data };
    this.#client.send({ publisher: account, actions: [action] });
  }

  /** Accounts of the makers of the root blocks of a period. */
  makersOf(period: number): readonly string[] {
    const best = this.rootHeight();
    const at = this.votes.findIndex((_, each) => this.network.height(each, ROOT_CHAIN) === best);
    const storage = this.network.hosted[at]?.get(ROOT_CHAIN)?.storage;
    const accounts = this.votes.map((_, index) => this.network.signer(index).publicKey);
    return Array.from({ length: PERIOD_BLOCKS }, (_, index) => {
      const stored = storage?.block(period * PERIOD_BLOCKS + index + 1);
      const block = stored && decodeStoredBlock(stored);
      const header = block && decodeHeader(block.header);
      assert.ok(header !== undefined);
      return `witness_${accounts.findIndex((key) => hexOf(key) === hexOf(header.proposer))}`;
    });
  }

  /** A vote of the validator for a link that nothing on its chain leads to. */
  voteFor(validator: number, link: CheckpointLink): Uint8Array {
    const signer = this.network.signer(validator);
    const signature = signer.sign(linkDigest(CHAIN_ID, link));
    return encodeCheckpointVote({ ...link, key: signer.publicKey, signature });
  }

  /** One history of each chain; every block is final by exactly the group of its epoch (B6). */
  assertSound(): void {
    const newest = new Map<number, Hosted>();
    for (const chain of CHAINS) {
      const copies = this.network.hosted.map((chains) => chains.get(chain) as Hosted);
      const histories = copies.map(({ validator }) => this.network.hashes(validator, chain));
      const longest = histories.reduce((best, each) => (each.length > best.length ? each : best));
      for (const each of histories) assert.deepEqual(each, longest.slice(0, each.length), 'B1');
      const best = copies[histories.indexOf(longest)] as Hosted;
      newest.set(chain, best);
      this.#assertGroups(best);
      if (chain === ROOT_CHAIN) this.#assertCheckpoints(longest);
    }
    checkNetwork({ chains: newest });
    if (this.#rewards !== undefined) this.#assertRewards(this.#rewards);
  }

  /** An audit from genesis comes to the same, committees included. */
  assertReplays(): void {
    for (const [chain, { storage, options }] of this.network.hosted[0] ?? []) {
      const genesis = storage.commitAt(0);
      assert.ok(genesis !== undefined);
      const source = {
        allState: () => storage.allState(),
        head: () => storage.head(),
        block: (height: number) => storage.block(height),
        transactionIds: (height: number) => storage.transactionIds(height),
        receipts: (height: number) => storage.commitAt(height)?.receipts,
      };
      const rules = executionRules(chain, options);
      const replay = replayChain({ rules, genesis, storage: source });
      let step = replay.next();
      while (step.done !== true) step = replay.next();
      assert.ok(
        step.value.ok,
        `chain ${chain} at ${step.value.height}: ${JSON.stringify(step.value)}`,
      );
    }
  }

  /** E1: what is left of the pool, what nobody has earned yet and what is not withdrawn lies there. */
  #assertRewards({ pool }: RewardPolicy): void {
    const root = this.root();
    const { released, dust } = readRewardTotals(root);
    const outstanding = this.votes.reduce((sum, _, index) => {
      const { own, voters } = readReward(root, `witness_${index}`);
      return sum + own + voters;
    }, 0n);
    const held = storedBalance(root, 'pob.iost', 'iost');
    assert.equal(held, pool - released + dust + outstanding, 'E1');
  }

  /** Whatever anybody holds for justified or final is a closing block of the one history (F2). */
  #assertCheckpoints(history: readonly string[]): void {
    for (const validator of this.votes.keys()) {
      const known = readCheckpoints(this.stateOf(validator, ROOT_CHAIN));
      if (known === undefined) continue;
      for (const each of [known.finalized, known.justified, known.target]) {
        if (each === undefined) continue;
        assert.equal(each.height % PERIOD_BLOCKS, 0, 'F2: a checkpoint closes a period');
        assert.equal(hexOf(each.hash), history[each.height], 'F2: of the one history');
      }
      const { finalized, justified } = this.checkpoints(validator);
      assert.ok(finalized <= justified, 'F2: what is final was justified before');
    }
  }

  #assertGroups({ chain, storage, options, validator }: Hosted): void {
    const { policy, chainId, validators } = options;
    const groups = {
      chainId,
      members: validators,
      rootEpochBlocks: policy.periodBlocks,
      shardEpochBlocks: policy.shardEpochBlocks,
    };
    const epochBlocks = chain === ROOT_CHAIN ? policy.periodBlocks : policy.shardEpochBlocks;
    const state = this.stateOf(validator, chain);
    for (let height = 1; height <= (storage.head()?.height ?? 0); height++) {
      const stored = decodeStoredBlock(storage.block(height) as Uint8Array);
      const proof = decodeFinalityProof(stored?.certificate as Uint8Array);
      const header = decodeHeader(stored?.header as Uint8Array);
      const hash = storage.commitAt(height)?.hash as Uint8Array;
      const epoch = epochOf(height, epochBlocks);
      const group = groupOf(groups, state, chain, epoch);
      assert.ok(group !== undefined && proof !== undefined && header !== undefined);
      assert.equal(proof.certificate.epoch, epoch, 'B6: epoch of the certificate');
      assert.ok(isProvenFinal(group, hash, proof), 'B6: by the group of the epoch');
      const isMember = group.members.some((key) => hexOf(key) === hexOf(header.proposer));
      assert.ok(isMember, `B6: ${base58Encode(header.proposer)} is in the committee of ${epoch}`);
      const names = header.nextGroupHash.some((byte) => byte !== 0);
      assert.equal(
        names,
        height === closingHeight(epoch, epochBlocks),
        'closing blocks name heirs',
      );
    }
  }
}
