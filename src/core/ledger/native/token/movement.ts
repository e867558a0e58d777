/**
 * The steps that the ABIs of token.iost share, each with the gas that the reference charges for it.
 *
 * What a movement costs must not depend on where the receiver lives, so its side is charged as for a
 * receiver without an entry, unless the same transaction has touched the entry before; matured frozen
 * amounts are folded in without charge on either side.
 */

import { assert } from '../../../assert.ts';
import {
  amountOf,
  creditEntry,
  entryBytes,
  entryCostsRam,
  FREE_PAYER,
  foldMatured,
} from '../../balances.ts';
import { FAILURE } from '../../contract-failure.ts';
import { COST } from '../../costs.ts';
import { formatDecimal, parseDecimal, refineAmount } from '../../decimal.ts';
import { requireExact } from '../../exact-balance.ts';
import { entryFact } from '../../facts.ts';
import { FROZEN_ITEM_BYTES } from '../../freezes.ts';
import type { Host } from '../../host.ts';
import { checkKey } from '../../map-index.ts';
import { balanceKey, isContractId, isSystemContract } from '../../state-key.ts';
import { ELSEWHERE } from '../../state-overlay.ts';
import { type StateValue, utf8Bytes } from '../../state-value.ts';
import type { TokenDefinition } from '../../token-definition.ts';

const MEMO_BYTES_MAX = 512;
/** Is there an entry, is there a list of frozen amounts. */
const READ_ABSENT = 2 * COST.get;
const READ_PRESENT = 3 * COST.get;
const WRITE_BALANCE = COST.get + COST.put;
/** Is there a list, sort one item, write it as JSON, store it. */
const WRITE_FREEZE = COST.get + 2 * COST.operation + COST.put;
const PARSE_AMOUNT = COST.get + 3 * COST.operation;

export function checkMemo(host: Host, memo: string): void {
  // A character is at most three bytes, so a short memo need not be measured.
  if (memo.length * 3 > MEMO_BYTES_MAX && utf8Bytes(memo) > MEMO_BYTES_MAX) {
    host.fail(FAILURE.memo);
  }
}

export function checkAccount(host: Host, id: string): void {
  if (!host.hasAccount(id)) host.fail(`invalid account ${id}`);
}

/** The token's definition; fails where it does not exist. */
export function requireToken(host: Host, symbol: string): TokenDefinition {
  host.charge(COST.get);
  return host.token(symbol) ?? host.fail(FAILURE.tokenMissing);
}

/** The amount as it will stand in the receipt (versions from 1.0.2 on). */
export function refine(host: Host, token: TokenDefinition, text: string): string {
  host.charge(COST.get);
  const refined = refineAmount(text, token.decimal);
  return refined.ok
    ? refined.value
    : host.fail(`invalid amount ${text} ${refined.failure.message}`);
}

/** Whether the token may be moved at all, and by whom besides the holder. */
export function checkTransferable(host: Host, token: TokenDefinition): void {
  host.charge(COST.get);
  if (!token.canTransfer) host.fail(FAILURE.tokenFixed);
  host.charge(COST.get);
  if (token.onlyIssuerCanTransfer) {
    host.charge(COST.get);
    if (!host.requireAuth(token.issuer, 'transfer')) {
      host.fail('transfer need issuer permission');
    }
  }
  host.checkGas();
}

export function checkHolder(host: Host, holder: string): void {
  if (!host.requireAuth(holder, 'transfer')) host.fail(FAILURE.permission);
  host.checkGas();
}

/** The amount in units of the token; positive. */
export function readAmount(host: Host, token: TokenDefinition, text: string): bigint {
  host.charge(PARSE_AMOUNT);
  const amount = parseDecimal(text, token.decimal);
  if (!amount.ok) host.fail(`invalid amount ${text} ${amount.failure.message}`);
  if (amount.value <= 0n) host.fail(FAILURE.invalidAmount);
  return amount.value;
}

/** A balance that was read: what is in the entry, matured amounts folded in. */
export type Holding = {
  readonly holder: string;
  readonly symbol: string;
  readonly key: string;
  readonly entry: StateValue | undefined;
  readonly amount: bigint;
};

export function readBalance(host: Host, holder: string, symbol: string): Holding {
  const { state } = host;
  const key = balanceKey(holder, symbol);
  let entry = state.get(key);
  host.charge(entry === undefined ? READ_ABSENT : READ_PRESENT);
  // What a publisher brought along was reserved after folding, so there is no list to look at.
  const isReserved = holder === host.publisher && state.carries(key);
  if (!isReserved && foldMatured(state, holder, symbol, host.block.time)) entry = state.get(key);
  return { holder, symbol, key, entry, amount: amountOf(entry) };
}

