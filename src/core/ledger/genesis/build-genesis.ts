/**
 * The first state of a network. It is made by the contracts themselves, run on one ledger that holds
 * everything and asks for no authority (block 0), and then divided among the chains. So it does not
 * depend on how many there are: every sum over the chains equals the whole.
 */

import { assert } from '../../assert.ts';
import { sha256, taggedHash } from '../../crypto/hash.ts';
import type { ShardMap } from '../../eds/shard-map.ts';
import type { ContractRegistry } from '../contract-registry.ts';
import { DEAD_ACCOUNT } from '../native/account-id.ts';
import type { BlockContext, Placement, StateReader } from '../ports.ts';
import { mapKey } from '../state-key.ts';
import { StateOverlay } from '../state-overlay.ts';
import { encodeStateValue, type StateValue } from '../state-value.ts';
import { systemCall } from '../system-call.ts';
import { divideGenesis } from './divide-genesis.ts';
import { genesisActions } from './genesis-actions.ts';
import type { Genesis } from './genesis-config.ts';
import { genesisPob } from './genesis-pob.ts';
import type { StateMap } from './state-map.ts';

export type GenesisState = {
  /** Committed state at height 0 by chain number, the root chain included. */
  readonly chains: ReadonlyMap<number, StateMap>;
  /** 32 bytes that name the network's beginning; the same at any number of shards. */
  readonly digest: Uint8Array;
};

const DIGEST_LABEL = 'IOST/genesis/v1';
/** Hashes that are hashed together; arguments of one call have to fit on the stack. */
const DIGEST_PARTS = 1024;
const NO_ID = new Uint8Array(32);
const NOTHING: StateReader = { get: () => undefined };
const WHOLE: Placement = { self: 0, chainOf: () => 0 };

/** `genesis` has passed `validateGenesis`. */
export function buildGenesis(
  genesis: Genesis,
  contracts: ContractRegistry,
  shards: ShardMap,
): GenesisState {
  const whole = wholeState(genesis, contracts);
  return { chains: divideGenesis(whole, shards), digest: digestOf(genesis, whole) };
}

/** The state as one ledger without shards would have it. */
export function wholeState(genesis: Genesis, contracts: ContractRegistry): StateMap {
  const overlay = new StateOverlay(NOTHING, WHOLE);
  const block = genesisBlock(genesis);
  for (const action of genesisActions(genesis)) {
    overlay.begin();
    const credits = systemCall({ overlay, block, contracts }, DEAD_ACCOUNT, action);
    assert(credits.length === 0, 'a ledger that holds everything sends nothing away');
    overlay.commit();
  }
  const state = new Map<string, StateValue>();
  for (const [key, value] of overlay.changes()) if (value !== undefined) state.set(key, value);
  for (const id of contracts.ids()) {
    const owner: StateValue = { kind: 'string', value: genesis.admin.id, payer: 'system.iost' };
    state.set(mapKey('system.iost', 'contract_owner', id), owner);
  }
  for (const [key, value] of genesisPob(genesis)) state.set(key, value);
  return state;
}

function genesisBlock(genesis: Genesis): BlockContext {
  return {
    number: 0,
    parentHash: NO_ID,
    witness: '',
    time: genesis.initialTimestamp,
    chainId: 0,
  };
}

/** Commits to every key, value and the initial time. */
function digestOf(genesis: Genesis, state: StateMap): Uint8Array {
  let digest = sha256(`${genesis.name}/${genesis.initialTimestamp}`);
  let parts: Uint8Array[] = [];
  for (const key of [...state.keys()].sort()) {
    parts.push(sha256(key), sha256(encodeStateValue(state.get(key) as StateValue)));
    if (parts.length < DIGEST_PARTS) continue;
    digest = taggedHash(DIGEST_LABEL, digest, ...parts);
    parts = [];
  }
  return taggedHash(DIGEST_LABEL, digest, ...parts);
}
