/**
 * Seeded bugs of the chains: of blocks, channels, reservations, locks and restarts. Each must be
 * caught by a scenario: that is how we know that the invariants bite. The edits are made to the
 * sources on their way into the engine (mutant-loader.ts); one that no longer matches is an error.
 */

import type { Edit } from '../mutant-loader.ts';
import { checkEquivalence } from './equivalence/equivalence.ts';
import { runLending } from './lending.ts';
import { mutantCore } from './mutant-core.ts';
import { runChainsScenario } from './scenarios.ts';
import { explainHistory } from './serial-order.ts';

export type ChainsMutation = {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** Where it shows. */
  readonly scenario: string;
  /** Tried first: one that shows it. */
  readonly seed?: number;
};

/** Two transactions have the same key. */
const LOCKED_TWICE: readonly Edit[] = [
  {
    file: 'atomix/lock-table.ts',
    find: 'return holders.ids.size > 1 || !holders.ids.has(id);',
    replace: 'return false;',
  },
];
const LOCKED_READABLE: readonly Edit[] = [
  {
    file: 'ledger/state-overlay.ts',
    find: 'if (this.#locks?.isHeld(key) === true) throw new LockedState(key);',
    replace: '',
  },
];

const EXECUTION = 'shard/block-execution.ts';
const CHAIN = 'shard/chain.ts';
const CHANNELS = 'shard/channel-traffic.ts';
const ADMISSION = 'shard/pool-admission.ts';
const UPKEEP = 'shard/pool-upkeep.ts';
const CROSSLINKS = 'shard/crosslink-offers.ts';

/** Takes what was consumed before as if it were new, as a transport without numbers would. */
const UNSAFE_REPLAY_MODE: readonly Edit[] = [
  {
    file: CHANNELS,
    find: 'if (batch.firstSeq < nextSeq) return this.reportCursor(batch.source, false);',
    replace:
      'if (batch.firstSeq < nextSeq) return this.#inbox.add({ ...batch, firstSeq: nextSeq }, nextSeq);',
  },
];

