/** An account, its balances and votes in the shape of the API's answers (spec go-iost §4.4, §4.5). */

import { formatDecimal } from '#core/ledger/decimal.ts';
import type { AccountView } from '#core/ledger/views/account-view.ts';
import type { FrozenBalanceView } from '#core/ledger/views/token-view.ts';
import type { VoteView } from '#core/ledger/views/vote-view.ts';
import type { AccountMessage } from './messages.ts';
import { hundredths } from './transaction-view.ts';

const IOST_DECIMALS = 8;

type Item = AccountView['permissions'][string]['items'][number];

export function accountMessage(view: AccountView): AccountMessage {
  const { gas, ram } = view;
  return {
    name: view.id,
    balance: scaled(view.balance, IOST_DECIMALS),
    gas_info: {
      current_total: hundredths(gas.current),
      // Transferable gas is a retired feature; the field is not.
      transferable_gas: 0,
      pledge_gas: hundredths(gas.current),
      increase_speed: gas.increaseSpeed,
      limit: hundredths(gas.limit),
      pledged_info: gas.pledgedFor.map(({ user, amount }) => ({
        pledger: user,
        amount: scaled(amount, IOST_DECIMALS),
      })),
    },
    ram_info: ram,
    permissions: Object.entries(view.permissions).map(
      ([name, permission]) =>
        [
          name,
          {
            name: permission.name,
            group_names: permission.groups,
            items: permission.items.map(itemMessage),
            threshold: permission.threshold,
          },
        ] as const,
    ),
    groups: Object.entries(view.groups).map(
      ([name, group]) => [name, { name: group.name, items: group.items.map(itemMessage) }] as const,
    ),
    frozen_balances: frozenMessages(view.frozen, IOST_DECIMALS),
    vote_infos: voteMessages(view.votes),
    balance_string: formatDecimal(view.balance, IOST_DECIMALS),
  };
}

export function frozenMessages(frozen: readonly FrozenBalanceView[], decimals: number) {
  return frozen.map(({ amount, time }) => ({ amount: scaled(amount, decimals), time }));
}

export function voteMessages(votes: readonly VoteView[]) {
  return votes.map((vote) => ({
    option: vote.option,
    votes: Number(vote.votes),
    cleared_votes: Number(vote.clearedVotes),
  }));
}

/** The double that the reference shows for a fixed-point number. */
export function scaled(value: bigint, decimals: number): number {
  return Number(value) / 10 ** decimals;
}

function itemMessage(item: Item) {
  return {
    id: item.id,
    is_key_pair: item.is_key_pair,
    weight: item.weight,
    permission: item.is_key_pair ? '' : item.permission,
  };
}
