/** Log records as messages on a lossy link to the supervisor: logging never blocks an actor. */

import type { Sender } from '#ipc/link.ts';
import type { Clock, LogFields, Logger, LogLevel } from './actor-context.ts';
import { LOG_TEXT_CHARACTERS_MAX, type LogRecord } from './control-protocol.ts';

export const LOG_LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error'];

const NO_FIELDS: LogFields = {};

export class RingLogger implements Logger {
  readonly #sender: Sender<LogRecord>;
  readonly #clock: Clock;
  #rankMin: number;

  constructor(sender: Sender<LogRecord>, clock: Clock, level: LogLevel) {
    this.#sender = sender;
    this.#clock = clock;
    this.#rankMin = LOG_LEVELS.indexOf(level);
  }

  setLevel(level: LogLevel): void {
    this.#rankMin = LOG_LEVELS.indexOf(level);
  }
  isEnabled(level: LogLevel): boolean {
    return LOG_LEVELS.indexOf(level) >= this.#rankMin;
  }

  trace(text: string, fields?: LogFields): void {
    this.#write('trace', text, fields);
  }
  debug(text: string, fields?: LogFields): void {
    this.#write('debug', text, fields);
  }
  info(text: string, fields?: LogFields): void {
    this.#write('info', text, fields);
  }
  warn(text: string, fields?: LogFields): void {
    this.#write('warn', text, fields);
  }
  error(text: string, fields?: LogFields): void {
    this.#write('error', text, fields);
  }

  #write(level: LogLevel, text: string, fields: LogFields | undefined): void {
    if (!this.isEnabled(level)) return;
    this.#sender.send({
      kind: 'log',
      level,
      timeMs: this.#clock.nowMs(),
      text: cut(text),
      fields: fields === undefined ? NO_FIELDS : cutFields(fields),
    });
  }
}

function cut(text: string): string {
  return text.length <= LOG_TEXT_CHARACTERS_MAX
    ? text
    : `${text.slice(0, LOG_TEXT_CHARACTERS_MAX)}…`;
}

/** A record has room for two long texts; the fields share one of them. */
function cutFields(fields: LogFields): LogFields {
  let characters = 0;
  for (const [name, value] of Object.entries(fields)) {
    characters += name.length + (typeof value === 'string' ? value.length : 16);
  }
  if (characters <= LOG_TEXT_CHARACTERS_MAX) return fields;
  return { fieldsCut: cut(JSON.stringify(fields, (_, v) => (typeof v === 'bigint' ? `${v}` : v))) };
}
