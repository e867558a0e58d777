/**
 * Kills a node again and again while it is under load, each time at another moment of its life, and
 * checks after the last restart that nothing it had promised is lost (issue: 20 × `kill -9`).
 */

import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { RunningNode } from '#test/support/running-node.ts';
import { SeededRandom } from '#test/support/seeded-random.ts';
import { type Audit, audit } from './audit.ts';
import { benchGenesis } from './bench-genesis.ts';
import { Load } from './load.ts';
import { WorkFactory } from './work.ts';

/** About how long a start takes. */
const START_MS = 1500;

export type KillPlan = {
  readonly seed: number;
  readonly kills: number;
  readonly shards: number;
  readonly accounts: number;
  /** Longest time between ready and killed. */
  readonly lifeMsMax: number;
  /** Transactions sent and not final. */
  readonly window: number;
  readonly onKill?: (done: number, load: Load) => void;
};

export type KillReport = Audit & { readonly final: number; readonly known: number };

export async function killUnderLoad(plan: KillPlan): Promise<KillReport> {
  const random = new SeededRandom(plan.seed);
  const load = new Load(new WorkFactory(plan.accounts), plan.window);
  const node = await RunningNode.prepare({
    profile: 'bench',
    shards: plan.shards,
    settings: { genesis: benchGenesis(plan.accounts) },
  });
  try {
    for (let done = 0; done < plan.kills; done++) {
      if (done % 3 === 0) {
        // Not even started: the first time while genesis is being stored.
        node.launch();
        await sleep(random.below(START_MS));
      } else {
        await node.start();
        await load.connect(node.websocketUrl);
        await sleep(random.below(plan.lifeMsMax));
      }
      const { signal } = await node.kill();
      assert.equal(signal, 'SIGKILL');
      plan.onKill?.(done + 1, load);
    }
    await node.start();
    await load.connect(node.websocketUrl);
    await sleep(plan.lifeMsMax);
    await load.drain();
    load.close();
    const { code, stderr } = await node.stop();
    assert.equal(code, 0, stderr);
    assert.ok(load.final > 0, 'something was final');
    const { final, known } = load;
    return { ...(await audit(node.atRest, load)), final, known };
  } finally {
    load.close();
    await node.remove();
  }
}
