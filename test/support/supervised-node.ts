/** Starts topologies of test actors under a real supervisor and collects what their logs say. */

import type { LogFields } from '#actors/runtime/actor-context.ts';
import type { LogPrinter } from '#node/log-printer.ts';
import { Supervisor, type SupervisorOptions } from '#node/supervisor.ts';
import type { ActorRow, LinkRow } from '#node/topology-types.ts';
import type { FloodOptions } from '#test/support/actors/flood-actor.ts';
import type { PacedOptions } from '#test/support/actors/paced-actor.ts';
import type { RelayOptions } from '#test/support/actors/relay-actor.ts';

export type LogLine = { readonly actor: string; readonly text: string; readonly fields: LogFields };

const ACTORS = new URL('./actors/', import.meta.url);

export function floodRow(
  name: string,
  options: FloodOptions,
  row: Partial<ActorRow> = {},
): ActorRow {
  return actorRow(name, 'flood-actor.ts', options, row);
}

export function relayRow(
  name: string,
  options: RelayOptions,
  row: Partial<ActorRow> = {},
): ActorRow {
  return actorRow(name, 'relay-actor.ts', options, row);
}

export function pacedRow(name: string, options: PacedOptions): ActorRow {
  return actorRow(name, 'paced-actor.ts', options, { kind: 'event-loop' });
}

function actorRow(name: string, file: string, options: unknown, row: Partial<ActorRow>): ActorRow {
  return {
    name,
    module: new URL(file, ACTORS).href,
    kind: 'ring-driven',
    options,
    stopStage: 0,
    onFailure: 'restart',
    ...row,
  };
}

/** A small reliable link, so that tests of a few thousand messages fill it often. */
export function linkRow(
  from: string,
  to: string,
  priority: LinkRow['priority'],
  row: Partial<LinkRow> = {},
): LinkRow {
  return { from, to, bytes: 4096, messageBytesMax: 1024, delivery: 'reliable', priority, ...row };
}

export class SupervisedNode {
  readonly supervisor: Supervisor;
  readonly lines: LogLine[] = [];
  readonly #watchers = new Set<(line: LogLine) => void>();

  constructor(options: Omit<SupervisorOptions, 'printer' | 'logLevel'>) {
    const printer: LogPrinter = {
      print: (actor, { text, fields }) => {
        const line = { actor, text, fields };
        this.lines.push(line);
        for (const watcher of [...this.#watchers]) watcher(line);
      },
    };
    this.supervisor = new Supervisor({ logLevel: 'info', ...options, printer });
  }

  /** The first line with this text, past or to come. */
  lineOf(text: string, actor?: string): Promise<LogLine> {
    const matches = (line: LogLine): boolean =>
      line.text === text && (actor === undefined || line.actor === actor);
    const past = this.lines.find(matches);
    if (past !== undefined) return Promise.resolve(past);
    return new Promise((resolve, reject) => {
      void this.supervisor.finished.then(({ reason }) => {
        reject(new Error(`the node ended (${reason}) without the line "${text}"`));
      });
      const watcher = (line: LogLine): void => {
        if (!matches(line)) return;
        this.#watchers.delete(watcher);
        resolve(line);
      };
      this.#watchers.add(watcher);
    });
  }
}

/** Shared counter for mishaps that happen so many times. */
export function times(count: number): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(4);
  new Int32Array(memory)[0] = count;
  return memory;
}