/** Fails where the holder has less than the amount. */
export function checkEnough(
  host: Host,
  token: TokenDefinition,
  { holder, symbol, amount: balance }: Holding,
  amount: bigint,
): void {
  if (balance >= amount) return;
  requireExact(host, holder, symbol);
  host.charge(COST.get);
  const has = formatDecimal(balance, token.decimal);
  host.fail(`balance not enough ${has} < ${formatDecimal(amount, token.decimal)}`);
}

/** Takes an amount that is there. Nothing else may have changed the entry since it was read. */
export function takeFrom(host: Host, { key, entry }: Holding, amount: bigint): void {
  host.touchedBefore(key);
  host.charge(WRITE_BALANCE);
  assert(entry?.kind === 'int', 'what is taken from was found to be enough');
  host.state.update(key, { kind: 'int', value: entry.value - amount, payer: entry.payer });
}

/** Takes what the text says out of a holder's balance; transfer before 1.0.3 has another order. */
export function withdraw(
  host: Host,
  holder: string,
  symbol: string,
  token: TokenDefinition,
  text: string,
): bigint {
  checkHolder(host, holder);
  const amount = readAmount(host, token, text);
  host.checkGas();
  const holding = readBalance(host, holder, symbol);
  checkEnough(host, token, holding, amount);
  takeFrom(host, holding, amount);
  host.checkGas();
  return amount;
}

/** Notes a movement out of an account for the amount limits (spec §5.13). */
export function noteSpend(
  host: Host,
  holder: string,
  symbol: string,
  token: TokenDefinition,
  amount: bigint,
): void {
  if (!isContractId(holder)) host.spends.push({ token: symbol, decimal: token.decimal, amount });
}

/** The receiving end of a movement: the key of its entry, and whether the transaction used it before. */
export type Receiver = { readonly id: string; readonly key: string; readonly touched: boolean };

/** Charges for reading the receiver's balance. */
export function readReceiver(host: Host, id: string, symbol: string): Receiver {
  const key = balanceKey(id, symbol);
  const touched = host.touchedBefore(key);
  host.charge(touched ? READ_PRESENT : READ_ABSENT);
  return { id, key, touched };
}

/** Adds the amount to the receiver, wherever it lives. The publisher pays for a new entry. */
export function giveTo(
  host: Host,
  { id, key, touched }: Receiver,
  symbol: string,
  amount: bigint,
): void {
  host.charge(WRITE_BALANCE);
  const { state } = host;
  const entry = state.find(key);
  if (entry !== undefined && entry !== ELSEWHERE) {
    creditEntry(state, key, entry, id, symbol, amount, FREE_PAYER);
    return;
  }
  checkHolderKey(host, `TB${id}`);
  // What a block does by itself costs nobody.
  const isCharged = entryCostsRam(id, symbol) && !isSystemContract(host.publisher);
  const payer = isCharged ? host.publisher : FREE_PAYER;
  if (entry === undefined) {
    creditEntry(state, key, entry, id, symbol, amount, payer);
    if (payer !== FREE_PAYER) host.payRam(payer, entryBytes(id, symbol, payer));
    return;
  }
  const pays = payer !== FREE_PAYER && !touched && !host.fact(entryFact(symbol, id)).yes;
  if (pays) host.payRam(payer, entryBytes(id, symbol, payer));
  host.emit({ kind: 'token', to: id, token: symbol, amount, payer: pays ? payer : '' });
}

/** `issue` and `transferFreeze` take any text for an id; not every text can be part of a key. */
function checkHolderKey(host: Host, key: string): void {
  const problem = checkKey(key);
  if (problem !== undefined) host.fail(problem);
}

/** Adds an amount that the receiver can spend from `unfreezeTime` on. */
export function freezeFor(
  host: Host,
  receiver: string,
  symbol: string,
  amount: bigint,
  unfreezeTime: bigint,
): void {
  checkHolderKey(host, `TF${receiver}`);
  host.charge(WRITE_FREEZE);
  const payer = host.publisher;
  host.payRam(payer, FROZEN_ITEM_BYTES);
  host.credit({ kind: 'freeze', to: receiver, token: symbol, amount, unfreezeTime, payer });
}
