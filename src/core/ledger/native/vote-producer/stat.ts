/**
 * The count of the votes (spec go-iost §7): who is next to make blocks. A producer's score grows by
 * its votes with every count, and whoever gets a seat pays for it with a tenth of the mean score, so
 * that seats go round in proportion to votes. Who has a seat and makes no block loses it and half of
 * its score; three times in a row, and it is left out for 144 counts.
 */

import { ExactDecimal } from '../../exact-decimal.ts';
import type { Host } from '../../host.ts';
import { PRODUCED, STAT_INTERVAL } from '../base-contract.ts';
import { requirePermission } from '../contract-authority.ts';
import { IOST_DECIMALS } from '../iost-amount.ts';
import { METHOD_GAS } from '../javascript-cost.ts';
import { type Fields, getFields, getJson, putJson } from '../json-storage.ts';
import type { NativeAbi } from '../native-contract.ts';
import type { ResultEntry } from '../vote/vote-result.ts';
import {
  accountsByKey,
  CURRENT_LIST,
  isApproved,
  PENDING_LIST,
  PRODUCER_NUMBER,
  type ProducerSummary,
  readList,
  summaries,
  voteIdOf,
} from './producer-table.ts';

const SCORES = 'producerScores';
const WATCHED = 'witnessWatched';
/** The reference's spelling. */
const PENALTIES = 'witnessPenality';
const HALVING_INTERVAL = 31_104_000;
const PENALTY_BLOCKS = 144 * STAT_INTERVAL;
const STRIKES_MAX = 3;
const HALVES = ExactDecimal.of('2');

/** Since which block a producer is watched, and how often it has made none. */
type Watch = { readonly bn: number; count: number };

type Contender = {
  readonly key: string;
  /** 1 for who has a seat already: of equal scores it stays. */
  readonly prior: 0 | 1;
  readonly score: ExactDecimal;
};

export const stat: NativeAbi = {
  name: 'stat',
  args: [],
  home: 'root',
  amountLimit: [],
  run(host) {
    host.charge(METHOD_GAS);
    requirePermission(host, 'base.iost', 'active');
    new Count(host).run();
    return [''];
  },
};

class Count {
  readonly #host: Host;
  readonly #number: number;
  readonly #seated: readonly string[];
  readonly #making: readonly string[];
  readonly #producers: Fields<ProducerSummary | undefined>;
  readonly #accounts: Fields<string | undefined>;
  readonly #produced: Fields<number>;
  readonly #watched: Fields<Watch | undefined>;
  readonly #penalties: Fields<number | undefined>;
  readonly #scores: Fields<string | undefined> = Object.create(null);
  /** Keys of those with a seat that may keep it. */
  readonly #normal = new Set<string>();
  #total = ExactDecimal.ZERO;
  #counted = 0;

  constructor(host: Host) {
    this.#host = host;
    this.#number = host.block.number;
    this.#seated = readList(host, PENDING_LIST);
    this.#making = readList(host, CURRENT_LIST);
    this.#producers = summaries(host);
    this.#accounts = accountsByKey(host);
    this.#produced = producedBlocks(host);
    this.#watched = getFields<Watch | undefined>(host, WATCHED);
    this.#penalties = getFields<number | undefined>(host, PENALTIES);
    this.#forgetOld();
  }

