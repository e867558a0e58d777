/** CPU time of each thread of a process, from `/proc` (Linux; elsewhere there is none). */

import { readdirSync, readFileSync } from 'node:fs';

/** CPU microseconds since its start, by thread id and name. */
export type ThreadTimes = ReadonlyMap<string, { readonly name: string; readonly micros: number }>;

/** Names that V8, libuv and Piscina give, in our words; actors name their threads themselves. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  MainThread: 'supervisor',
  WorkerThread: 'verifier-pool',
  V8Worker: 'v8-helpers',
  DelayedTaskSche: 'v8-helpers',
  'libuv-worker': 'libuv-pool',
};

/** `undefined` where the system does not tell. */
export function threadTimes(pid: number): ThreadTimes | undefined {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`);
    return new Map(tasks.flatMap((task) => readThread(`/proc/${pid}/task/${task}`, task)));
  } catch {
    return undefined;
  }
}

/** CPU microseconds between two readings, summed over threads of one name, largest first. */
export function timesBetween(before: ThreadTimes, after: ThreadTimes): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [task, { name, micros }] of after) {
    const spent = micros - (before.get(task)?.micros ?? 0);
    if (spent > 0) sums.set(name, (sums.get(name) ?? 0) + spent);
  }
  return new Map([...sums].sort(([, left], [, right]) => right - left));
}

function readThread(folder: string, task: string) {
  try {
    const name = readFileSync(`${folder}/comm`, 'utf8').trim();
    // First field: nanoseconds on a CPU.
    const nanoseconds = Number(readFileSync(`${folder}/schedstat`, 'utf8').split(' ')[0]);
    const micros = nanoseconds / 1000;
    return [[task, { name: OTHER_NAMES[name] ?? name, micros }]] as const;
  } catch {
    return []; // It ended while we looked.
  }
}
