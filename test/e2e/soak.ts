/**
 * The long runs that are too slow for the suite: `npm run soak` all of them, or the ones that are
 * named. Each asserts what it is about and prints figures.
 *
 *   kills    20 × kill -9 under load at random moments; `--seed N` repeats one history of moments
 *   memory   1,000,000 transfers: the node's own memory stays below 1 GiB and does not grow with
 *            history. Mapped pages of its files, which the system takes back whenever it needs them,
 *            grow with the index of transactions and not with the blocks. Both together are shown
 *   contracts  1,000 contracts on one shard, published and called in turn: less than 1 MiB for each
 *   faults   four validators under everything that may happen to one or two of them: kills, sleep,
 *            cuts, a wiped disk, wrong clocks; `--only WORDS` chooses scenes by name
 *   catch-up   a node 10,000 blocks behind (`--blocks N`) is at least five times as fast as the chain
 *   committee  17 validators on this machine under light load for ten minutes (`--minutes N`): final
 *            within two seconds, and one history
 */

import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { RunningNode } from '#test/support/running-node.ts';
import { runCatchUp } from './catch-up.ts';
import { runCommittee } from './committee.ts';
import { audit } from './crash/audit.ts';
import { killUnderLoad } from './crash/kills.ts';
import { Load } from './crash/load.ts';
import { WorkFactory } from './crash/work.ts';
import { runContracts } from './many-contracts.ts';
import { runNetworkFaults } from './network-faults.ts';

/** What the bench genesis has. */
const ACCOUNTS = 10_000;
const KILLS = 20;
const MEMORY_TRANSACTIONS = 1_000_000;
const MEMORY_WINDOW = 8000;
const MEMORY_STEP = 100_000;
const OWN_BYTES_MAX = 2 ** 30;
/** From the first half of the run to the second: what is left of warming up. */
const OWN_GROWTH_MAX = 64 * 2 ** 20;
/** For each transaction of the second half. Its block takes some 800 bytes. */
const MAPPED_GROWTH_MAX = 128;

const RUNS: Readonly<Record<string, (seed: number, shards: number) => Promise<void>>> = {
  kills: runKills,
  memory: runMemory,
  contracts: runContracts,
  faults: () => runNetworkFaults(values.only),
  'catch-up': (_seed, shards) => runCatchUp(Number(values.blocks), shards),
  committee: () => runCommittee(Number(values.minutes)),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    shards: { type: 'string', default: '2' },
    blocks: { type: 'string', default: '10000' },
    only: { type: 'string', default: '' },
    minutes: { type: 'string', default: '10' },
  },
});

for (const name of positionals.length === 0 ? Object.keys(RUNS) : positionals) {
  const run = RUNS[name];
  assert.ok(run !== undefined, `there is ${Object.keys(RUNS).join(' and ')}, but no ${name}`);
  console.log(`${name}: seed ${values.seed}, ${values.shards} shard(s)`);
  const startedMs = performance.now();
  await run(Number(values.seed), Number(values.shards));
  console.log(`${name}: passed in ${((performance.now() - startedMs) / 1000).toFixed(0)} s`);
}

async function runKills(seed: number, shards: number): Promise<void> {
  const report = await killUnderLoad({
    seed,
    kills: KILLS,
    shards,
    accounts: ACCOUNTS,
    lifeMsMax: 4000,
    window: 4000,
    onKill: (done, { final, known, refusals }) => {
      const refused = [...refusals].map(([text, count]) => `${count} × ${text}`).join(', ');
      console.log(`  kill ${done}: ${final} final, ${known} executed before, refused: ${refused}`);
    },
  });
  console.log(`  ${JSON.stringify(report)}`);
}

async function runMemory(_seed: number, shards: number): Promise<void> {
  const load = new Load(new WorkFactory(ACCOUNTS, 'transfers'), MEMORY_WINDOW);
  const node = await RunningNode.start({ profile: 'bench', shards });
  try {
    await load.connect(node.websocketUrl);
    const startedMs = performance.now();
    const steps: MemoryStep[] = [];
    for (let next = MEMORY_STEP; next <= MEMORY_TRANSACTIONS; next += MEMORY_STEP) {
      let most = 0;
      let mostOwn = 0;
      while (load.final < next) {
        await sleep(100);
        const { ownBytes, mappedBytes } = node.memory();
        most = Math.max(most, ownBytes + mappedBytes);
        mostOwn = Math.max(mostOwn, ownBytes);
      }
      const rate = load.final / ((performance.now() - startedMs) / 1000);
      const { mappedBytes } = node.memory();
      steps.push({ final: load.final, mostOwn, mappedBytes });
      console.log(
        `  ${load.final} final, ${rate.toFixed(0)}/s, ${mib(most)} MiB resident at most: ` +
          `${mib(mostOwn)} of its own, ${mib(mappedBytes)} of files`,
      );
    }
    await load.drain();
    load.close();
    requireBounded(steps);
    assert.equal((await node.stop()).code, 0);
    console.log(`  ${JSON.stringify(await audit(node.atRest, load))}`);
  } finally {
    load.close();
    await node.remove();
  }
}

type MemoryStep = {
  readonly final: number;
  /** Largest of its own within the step. */
  readonly mostOwn: number;
  readonly mappedBytes: number;
};

function requireBounded(steps: readonly MemoryStep[]): void {
  const half = steps.slice(0, steps.length / 2);
  const [middle, last] = [half.at(-1), steps.at(-1)];
  assert.ok(middle !== undefined && last !== undefined, 'the run has steps');
  const largest = (of: readonly MemoryStep[]) => Math.max(...of.map(({ mostOwn }) => mostOwn));
  assert.ok(largest(steps) < OWN_BYTES_MAX, `${mib(largest(steps))} MiB were its own`);
  const grown = largest(steps) - largest(half);
  assert.ok(grown < OWN_GROWTH_MAX, `its own memory grew by ${mib(grown)} MiB`);
  const mapped = (last.mappedBytes - middle.mappedBytes) / (last.final - middle.final);
  assert.ok(mapped < MAPPED_GROWTH_MAX, `${mapped.toFixed(0)} bytes were mapped per transaction`);
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}
