/**
 * A thousand contracts on one shard: all published, and called in turn, so that none of them is called
 * again before all others were. What each has counted in its storage must be the calls that it got.
 */

import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Action } from '#core/chain/transaction.ts';
import { publishedId } from '#core/ledger/published-id.ts';
import { RunningNode } from '#test/support/running-node.ts';
import { audit } from './crash/audit.ts';
import { Load } from './crash/load.ts';
import { signedWork, type Work } from './crash/work.ts';

const CONTRACTS = 1000;
const ROUNDS = 10;
/** What is open must be less than all contracts, or one would be called before it is there. */
const WINDOW = 128;
/** A node answers within seconds, in which it has to check and instrument all of them. */
const FRAME = 32;
const PUBLISH_GAS = 100_000_000n;
const CALL_GAS = 10_000_000n;
const BYTES_MAX = 2 ** 20;
const POLL_MS = 50;

/** Publishes every contract, then calls them in turn. */
class ContractWork {
  readonly ids: string[] = [];
  #sequence = 0;

  next(): Work {
    const sequence = this.#sequence++;
    if (sequence >= CONTRACTS) {
      const contract = this.ids[sequence % CONTRACTS] as string;
      const action = { contract, actionName: 'visit', data: JSON.stringify([`guest ${sequence}`]) };
      return signedWork(sequence % CONTRACTS, sequence, action, CALL_GAS);
    }
    const work = signedWork(sequence, sequence, publication(sequence), PUBLISH_GAS);
    this.ids.push(publishedId(work.id));
    return work;
  }
}

function publication(number: number): Action {
  const abi = [{ name: 'visit', args: ['string'], amountLimit: [] }];
  const info = { lang: 'javascript', version: '1.0.0', abi };
  const code = JSON.stringify({ ID: '', info, code: sourceOf(number) });
  return { contract: 'system.iost', actionName: 'setCode', data: JSON.stringify([code]) };
}

/** No two are the same, so that nothing can be shared between them. */
function sourceOf(number: number): string {
  return `const NUMBER = ${number};
class Book${number} {
  init() {
    storage.put('count', '0');
    storage.put('last', 'nobody has been here');
  }
  visit(name) {
    const count = Number(storage.get('count')) + 1;
    storage.put('count', count.toString());
    storage.put('last', this._shortened(name));
    blockchain.event(JSON.stringify([NUMBER, count, name]));
    return [NUMBER, count];
  }
  _shortened(name) {
    const words = name.split(' ').filter((word) => word.length > 0);
    return words.map((word) => word.slice(0, 8)).join(' ');
  }
}
module.exports = Book${number};`;
}

export async function runContracts(): Promise<void> {
  const work = new ContractWork();
  const load = new Load(work, WINDOW, FRAME);
  const node = await RunningNode.start({ profile: 'bench', shards: 1 });
  try {
    const before = node.memory().ownBytes;
    await load.connect(node.websocketUrl);
    for (let round = 0; round <= ROUNDS; round++) {
      const startedMs = performance.now();
      while (load.final < (round + 1) * CONTRACTS) await sleep(POLL_MS);
      const seconds = (performance.now() - startedMs) / 1000;
      const what = round === 0 ? 'published' : 'called';
      const { ownBytes } = node.memory();
      console.log(
        `  ${CONTRACTS} contracts ${what} in ${seconds.toFixed(1)} s (${(CONTRACTS / seconds).toFixed(0)}/s), ` +
          `${((ownBytes - before) / CONTRACTS / 1024).toFixed(0)} KiB more resident for each`,
      );
      assert.ok(ownBytes - before < CONTRACTS * BYTES_MAX, 'a contract takes less than 1 MiB');
    }
    await load.drain();
    assert.deepEqual([...load.refusals], []);
    const calls = load.final - CONTRACTS;
    const counts = await countsOf(node, work.ids);
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      calls,
    );
    console.log(
      `  ${calls} calls, of each contract ${Math.min(...counts)} to ${Math.max(...counts)}`,
    );
    load.close();
    const { code, stderr } = await node.stop();
    assert.equal(code, 0, stderr);
    console.log(`  ${JSON.stringify(await audit(node.atRest, load))}`);
  } finally {
    load.close();
    await node.remove();
  }
}

/** What each contract has counted, from its storage. */
async function countsOf(node: RunningNode, ids: readonly string[]): Promise<readonly number[]> {
  const counts: number[] = [];
  for (const id of ids) {
    const body = JSON.stringify({ id, key: 'count', by_longest_chain: true });
    const response = await fetch(`${node.rpcUrl}/getContractStorage`, { method: 'POST', body });
    counts.push(Number(((await response.json()) as { data: string }).data));
  }
  return counts;
}