  run(): void {
    const host = this.#host;
    const outsiders = this.#scoreAll();
    const { staying, leaving } = this.#judgeSeated();
    const ranked = [...staying, ...outsiders].sort(byScore);
    const seats = getJson<number>(host, PRODUCER_NUMBER) ?? 0;
    const pending = [...ranked, ...leaving].slice(0, seats).map(({ key }) => key);
    putJson(host, CURRENT_LIST, this.#seated);
    putJson(host, PENDING_LIST, pending);
    host.receipt(JSON.stringify(pending));
    putJson(host, WATCHED, this.#watched);
    putJson(host, PENALTIES, this.#penalties);
    this.#payForSeats(pending, seats);
    this.#halveInTime();
    putJson(host, SCORES, this.#scores);
  }

  #forgetOld(): void {
    for (const [account, watch] of Object.entries(this.#watched)) {
      if (watch !== undefined && watch.bn + PENALTY_BLOCKS < this.#number) {
        delete this.#watched[account];
      }
    }
    for (const [account, until] of Object.entries(this.#penalties)) {
      if (until !== undefined && until < this.#number) delete this.#penalties[account];
    }
  }

  /** Scores of all with enough votes; the others lose theirs. Answers who has no seat and may get one. */
  #scoreAll(): Contender[] {
    const host = this.#host;
    const old = getFields<string | undefined>(host, SCORES);
    const seated = new Set(this.#seated.map((key) => this.#accounts[key]));
    const outsiders: Contender[] = [];
    const [text] = host.call('vote.iost', 'getResult', [voteIdOf(host)], true) ?? [];
    for (const { option, votes } of JSON.parse(String(text)) as readonly ResultEntry[]) {
      const producer = this.#producers[option];
      if (producer === undefined || !producer.isProducer || !isApproved(producer)) continue;
      const isNormal = this.#isNormal(option, producer);
      const score = ExactDecimal.of(old[option] ?? '0').plus(
        isNormal ? ExactDecimal.of(votes) : ExactDecimal.ZERO,
      );
      this.#scores[option] = score.toString();
      this.#total = this.#total.plus(score);
      this.#counted += 1;
      if (!isNormal) continue;
      if (seated.has(option)) this.#normal.add(producer.pubkey);
      else outsiders.push({ key: producer.pubkey, prior: 0, score });
    }
    return outsiders;
  }

  #isNormal(account: string, { online }: ProducerSummary): boolean {
    return online && (this.#penalties[account] ?? 0) < this.#number;
  }

  #judgeSeated(): { readonly staying: Contender[]; readonly leaving: Contender[] } {
    const staying: Contender[] = [];
    const leaving: Contender[] = [];
    for (const seat of this.#seated) {
      const account = this.#accounts[seat] ?? '';
      const producer = this.#producers[account];
      const key = producer?.pubkey ?? seat;
      const score = ExactDecimal.of(this.#scores[account] ?? '0');
      const hasProduced = (this.#produced[seat] ?? 0) > 0;
      const isBarred = this.#watch(account, hasProduced) >= this.#number;
      const isDead = this.#making.includes(seat) && !hasProduced;
      if (producer?.online === true && !isDead && !isBarred && this.#normal.has(key)) {
        staying.push({ key, prior: 1, score });
        continue;
      }
      leaving.push({ key, prior: 0, score: ExactDecimal.ZERO });
      if (isDead) this.#scores[account] = score.dividedBy(HALVES).toFixed(IOST_DECIMALS);
    }
    return { staying, leaving };
  }

  /** Answers until which block the producer is left out. */
  #watch(account: string, hasProduced: boolean): number {
    if (hasProduced) delete this.#watched[account];
    else {
      const watch = this.#watched[account] ?? { bn: this.#number, count: 0 };
      watch.count += 1;
      this.#watched[account] = watch;
      if (watch.count >= STRIKES_MAX) {
        this.#penalties[account] = this.#number + PENALTY_BLOCKS;
        delete this.#watched[account];
      }
    }
    return this.#penalties[account] ?? 0;
  }

  #payForSeats(pending: readonly string[], seats: number): void {
    const tenths = ExactDecimal.of(String((this.#counted || seats) * 10));
    if (tenths.isZero()) return;
    const price = this.#total.dividedBy(tenths);
    for (const key of pending) {
      const account = this.#accounts[key] ?? '';
      const left = ExactDecimal.of(this.#scores[account] ?? '0').minus(price);
      if (left.isNegative()) delete this.#scores[account];
      else this.#scores[account] = left.toFixed(IOST_DECIMALS);
    }
  }

  /** Of the block that the count belongs to, which may be a little earlier than this one. */
  #halveInTime(): void {
    const number = this.#number - (this.#number % STAT_INTERVAL);
    if (number % HALVING_INTERVAL !== 0) return;
    for (const [account, score] of Object.entries(this.#scores)) {
      const half = ExactDecimal.of(score ?? '0').dividedBy(HALVES);
      this.#scores[account] = half.toFixed(IOST_DECIMALS);
    }
  }
}

/** Who has made how many blocks since the last count, as base.iost has noted. */
function producedBlocks(host: Host): Fields<number> {
  const stored = host.globalGet('base.iost', PRODUCED);
  const produced = stored?.kind === 'string' ? stored.value : '{}';
  return Object.assign(Object.create(null), JSON.parse(produced));
}

/** Highest first. */
function byScore(left: Contender, right: Contender): number {
  if (left.score.isLess(right.score)) return 1;
  if (right.score.isLess(left.score)) return -1;
  if (left.prior !== right.prior) return right.prior - left.prior;
  return right.key < left.key ? 1 : -1;
}
