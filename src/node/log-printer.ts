/**
 * Prints log records: JSON lines by pino, or readable lines on a terminal. Writing is synchronous,
 * so that the last lines before an exit are whole.
 */

import pino from 'pino';
import pretty from 'pino-pretty';
import type { LogFields, LogLevel } from '#actors/runtime/actor-context.ts';
import type { LogRecord } from '#actors/runtime/control-protocol.ts';

export interface LogPrinter {
  print(actor: string, record: LogRecord): void;
}

export type LogPrinterOptions = {
  readonly level: LogLevel;
  readonly format: 'json' | 'pretty';
  /** File descriptor: 1 standard output, 2 standard error. */
  readonly descriptor: 1 | 2;
};

export function createLogPrinter(options: LogPrinterOptions): LogPrinter {
  const destination =
    options.format === 'pretty'
      ? pretty({
          destination: options.descriptor,
          sync: true,
          colorize: true,
          ignore: 'pid,hostname',
        })
      : pino.destination({ dest: options.descriptor, sync: true });
  const logger = pino({ level: options.level, base: null, timestamp: false }, destination);
  return {
    print: (actor, record) =>
      logger[record.level](
        { time: record.timeMs, actor, ...printable(record.fields) },
        record.text,
      ),
  };
}

/** The supervisor's own lines. */
export function supervisorRecord(level: LogLevel, text: string, fields: LogFields = {}): LogRecord {
  return { kind: 'log', level, timeMs: Date.now(), text, fields };
}

/** JSON has no bigint. */
function printable(fields: LogFields): { readonly [name: string]: string | number | boolean } {
  const entries = Object.entries(fields);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'bigint' ? value.toString() : value]),
  );
}