export const CHAINS_MUTATIONS: readonly ChainsMutation[] = [
  {
    name: 'credits-booked-twice',
    scenario: 'chains/calm',
    edits: [
      {
        file: EXECUTION,
        find: 'return this.#book(message.credit);',
        replace: 'this.#book(message.credit); return this.#book(message.credit);',
      },
    ],
  },
  {
    name: 'messages-skipped',
    scenario: 'chains/calm',
    edits: [
      {
        file: EXECUTION,
        find: 'if (batch.firstSeq !== this.nextSeq(batch.source)) return false;',
        replace: '',
      },
      {
        file: 'shard/inbox.ts',
        find: 'return this.#bySource.get(source)?.get(firstSeq);',
        replace:
          'return [...(this.#bySource.get(source)?.values() ?? [])].find((batch) => batch.firstSeq >= firstSeq);',
      },
      {
        file: CHANNELS,
        find: 'if (isProvenBatch(batch, this.#chain, this.#isFinal)) this.#inbox.add(batch, nextSeq);',
        replace: 'if (batch.firstSeq % 7 !== 3) this.#inbox.add(batch, nextSeq);',
      },
    ],
  },
  {
    name: 'cursor-not-stored',
    scenario: 'chains/crashes',
    edits: [
      {
        file: 'shard/executed-block.ts',
        find: 'changes: executed.changes,',
        replace: "changes: executed.changes.filter(([key]) => !key.startsWith('x-inbox-')),",
      },
    ],
  },
  {
    name: 'acknowledged-before-flushed',
    scenario: 'chains/crashes',
    seed: 2,
    edits: [
      {
        file: CHANNELS,
        find: 'const nextSeq = readCounter(this.#flushed, inboxKey(to));',
        replace: 'const nextSeq = readCounter(this.tip, inboxKey(to));',
      },
      {
        file: 'shard/chain-parts.ts',
        find: 'const crosslinks = new CrosslinkOffers();',
        replace: 'channels.tip = tip; const crosslinks = new CrosslinkOffers();',
      },
    ],
  },
  {
    name: 'reported-final-before-flushed',
    scenario: 'chains/calm',
    edits: [
      {
        file: CHAIN,
        find: 'for (const { commit } of',
        replace: 'for (const { commit, executed, certificate: proof } of',
      },
      {
        file: CHAIN,
        find: "this.#effects.push({ kind: 'commit',",
        replace: `const { block } = executed;
          this.#effects.push({ kind: 'blockFinal', block: { height: block.height, hash: block.hash,
            timestamp: block.header.timestamp, ids: commit.transactionIds, gasUsed: 0n, crosslinks: [] } });
          this.#effects.push({ kind: 'commit',`,
      },
    ],
  },
  {
    name: 'batches-leave-before-flushed',
    scenario: 'chains/calm',
    edits: [
      {
        file: CHAIN,
        find: 'for (const { commit } of',
        replace: 'for (const { commit, executed, certificate: proof } of',
      },
      {
        file: CHAIN,
        find: "this.#effects.push({ kind: 'commit',",
        replace:
          "this.#parts.channels.sendOutbox(executed, proof); this.#effects.push({ kind: 'commit',",
      },
    ],
  },
  {
    name: 'resent-from-memory-only',
    scenario: 'chains/crashes',
    edits: [{ file: CHANNELS, find: 'inMemory[0]?.firstSeq === nextSeq', replace: 'nextSeq >= 0' }],
  },
  {
    name: 'nothing-resent-after-a-restart',
    scenario: 'chains/crashes',
    edits: [
      {
        file: CHAIN,
        find: "case 'peerRestarted':\n        channels.reportCursor(event.chain, true);",
        replace: "case 'peerRestarted':\n        channels.reportCursor(event.chain, false);",
      },
      {
        file: CHAIN,
        find: 'for (const chain of this.#settings.rules.peers) channels.reportCursor(chain, true);',
        replace: '',
      },
    ],
  },
  {
    name: 'replay-window-not-rebuilt',
    scenario: 'chains/resubmit',
    edits: [
      {
        file: 'shard/restore.ts',
        find: 'replay: rebuiltWindow(storage, head.height, header.timestamp),',
        replace: 'replay: new ReplayWindow(),',
      },
    ],
  },
  {
    name: 'final-transactions-taken-again',
    scenario: 'chains/resubmit',
    edits: [
      {
        file: ADMISSION,
        find: "if (replay.has(id)) return reject('TX_EXISTS_IN_CHAIN', 'tx exists in chain');",
        replace: '',
      },
    ],
  },
  {
    name: 'expiry-not-checked-by-the-block',
    scenario: 'chains/expiry',
    edits: [
      {
        file: EXECUTION,
        find: 'if (!isWithinLifetime(transaction, this.#block.time)) return EXPIRED;',
        replace: '',
      },
    ],
  },
  {
    name: 'expiry-not-checked-at-home',
    scenario: 'chains/expiry',
    edits: [
      {
        file: 'atomix/home-runs.ts',
        find: 'if (!isWithinLifetime(transaction, this.#host.block.time)) {',
        replace: 'if (run.round < 0) {',
      },
    ],
  },
  {
    name: 'crosslinks-with-gaps',
    scenario: 'chains/calm',
    edits: [
      {
        file: 'shard/root-duties.ts',
        find: 'if (fromHeight !== readCounter(this.#overlay, crosslinkKey(chain)) + 1) return false;',
        replace: '',
      },
      {
        file: CROSSLINKS,
        find: 'const fromHeight = readCounter(state, crosslinkKey(chain)) + 1;',
        replace: 'const fromHeight = readCounter(state, crosslinkKey(chain)) + 2;',
      },
    ],
  },
  {
    name: 'outbox-in-another-order',
    scenario: 'chains/calm',
    edits: [
      {
        file: 'shard/block-outbox.ts',
        find: 'firstSeq + messages.push(bytes)',
        replace: 'firstSeq + messages.unshift(bytes)',
      },
    ],
  },
  {
    name: 'reservation-not-released',
    scenario: 'chains/calm',
    edits: [
      {
        file: 'atomix/settlement.ts',
        find: 'entries.filter((each) => each !== entry),',
        replace: 'entries,',
      },
    ],
  },
  {
    name: 'reservation-released-twice',
    scenario: 'chains/calm',
    edits: [
      {
        file: 'atomix/settlement.ts',
        find: 'if (amount > 0n) credit(state, publisher, token, amount, FREE_PAYER);',
        replace: 'if (amount > 0n) credit(state, publisher, token, 2n * amount, FREE_PAYER);',
      },
    ],
  },
  {
    name: 'reserved-but-not-taken',
    scenario: 'chains/calm',
    edits: [
      {
        file: 'atomix/reservation.ts',
        find: 'const isTaken = debitStored(this.#state, this.#publisher, token, amount);',
        replace: 'const isTaken = true;',
      },
    ],
  },
  {
    name: 'slices-of-ram-never-used-up',
    scenario: 'chains/calm',
    edits: [
      {
        file: 'ledger/ram-slice.ts',
        find: 'state.update(sliceKey(account), sliceValue(left));',
        replace: '',
      },
    ],
  },
  {
    name: 'what-was-short-not-begun-again',
    scenario: 'chains/contract-equivalence',
    edits: [{ file: EXECUTION, find: 'this.#runs.startAgain(message, share);', replace: '' }],
  },
  {
    name: 'leases-not-taken-from-their-owner',
    scenario: 'chains/leases',
    edits: [
      {
        file: 'atomix/lent-ram.ts',
        find: "debitStored(this.#state, account, 'ram', bytes);",
        replace: '',
      },
    ],
  },
  {
    name: 'leases-never-used-up',
    scenario: 'chains/leases',
    edits: [
      {
        file: 'ledger/ram-lease.ts',
        find: 'state.put(leaseKey(account), bytesValue(left));',
        replace: '',
      },
    ],
  },
  {
    name: 'leases-returned-and-kept',
    scenario: 'chains/leases',
    edits: [
      {
        file: 'atomix/held-leases.ts',
        find: 'this.#setLeft(account, 0n);',
        replace: '',
      },
    ],
  },
  {
    name: 'what-is-on-lease-not-counted-as-the-owners',
    scenario: 'chains/leases',
    edits: [
      {
        file: 'ledger/ram-lease.ts',
        find: 'if (state.getOwned(lentKey(account)) === undefined) return;',
        replace: 'if (account.length > 0) return;',
      },
    ],
  },
  {
    name: 'leases-not-called-back',
    scenario: 'chains/leases',
    edits: [
      {
        file: 'atomix/lent-ram.ts',
        find: "this.#host.send(chain, { kind: 'recall', account });",
        replace: '',
      },
    ],
  },
  {
    name: 'gas-given-back-twice',
    scenario: 'chains/equivalence',
    edits: [
      {
        file: 'atomix/settlement.ts',
        find: 'giveGas(readGas(state, publisher), entry.gas, block.time)',
        replace: 'giveGas(readGas(state, publisher), 2n * entry.gas, block.time)',
      },
    ],
  },
  {
    name: 'ram-of-frozen-amounts-given-back-twice',
    scenario: 'chains/equivalence',
    edits: [
      {
        file: 'ledger/balances.ts',
        find: 'refundRam(state, account, BigInt(matured.ram));',
        replace: 'refundRam(state, account, 2n * BigInt(matured.ram));',
      },
    ],
  },
  {
    name: 'a-no-believed-for-ever',
    scenario: 'chains/equivalence',
    seed: 4,
    edits: [
      {
        file: 'ledger/facts.ts',
        find: 'height - (known.height ?? 0) > NEGATIVE_FACT_BLOCKS',
        replace: 'height < (known.height ?? 0)',
      },
      {
        file: 'atomix/told-facts.ts',
        find: 'height - at > NEGATIVE_FACT_BLOCKS',
        replace: 'height < at',
      },
    ],
  },
  {
    name: 'failed-transactions-pay-all-the-same',
    scenario: 'chains/calm',
    seed: 5,
    edits: [
      {
        file: 'ledger/apply-transaction.ts',
        find: "return { kind: 'executed', receipt, credits: NO_CREDITS, carriedWrites, emissions };",
        replace:
          "return { kind: 'executed', receipt, credits: this.#host.credits, carriedWrites, emissions };",
      },
    ],
  },
  {
    name: 'waiting-for-a-settlement-for-ever',
    scenario: 'chains/calm',
    edits: [
      {
        file: UPKEEP,
        find: 'for (const publisher of settledPublishers) this.#pool.unpark(reservationReason(publisher));',
        replace: '',
      },
    ],
  },
  {
    name: 'waiting-for-a-fact-for-ever',
    scenario: 'chains/calm',
    edits: [{ file: UPKEEP, find: 'this.#pool.unpark(factReason(fact));', replace: '' }],
  },
  {
    name: 'waiting-for-a-lock-for-ever',
    scenario: 'chains/calm',
    edits: [
      {
        file: UPKEEP,
        find: 'for (const key of unlockedKeys) this.#pool.unpark(lockReason(key));',
        replace: '',
      },
    ],
  },
  {
    name: 'locks-not-released',
    scenario: 'chains/calm',
    edits: [
      {
        file: 'atomix/lock-table.ts',
        find: 'locks.delete(key);',
        replace: 'ids.add(id);',
      },
    ],
  },
  {
    name: 'keys-locked-twice',
    scenario: 'chains/contended',
    seed: 8,
    edits: LOCKED_TWICE,
  },
  {
    name: 'locked-keys-readable',
    scenario: 'chains/calm',
    seed: 3,
    edits: LOCKED_READABLE,
  },
  {
    name: 'keys-locked-twice-in-a-history',
    scenario: 'chains/serial-order',
    seed: 8,
    edits: LOCKED_TWICE,
  },
  {
    name: 'locked-keys-readable-in-a-history',
    scenario: 'chains/serial-order',
    seed: 8,
    edits: LOCKED_READABLE,
  },
  {
    name: 'balances-read-without-what-is-reserved',
    scenario: 'chains/serial-order',
    seed: 1,
    edits: [
      {
        file: 'ledger/exact-balance.ts',
        find: 'if (isReservedFor(host.state, account)) throw new ReservedState(account);',
        replace: '',
      },
    ],
  },
  {
    name: 'balances-locked-without-what-is-reserved',
    scenario: 'chains/serial-order',
    seed: 5,
    edits: [
      {
        file: 'atomix/lock-answer.ts',
        find: 'if (others.length > 0) {',
        replace: 'if (others.length < 0) {',
      },
    ],
  },
  {
    name: 'nobody-gives-way',
    scenario: 'chains/serial-order',
    seed: 33,
    edits: [
      {
        file: 'atomix/precedence.ts',
        find: 'return entries.every((entry) => isOlder(claim, entry));',
        replace: 'return true;',
      },
    ],
  },
  {
    name: 'writes-to-locked-keys-lost',
    scenario: 'chains/calm',
    edits: [
      {
        file: 'atomix/home-runs.ts',
        find: 'this.#decide(run, outcome?.carriedWrites);',
        replace: 'this.#decide(run, undefined);',
      },
    ],
  },
  {
    name: 'frozen-amounts-overwritten',
    scenario: 'chains/calm',
    seed: 9,
    edits: [
      {
        file: 'atomix/locked-writes.ts',
        find: "if (merge === 'frozen') return frozenChange(before, value);",
        replace: '',
      },
      {
        file: 'atomix/locked-writes.ts',
        find: 'bookFrozenChange(state, key, value);',
        replace: 'state.put(key, value);',
      },
    ],
  },
  {
    name: 'locks-held-while-waiting',
    scenario: 'chains/contended',
    seed: 7,
    edits: [
      {
        file: 'atomix/home-runs.ts',
        find: 'if (run.granted.length > 0) this.#retry(isOwn',
        replace: 'if (run.round < 0) this.#retry(isOwn',
      },
    ],
  },
  {
    name: 'votes-counted-again',
    scenario: 'atomix/replayed-votes',
    edits: UNSAFE_REPLAY_MODE,
  },
  {
    name: 'decisions-carried-out-again',
    scenario: 'atomix/replayed-decisions',
    edits: UNSAFE_REPLAY_MODE,
  },
  {
    name: 'given-up-transactions-begun-again',
    scenario: 'atomix/resubmitted',
    edits: [
      {
        file: ADMISSION,
        find: "if (replay.has(id)) return reject('TX_EXISTS_IN_CHAIN', 'tx exists in chain');",
        replace: '',
      },
    ],
  },
  {
    name: 'locks-for-whoever-asks',
    scenario: 'atomix/forged-locks',
    edits: [
      {
        file: CHANNELS,
        find: 'if (isProvenBatch(batch, this.#chain, this.#isFinal)) this.#inbox.add(batch, nextSeq);',
        replace: 'this.#inbox.add(batch, nextSeq);',
      },
    ],
  },
  {
    name: 'expired-runs-forgotten-with-their-locks',
    scenario: 'atomix/vanished-client',
    edits: [
      {
        file: 'atomix/home-runs.ts',
        find: 'this.#end(run, transaction, undefined);\n      return;\n    }\n    if (run.goal',
        replace: 'return;\n    }\n    if (run.goal',
      },
    ],
  },
  {
    name: 'missing-state-told-to-the-contract',
    scenario: 'chains/contract-equivalence',
    edits: [
      {
        file: '../io/iosvm/host-functions.ts',
        find: 'frame.failure = { error };\n  return undefined;',
        replace: "return '0 no such state';",
      },
    ],
  },
  {
    name: 'owners-elsewhere-pay-no-ram',
    scenario: 'chains/contract-equivalence',
    edits: [
      {
        file: 'ledger/settle.ts',
        find: 'if (missing.length > 0) throw',
        replace: 'if (missing.length > 99) throw',
      },
    ],
  },
  {
    name: 'calls-between-contracts-undone-by-halves',
    scenario: 'chains/contract-equivalence',
    edits: [
      {
        file: 'atomix/home-runs.ts',
        find: 'if (!writes.has(key) || reserved.has(key)) continue;',
        replace:
          "if (!writes.has(key) || reserved.has(key) || key.startsWith('b-Contract')) continue;",
      },
    ],
  },
  {
    name: 'publishers-of-other-shards-not-proven',
    scenario: 'chains/contract-equivalence',
    seed: 2,
    edits: [
      {
        file: 'atomix/home-runs.ts',
        find: "case 'reserved':\n      case 'refused':\n        return",
        replace:
          "case 'reserved':\n        return this.#retry(run);\n      case 'refused':\n        return",
      },
    ],
  },
];

/** Seeds to try before a mutation counts as survived. */
const SEEDS = 12;
const TRANSACTIONS = 500;
const CONTRACT_TRANSACTIONS = 200;

/** The first seed that catches the mutation and how; `undefined` if none does. */
export async function catchChainsMutation(
  mutation: ChainsMutation,
): Promise<{ readonly seed: number; readonly by: string } | undefined> {
  const { name, edits, scenario } = mutation;
  const core = await mutantCore(name, edits);
  for (let index = 0; index <= SEEDS; index++) {
    const seed = index === 0 ? (mutation.seed ?? 1) : index;
    try {
      if (scenario === 'chains/serial-order') explainHistory(seed, core);
      else if (scenario === 'chains/leases') runLending({ seed, crashesPerSecond: 0, core });
      else if (!scenario.endsWith('equivalence')) runChainsScenario(scenario, seed, core);
      else {
        const isOfContracts = scenario === 'chains/contract-equivalence';
        const transactions = isOfContracts ? CONTRACT_TRANSACTIONS : TRANSACTIONS;
        checkEquivalence({ seed, transactions, shardCounts: [4], isOfContracts }, core);
      }
    } catch (error) {
      const [by = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
      return { seed, by };
    }
  }
  return undefined;
}
