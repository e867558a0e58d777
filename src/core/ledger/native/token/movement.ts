/**
 * The steps that the ABIs of token.iost share, each with the gas that the reference charges for it.
 *
 * What a movement costs must not depend on where the receiver lives, so its side is charged as for a
 * receiver without an entry, unless the same transaction has touched the entry before; matured frozen
 * amounts are folded in without charge on either side.
 */

import {
  credit,
  debitStored,
  entryBytes,
  entryCostsRam,
  FREE_PAYER,
  foldMatured,
  storedBalance,
} from '../../balances.ts';
import { FAILURE } from '../../contract-failure.ts';
import { COST } from '../../costs.ts';
import { formatDecimal, parseDecimal, refineAmount } from '../../decimal.ts';
import { entryFact } from '../../facts.ts';
import { FROZEN_ITEM_BYTES } from '../../freezes.ts';
import type { Host } from '../../host.ts';
import { checkKey } from '../../map-index.ts';
import { balanceKey, isContractId } from '../../state-key.ts';
import { ELSEWHERE } from '../../state-overlay.ts';
import { utf8Bytes } from '../../state-value.ts';
import { type TokenDefinition, tokenDefinition } from '../../token-definition.ts';

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
  const token = tokenDefinition(host.state, symbol, host.block.number);
  return token ?? host.fail(FAILURE.tokenMissing);
}

/** The amount as it will stand in the receipt (versions from 1.0.2 on). */
export function refine(host: Host, token: TokenDefinition, text: string): string {
  host.charge(COST.get);
  const refined = refineAmount(text, token.decimal);
  return refined.ok ? refined.value : host.fail(refined.failure.message);
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

/** The holder's balance with what has matured. */
export function readBalance(host: Host, holder: string, symbol: string): bigint {
  const key = balanceKey(holder, symbol);
  const isPresent = host.state.has(key);
  host.charge(isPresent ? READ_PRESENT : READ_ABSENT);
  // What a publisher brought along was reserved after folding, so there is no list to look at.
  if (!host.state.carries(key) || holder !== host.publisher) {
    foldMatured(host.state, holder, symbol, host.block.time);
  }
  return storedBalance(host.state, holder, symbol);
}

/** Fails where the holder has less than the amount. */
export function checkEnough(
  host: Host,
  token: TokenDefinition,
  balance: bigint,
  amount: bigint,
): void {
  if (balance >= amount) return;
  host.charge(COST.get);
  const has = formatDecimal(balance, token.decimal);
  host.fail(`balance not enough ${has} < ${formatDecimal(amount, token.decimal)}`);
}

/** Takes an amount that is there. */
export function takeFrom(host: Host, holder: string, symbol: string, amount: bigint): void {
  host.touchedBefore(balanceKey(holder, symbol));
  host.charge(WRITE_BALANCE);
  debitStored(host.state, holder, symbol, amount);
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

/** Charges for reading the receiver's balance; answers whether this transaction touched it before. */
export function chargeReceiver(host: Host, receiver: string, symbol: string): boolean {
  const touched = host.touchedBefore(balanceKey(receiver, symbol));
  host.charge(touched ? READ_PRESENT : READ_ABSENT);
  return touched;
}

/** Adds the amount to the receiver, wherever it lives. The publisher pays for a new entry. */
export function giveTo(
  host: Host,
  receiver: string,
  symbol: string,
  amount: bigint,
  touched: boolean,
): void {
  const problem = checkKey(`TB${receiver}`);
  if (problem !== undefined) host.fail(problem);
  host.charge(WRITE_BALANCE);
  const { state, publisher } = host;
  const payer = entryCostsRam(receiver, symbol) ? publisher : FREE_PAYER;
  if (state.find(balanceKey(receiver, symbol)) !== ELSEWHERE) {
    const isNew = credit(state, receiver, symbol, amount, payer);
    if (isNew && payer !== FREE_PAYER) host.payRam(payer, entryBytes(receiver, symbol, payer));
    return;
  }
  const pays = payer !== FREE_PAYER && !touched && !host.fact(entryFact(symbol, receiver)).yes;
  if (pays) host.payRam(payer, entryBytes(receiver, symbol, payer));
  host.emit({ kind: 'token', to: receiver, token: symbol, amount, payer: pays ? payer : '' });
}

/** Adds an amount that the receiver can spend from `unfreezeTime` on. */
export function freezeFor(
  host: Host,
  receiver: string,
  symbol: string,
  amount: bigint,
  unfreezeTime: bigint,
): void {
  const problem = checkKey(`TF${receiver}`);
  if (problem !== undefined) host.fail(problem);
  host.charge(WRITE_FREEZE);
  const payer = host.publisher;
  host.payRam(payer, FROZEN_ITEM_BYTES);
  host.credit({ kind: 'freeze', to: receiver, token: symbol, amount, unfreezeTime, payer });
}
