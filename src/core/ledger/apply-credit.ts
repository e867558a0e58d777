/**
 * Books an effect that commutes and cannot fail (cross-shard.md, mechanism 2): from a channel where
 * it comes from another chain, at once where sender and receiver share one.
 */

import { assertNever } from '../assert.ts';
import {
  credit as creditBalance,
  creditEntry,
  entryBytes,
  FREE_PAYER,
  refundRam,
} from './balances.ts';
import type { Credit } from './credit.ts';
import { addFrozen, FROZEN_ITEM_BYTES } from './freezes.ts';
import { addPledge, readGas, removePledge, writeGas } from './gas.ts';
import { changePledge } from './pledges.ts';
import type { BlockContext } from './ports.ts';
import { bookUse } from './ram-lease.ts';
import { accountKey, balanceKey, freezeKey, gasKey } from './state-key.ts';
import { ELSEWHERE, type StateOverlay } from './state-overlay.ts';

const NO_FOLLOW_UPS: readonly Credit[] = [];

/**
 * Applies `credit` and answers the credits that follow from it, or `ELSEWHERE`, with nothing done,
 * where its target is on another chain.
 */
export function applyCredit(
  state: StateOverlay,
  credit: Credit,
  block: BlockContext,
): readonly Credit[] | typeof ELSEWHERE {
  switch (credit.kind) {
    case 'token':
      return applyToken(state, credit);
    case 'freeze':
      return applyFreeze(state, credit);
    case 'account':
      return applyAccount(state, credit.id, credit.record);
    case 'pledge':
      return applyPledge(state, credit, block.time);
    case 'ramRefund':
      if (state.find(balanceKey(credit.account, 'ram')) === ELSEWHERE) return ELSEWHERE;
      refundRam(state, credit.account, credit.bytes);
      return NO_FOLLOW_UPS;
    case 'ramUse':
      bookUse(state, credit.account, credit);
      return NO_FOLLOW_UPS;
    default:
      return assertNever(credit);
  }
}

function applyToken(
  state: StateOverlay,
  { to, token, amount, payer }: Credit & { readonly kind: 'token' },
): readonly Credit[] | typeof ELSEWHERE {
  const key = balanceKey(to, token);
  const entry = state.find(key);
  if (entry === ELSEWHERE) return ELSEWHERE;
  const isNew = creditEntry(state, key, entry, to, token, amount, payer);
  if (isNew || payer === '') return NO_FOLLOW_UPS;
  // Somebody else's transfer came first and has paid for the entry.
  const bytes = BigInt(entryBytes(to, token, payer));
  return [{ kind: 'ramRefund', account: payer, bytes }];
}

function applyFreeze(
  state: StateOverlay,
  { to, token, amount, unfreezeTime, payer }: Credit & { readonly kind: 'freeze' },
): readonly Credit[] | typeof ELSEWHERE {
  if (state.find(freezeKey(to, token)) === ELSEWHERE) return ELSEWHERE;
  const ram = payer === to ? FROZEN_ITEM_BYTES : 0;
  addFrozen(state, to, token, { amount, unfreezeTime, ram });
  return NO_FOLLOW_UPS;
}

/** Stored like any account record: paid by auth.iost, that is by nobody (spec §6.6). */
function applyAccount(
  state: StateOverlay,
  id: string,
  record: string,
): readonly Credit[] | typeof ELSEWHERE {
  const key = accountKey(id);
  if (state.find(key) === ELSEWHERE) return ELSEWHERE;
  state.put(key, { kind: 'string', value: record, payer: 'auth.iost' });
  return NO_FOLLOW_UPS;
}

/**
 * The tokens join the pool of gas.iost on the chain of the user, whose gas they feed. A negative
 * amount leaves it again.
 */
function applyPledge(
  state: StateOverlay,
  { pledger, user, amount }: Credit & { readonly kind: 'pledge' },
  timeNs: bigint,
): readonly Credit[] | typeof ELSEWHERE {
  // Not where the user's gas is merely carried: the pool has to be on the user's own chain.
  if (state.placement.chainOf(gasKey(user)) !== state.chain) return ELSEWHERE;
  const record = readGas(state, user);
  const isTaken = amount < 0n;
  writeGas(
    state,
    user,
    isTaken ? removePledge(record, -amount, timeNs) : addPledge(record, amount, timeNs),
  );
  changePledge(state, pledger, user, amount);
  creditBalance(state, 'gas.iost', 'iost', amount, FREE_PAYER);
  return NO_FOLLOW_UPS;
}
