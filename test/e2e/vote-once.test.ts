/**
 * Goal: a validator never votes twice in a view, even if it is killed between the moment at which it
 * has decided and the moment at which it says so.
 * Method: a real validator is killed at exactly that point and started again, some times over; peers
 * of its own group, who know of no block, keep every vote that reaches them.
 */

import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { joinRecords } from '#actors/chain/vote-records.ts';
import { decodeMessage, encodeMessage } from '#core/bft/message-codec.ts';
import type { Fetch, Vote } from '#core/bft/messages.ts';
import { readLog } from '#core/bft/vote-log.ts';
import { base58Decode } from '#core/crypto/base58.ts';
import { hexOf } from '#core/crypto/hex.ts';
import { signerOfSeed } from '#core/crypto/key-pair.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { ChainReader } from '#io/lmdb/chain-reader.ts';
import { PeerNetwork } from '#io/net/peer-network.ts';
import type { PeerMessage } from '#io/net/wire-message.ts';
import { readGenesis } from '#node/read-genesis.ts';
import { ValidatorProcesses } from '#test/support/validator-processes.ts';

/** Leads the first view of every chain. */
const VICTIM = 0;
/** As many as it takes to tell the victim that nothing has happened yet. */
const SPIES = [1, 2];
const LIVES = 2;
const LIFE_MS = 2000;
const CHAIN_ID = 1020;
const KILLER = new URL('../support/preload/kill-before-send.ts', import.meta.url).href;

const network = await ValidatorProcesses.prepare({ validators: 4, shards: 1 });
/** By kind, chain and view: the hashes that the victim voted for. */
const heard = new Map<string, Set<string>>();
const spies = SPIES.map((index) => spyOn(network, index));

after(async () => {
  await Promise.all(spies.map((spy) => spy.stop()));
  await network.remove();
});

function spyOn({ validators }: ValidatorProcesses, index: number): PeerNetwork {
  const { config } = validators[index] as { config: string };
  const { identity } = JSON.parse(readFileSync(config, 'utf8')) as {
    identity: { devSecretKey: string };
  };
  const seed = (base58Decode(identity.devSecretKey) as Uint8Array).subarray(0, 32);
  const keys = validators.map(({ publicKey }) => hexOf(base58Decode(publicKey) as Uint8Array));
  const genesis = readGenesis(join(dirname(dirname(config)), 'genesis.json')).id;
  const spy = new PeerNetwork({
    host: '127.0.0.1',
    port: 0,
    announce: null,
    peers: [(validators[VICTIM] as { p2p: string }).p2p],
    seeds: [],
    discovery: false,
    records: [],
    inboundMax: 4,
    outboundMax: 4,
    connectionsPerHostMax: 16,
    terms: { chainId: CHAIN_ID, genesis, shards: 1 },
    signer: signerOfSeed(seed),
    validators: keys,
    messageBytesMax: 8_000_000,
    smallMessageBytesMax: 1_000_000,
    events: {
      onConnected: () => {},
      onGone: () => {},
      log: () => {},
      onMessage: (peer, message) => {
        const said = message.kind === 'bft' ? decodeMessage(message.bytes) : undefined;
        if (said?.kind === 'fetch') spy.send(peer, knowingNothing(said));
        if (said !== undefined && 'member' in said) note(said);
      },
    },
  });
  return spy;
}

function note({ kind, chain, view, member, blockHash }: Vote): void {
  assert.equal(member, VICTIM, 'nobody else votes');
  const place = `${kind} ${chain} ${view}`;
  const hash = blockHash === undefined ? '' : hexOf(blockHash);
  heard.set(place, new Set([...(heard.get(place) ?? []), hash]));
}

/** The answer of a member that has not seen a block of the epoch. */
function knowingNothing({ chain, epoch }: Fetch): PeerMessage {
  const reply = { kind: 'fetchReply', chain, epoch, certificates: [], proposals: [] } as const;
  return { kind: 'bft', chain, bytes: encodeMessage(reply) };
}

/** What the victim has written down about its first view of the root chain. */
async function loggedHash(): Promise<string | undefined> {
  const reader = ChainReader.open(network.dataDir(VICTIM), ROOT_CHAIN);
  try {
    // The epoch stands before the slash.
    const records = joinRecords(reader.votes()).map(({ key, value }) => ({
      key: key.slice(key.indexOf('/') + 1),
      value,
    }));
    const [first] = readLog(records);
    const hash = first?.votes.find(({ kind }) => kind === 'notarize')?.blockHash;
    return hash === undefined ? undefined : hexOf(hash);
  } finally {
    await reader.close();
  }
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    assert.ok(tries < 1200, `${what}: ${network.log(VICTIM)}`);
    await sleep(50);
  }
}

test('killed between vote and send, a validator says the same vote again and no other', async () => {
  await Promise.all(spies.map((spy) => spy.start()));
  network.start(VICTIM, [], {
    NODE_OPTIONS: `--import ${KILLER}`,
    TEST_KILL_CHAIN: String(ROOT_CHAIN),
  });
  assert.equal(await network.ended(VICTIM), 'SIGKILL', network.log(VICTIM));
  const first = `notarize ${ROOT_CHAIN} 1`;
  assert.equal(heard.has(first), false, 'the vote had not left');
  const hash = await loggedHash();
  assert.ok(hash !== undefined, 'the vote was on disk');
  for (let life = 0; life < LIVES; life++) {
    heard.delete(first);
    network.start(VICTIM);
    await until('it says its vote again', () => heard.has(first));
    await sleep(LIFE_MS);
    assert.deepEqual([...(heard.get(first) ?? [])], [hash]);
    assert.equal(await network.end(VICTIM, 'SIGKILL'), null);
  }
  for (const [place, hashes] of heard) assert.equal(hashes.size, 1, `two votes: ${place}`);
  for (const place of heard.keys()) {
    if (!place.startsWith('nullify')) continue;
    assert.equal(heard.has(place.replace('nullify', 'finalize')), false, `both: ${place}`);
  }
});
