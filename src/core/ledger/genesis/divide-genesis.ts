/**
 * Divides a state among the chains by the anchor of each key. What every chain has a part of (`local`)
 * is placed by what it is: the pool behind gas pledges lies where the pledges lie, and every chain is
 * told which accounts and tokens exist.
 */

import { assert } from '../../assert.ts';
import { ChainPlacement } from '../../eds/chain-placement.ts';
import type { ShardMap } from '../../eds/shard-map.ts';
import { accountFact, factValue, tokenFact } from '../facts.ts';
import { fieldsOf, withField } from '../map-index.ts';
import { ROOT_CHAIN } from '../ports.ts';
import {
  accountAnchor,
  accountKey,
  anchorOf,
  balanceKey,
  factKey,
  LOCAL_ANCHOR,
  mapIndexKey,
} from '../state-key.ts';
import type { StateValue } from '../state-value.ts';
import { readTokenDefinition } from '../token-definition.ts';
import type { StateMap } from './state-map.ts';

const ACCOUNT = accountKey('');
const FACT = factKey('');
const PLEDGE = /^m-gas\.iost-.+gp-[^-]+$/;
const PLEDGE_INDEX = /^m-gas\.iost-.+gp$/;
const ISSUER = /^m-token\.iost-TI(.+)-issuer$/;
const GAS_POOL = balanceKey('gas.iost', 'iost');
const GAS_POOL_INDEX = mapIndexKey('token.iost', 'TBgas.iost');

export function divideGenesis(whole: StateMap, shards: ShardMap): ReadonlyMap<number, StateMap> {
  const placement = new ChainPlacement(shards, ROOT_CHAIN);
  const chains = new Map<number, Map<string, StateValue>>();
  for (const { shard } of shards.leaves) chains.set(shard, new Map());
  chains.set(ROOT_CHAIN, new Map());
  for (const [key, value] of whole) {
    const anchor = anchorOf(key);
    if (anchor !== LOCAL_ANCHOR) put(chains, placement.chainOfAnchor(anchor), key, value);
    else if (key === GAS_POOL) dividePool(chains, whole, placement);
    else if (PLEDGE_INDEX.test(key)) divideIndex(chains, key, value, placement);
    else assert(key === GAS_POOL_INDEX || key.startsWith(FACT), `${key} has a place`);
  }
  tellFacts(chains, whole);
  return chains;
}

/** Each chain holds the IOST that back the pledges of its own accounts. */
function dividePool(
  chains: Map<number, Map<string, StateValue>>,
  whole: StateMap,
  placement: ChainPlacement,
): void {
  const pool = whole.get(GAS_POOL);
  assert(pool?.kind === 'int', 'a balance is an integer');
  const parts = new Map<number, bigint>();
  let pledged = 0n;
  for (const [key, value] of whole) {
    if (!PLEDGE.test(key)) continue;
    assert(value.kind === 'int' || value.kind === 'decimal', 'a pledge is a number');
    const chain = placement.chainOfAnchor(anchorOf(key));
    parts.set(chain, (parts.get(chain) ?? 0n) + value.value);
    pledged += value.value;
  }
  assert(pledged === pool.value, 'the gas pool holds what was pledged');
  const index = whole.get(GAS_POOL_INDEX);
  for (const [chain, value] of parts) {
    put(chains, chain, GAS_POOL, { ...pool, value });
    if (index !== undefined) put(chains, chain, GAS_POOL_INDEX, index);
  }
}

/** Each chain lists the users of its own. */
function divideIndex(
  chains: Map<number, Map<string, StateValue>>,
  key: string,
  index: StateValue,
  placement: ChainPlacement,
): void {
  for (const user of fieldsOf(index)) {
    const chain = placement.chainOfAnchor(accountAnchor(user));
    put(chains, chain, key, withField(chains.get(chain)?.get(key), user));
  }
}

/** Accounts for the chains that do not hold them, tokens for those that do not define them. */
function tellFacts(chains: Map<number, Map<string, StateValue>>, whole: StateMap): void {
  const accountExists = factValue({ yes: true }, 0);
  for (const key of whole.keys()) {
    if (key.startsWith(ACCOUNT)) {
      const fact = factKey(accountFact(key.slice(ACCOUNT.length)));
      for (const state of chains.values()) if (!state.has(key)) state.set(fact, accountExists);
      continue;
    }
    const symbol = ISSUER.exec(key)?.[1];
    if (symbol === undefined) continue;
    const definition = readTokenDefinition(whole, symbol);
    assert(definition !== undefined, 'a token with an issuer is defined');
    const tokenExists = factValue({ yes: true, value: definition }, 0);
    const fact = factKey(tokenFact(symbol));
    for (const [chain, state] of chains) if (chain !== ROOT_CHAIN) state.set(fact, tokenExists);
  }
}

function put(
  chains: Map<number, Map<string, StateValue>>,
  chain: number,
  key: string,
  value: StateValue,
): void {
  const state = chains.get(chain);
  assert(state !== undefined, `chain ${chain} of ${key} exists`);
  state.set(key, value);
}
