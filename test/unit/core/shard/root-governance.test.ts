/** Locks of contracts on shards must not hold up what the root chain does by itself. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ChannelMessage, decodeMessage, encodeMessage } from '#core/atomix/message.ts';
import { ChainPlacement } from '#core/eds/chain-placement.ts';
import { ShardMap } from '#core/eds/shard-map.ts';
import { buildGenesis } from '#core/ledger/genesis/build-genesis.ts';
import { builtinContracts } from '#core/ledger/native/builtin-contracts.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { encodeStateValue, type StateValue } from '#core/ledger/state-value.ts';
import { BlockExecution } from '#core/shard/block-execution.ts';
import { readGenesis } from '#test/support/genesis.ts';

const GENESIS = readGenesis('dev');
const SHARDS = ShardMap.balanced(1);
const CONTRACTS = builtinContracts();
const SHARD = 0;
const PERIOD = 1_000_000;
const EXECUTED = 'b-base.iost-execBlockNumber';
const MEMBERS = [new Uint8Array(32).fill(1)];
const FIRST = new Uint8Array(32).fill(7);
const SECOND = new Uint8Array(32).fill(8);

describe('what the root does by itself, and locks', () => {
  const state = new Map(buildGenesis(GENESIS, CONTRACTS, SHARDS).chains.get(ROOT_CHAIN));
  let sent = 0;
  let height = 0;

  /** One root block that takes in these messages; answers what it sends back. */
  const block = (...messages: readonly ChannelMessage[]): readonly ChannelMessage['kind'][] => {
    height += 1;
    const context = {
      number: height,
      parentHash: new Uint8Array(32),
      witness: 'witness',
      time: GENESIS.initialTimestamp + BigInt(height) * 1_000_000_000n,
      chainId: 1020,
    };
    const execution = new BlockExecution(state, context, {
      placement: new ChainPlacement(SHARDS, ROOT_CHAIN),
      groups: {
        chainId: 1020,
        members: MEMBERS,
        rootEpochBlocks: PERIOD,
        shardEpochBlocks: PERIOD,
      },
      pob: undefined,
      contracts: CONTRACTS,
      engine: undefined,
      peers: [SHARD],
    });
    execution.resume();
    const batch = {
      source: SHARD,
      firstSeq: sent,
      messages: messages.map(encodeMessage),
      proof: new Uint8Array(),
    };
    if (messages.length > 0) assert.ok(execution.consume(batch));
    sent += messages.length;
    const { changes, outbox } = execution.close(1);
    for (const [key, value] of changes) {
      if (value === undefined) state.delete(key);
      else state.set(key, value);
    }
    return outbox.flatMap((entry) =>
      entry.messages.map((bytes) => decodeMessage(bytes)?.kind ?? ('nothing' as never)),
    );
  };
  const lock = (id: Uint8Array, ...keys: readonly string[]): ChannelMessage => ({
    kind: 'lock',
    id,
    since: 0n,
    keys,
    exclusive: false,
  });
  const executed = () => {
    const value = state.get(EXECUTED);
    return value?.kind === 'string' ? Number(value.value) : undefined;
  };

  test('while it waits for a lock nobody gets another one, and then it makes up for it', () => {
    assert.deepEqual(block(lock(FIRST, EXECUTED)), ['grant']);
    assert.equal(executed(), 1);
    // Its key is locked: it waits, and says no to whoever would come next.
    assert.deepEqual(block(lock(SECOND, 'b-vote_producer.iost-voteId')), ['refuse']);
    assert.equal(executed(), 1);
    const value = state.get(EXECUTED) as StateValue;
    const written = [{ key: EXECUTED, value: encodeStateValue(value) }];
    assert.deepEqual(block({ kind: 'decide', id: FIRST, written }), []);
    assert.equal(executed(), 1);
    assert.deepEqual(block(lock(SECOND, 'b-vote_producer.iost-voteId')), ['grant']);
    assert.equal(executed(), 4);
    // What it does not need may stay locked.
    block();
    assert.equal(executed(), 5);
  });
});
