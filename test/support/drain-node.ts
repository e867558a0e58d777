/**
 * A whole small node for the signal tests, in a process of its own: an intake that accepts numbers
 * for ever and prints the last one accepted, and a store that writes each to a file, slowly and
 * asynchronously. Arguments: the file, and `stubborn` for a store that never drains.
 */

import { createLogPrinter } from '#node/log-printer.ts';
import { listenForStopSignals } from '#node/stop-signals.ts';
import { Supervisor } from '#node/supervisor.ts';
import type { ActorRow } from '#node/topology-types.ts';

const [, , file = '', mode = ''] = process.argv;

const actor = (name: string, stopStage: number, options: unknown): ActorRow => ({
  name,
  module: new URL(`./actors/${name}-actor.ts`, import.meta.url).href,
  kind: 'event-loop',
  options,
  stopStage,
  onFailure: 'restart',
});

const supervisor = new Supervisor({
  printer: createLogPrinter({ level: 'info', format: 'json', descriptor: 1 }),
  logLevel: 'info',
  topology: {
    actors: [actor('intake', 0, {}), actor('store', 1, { file, stubborn: mode === 'stubborn' })],
    links: [
      {
        from: 'intake',
        to: 'store',
        bytes: 4096,
        messageBytesMax: 256,
        delivery: 'reliable',
        priority: 'work',
      },
    ],
  },
});
listenForStopSignals(supervisor);
await supervisor.start();
const exit = await supervisor.finished;
process.exitCode = exit.code;
