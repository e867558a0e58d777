/** What a run of the planned transactions came to, in a form in which two runs can be compared. */

import type { Receipt } from '#core/chain/receipt.ts';
import { FREE_PAYER } from '#core/ledger/balances.ts';
import { itemsOf } from '#core/ledger/freezes.ts';
import { currentGas, gasOf } from '#core/ledger/gas.ts';
import { fieldsOf } from '#core/ledger/map-index.ts';
import { lentBytes, lentKey } from '#core/ledger/ram-lease.ts';
import { isSystemContract } from '#core/ledger/state-key.ts';
import type { StateValue } from '#core/ledger/state-value.ts';

export type RunOutcome = ComparableState & {
  /** By number of the transaction; `undefined`: it got no receipt. */
  readonly receipts: readonly (Receipt | undefined)[];
};

export type ComparableState = {
  readonly state: ReadonlyMap<string, string>;
  /** Hundredths by account. It refills with time, so that it can be compared only about. */
  readonly gas: ReadonlyMap<string, bigint>;
};

const BALANCE = 'm-token.iost-TB';
const FREEZE = 'm-token.iost-TF';
const USED_RAM = 'b-ram.iost-UR';
const GAS = 'x-gas-';
const LENT = lentKey('');
/** What gas.iost gives back is frozen until three days after the block. */
const UNPLEDGED = /(\[\\"iost\\",\\"gas\.iost\\",[^\]]*),\d{19}/g;
/** The one value that is a time of a block. */
const RAM_GROWN_AT = 'b-ram.iost-lastUpdateBlockTime';
/** What the root chain notes about its own blocks, and about producers every 1200 of them. */
const OWN_NOTES =
  /^([bm]-base\.iost-|b-pob\.iost-(turns|checkpoints)|[bm]-bonus\.iost-(earned|blockContrib|lastTime)|b-vote_producer\.iost-(currentProducerList|producerScores|witness))/;
/** The token by which the root counts blocks of producers; nobody else has any. */
const CONTRIBUTE = 'contribute';
const PLEDGE_INDEX = /^m-gas\.iost-.+gp$/;
/** Lists to which several transactions of a round add, in whatever order. */
const SHARED_INDEX = /^m-(vote\.iost-(u_\d+|preOrder|preResult)|vote_producer\.iost-voterCoef)$/;

/**
 * The state of a whole network without what may depend on how it is divided or on the time of a
 * block: pools that every chain has are summed, frozen amounts whose time has come count as
 * spendable, whether somebody has looked or not.
 */
export function comparableState(
  chains: readonly Iterable<readonly [key: string, value: StateValue]>[],
  nowNs: bigint,
): ComparableState {
  const state = new StateSum(nowNs);
  for (const chain of chains) for (const [key, value] of chain) state.add(key, value);
  return { state: state.texts(), gas: state.gas };
}

class StateSum {
  readonly gas = new Map<string, bigint>();
  readonly #nowNs: bigint;
  readonly #texts = new Map<string, string>();
  readonly #sums = new Map<string, bigint>();
  readonly #lists = new Map<string, readonly string[]>();

  constructor(nowNs: bigint) {
    this.#nowNs = nowNs;
  }

  add(key: string, value: StateValue): void {
    if (key.startsWith(BALANCE)) this.#addHolding(key, key.slice(BALANCE.length), value);
    else if (key.startsWith(FREEZE)) this.#addFrozen(key, key.slice(FREEZE.length), value);
    else if (key.startsWith(USED_RAM)) this.#sum(key, integer(value));
    else if (key.startsWith(LENT)) this.#addLent(key.slice(LENT.length), value);
    else if (key === `m-token.iost-TI${CONTRIBUTE}-supply`) return;
    else if (PLEDGE_INDEX.test(key) || SHARED_INDEX.test(key)) this.#join(key, fieldsOf(value));
    else if (key.startsWith(GAS)) {
      const record = gasOf(value);
      this.#set(key, `${record.total} of ${record.limit}`);
      this.gas.set(key.slice(GAS.length), currentGas(record, this.#nowNs));
    } else if (!key.startsWith('x-') && key !== RAM_GROWN_AT && !OWN_NOTES.test(key)) {
      this.#set(key, textOf(value));
    }
  }

  texts(): ReadonlyMap<string, string> {
    for (const [key, sum] of this.#sums) if (sum !== 0n) this.#texts.set(key, String(sum));
    for (const [key, list] of this.#lists) this.#texts.set(key, [...list].sort().join(' '));
    return this.#texts;
  }

  /** `<holder>-<token>`, or `<holder>` for the list of its tokens. */
  #addHolding(key: string, name: string, value: StateValue): void {
    const dash = name.lastIndexOf('-');
    const holder = dash < 0 ? name : name.slice(0, dash);
    if (name.slice(dash + 1) === CONTRIBUTE) return;
    if (dash >= 0) {
      this.#sum(key, integer(value));
      const payer = value.kind === 'bytes' ? '' : value.payer;
      if (payer !== FREE_PAYER && !isSystemContract(holder)) this.#set(`${key} paid by`, payer);
    } else if (!isSystemContract(holder))
      this.#join(
        key,
        fieldsOf(value).filter((token) => token !== CONTRIBUTE),
      );
  }

  /** What is on lease is still the account's. */
  #addLent(account: string, value: StateValue): void {
    this.#sum(`${BALANCE}${account}-ram`, lentBytes({ get: () => value }, account));
  }

  #addFrozen(key: string, name: string, value: StateValue): void {
    const dash = name.lastIndexOf('-');
    const holder = name.slice(0, dash);
    const frozen: string[] = [];
    for (const { amount, unfreezeTime, ram } of itemsOf(value)) {
      if (unfreezeTime > this.#nowNs) {
        frozen.push(`${amount} (${ram} bytes)`);
        continue;
      }
      const token = name.slice(dash + 1);
      this.#sum(`${BALANCE}${holder}-${token}`, amount);
      this.#join(`${BALANCE}${holder}`, [token]);
      this.#sum(`${BALANCE}${holder}-ram`, BigInt(ram));
      this.#sum(`${USED_RAM}${holder}`, BigInt(-ram));
    }
    if (frozen.length > 0) this.#join(key, frozen);
  }

  #sum(key: string, amount: bigint): void {
    this.#sums.set(key, (this.#sums.get(key) ?? 0n) + amount);
  }

  /** Lists of one chain may repeat an item; those of several are joined. */
  #join(key: string, items: readonly string[]): void {
    const before = this.#lists.get(key) ?? [];
    this.#lists.set(key, [...before, ...items.filter((item) => !before.includes(item))]);
  }

  #set(key: string, text: string): void {
    const before = this.#texts.get(key);
    if (before !== undefined && before !== text) throw new Error(`${key} lies on two chains`);
    this.#texts.set(key, text);
  }
}

function integer(value: StateValue): bigint {
  return value.kind === 'int' ? value.value : 0n;
}

function textOf(value: StateValue): string {
  return value.kind === 'bytes' ? value.value.join(' ') : `${value.value} paid by ${value.payer}`;
}

/** A receipt without its id, and without the time at which unpledged tokens become free. */
export function comparableReceipt(receipt: Receipt | undefined): string {
  if (receipt === undefined) return 'no receipt';
  const { txHash: _, ...rest } = receipt;
  const text = JSON.stringify(rest, (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  return text.replaceAll(UNPLEDGED, '$1 later');
}
