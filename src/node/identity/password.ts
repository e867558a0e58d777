/**
 * Where a password comes from: a file, the environment, or the terminal without echo. Never from
 * the command line, which every process of the machine can read.
 */

import { readFileSync } from 'node:fs';
import type { ReadStream, WriteStream } from 'node:tty';
import { ok, type Result, reject } from '#core/result.ts';

export const PASSWORD_VARIABLE = 'IOSTD_PASSWORD';
const LENGTH_MAX = 1024;
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const BACKSPACES: ReadonlySet<string> = new Set(['\u007f', '\b']);

export type PasswordSource = {
  /** A file whose first line is the password. */
  readonly file: string | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
};

/** Refusals have code `password` and say how else a password can be given. */
export async function obtainPassword(
  source: PasswordSource,
  prompt: string,
): Promise<Result<string>> {
  if (source.file !== null) return readPasswordFile(source.file);
  const fromEnvironment = source.environment[PASSWORD_VARIABLE];
  if (fromEnvironment !== undefined) return ok(fromEnvironment);
  if (process.stdin.isTTY) return ask(prompt, process.stdin, process.stderr);
  const message = `a password is needed: give --password-file or ${PASSWORD_VARIABLE}`;
  return reject('password', message);
}

function readPasswordFile(path: string): Result<string> {
  try {
    const [line = ''] = readFileSync(path, 'utf8').split(/\r?\n/, 1);
    return ok(line);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return reject('password', `the password file cannot be read: ${reason}`);
  }
}

/** Reads one line in raw mode, so that the terminal shows nothing of it. */
function ask(prompt: string, input: ReadStream, output: WriteStream): Promise<Result<string>> {
  output.write(prompt);
  input.setRawMode(true);
  input.setEncoding('utf8');
  input.resume();
  return new Promise((resolve) => {
    let typed = '';
    const finish = (result: Result<string>): void => {
      input.off('data', onData);
      input.setRawMode(false);
      input.pause();
      output.write('\n');
      resolve(result);
    };
    const onData = (chunk: string): void => {
      for (const character of chunk) {
        if (character === '\r' || character === '\n') {
          finish(ok(typed));
          return;
        }
        if (character === CTRL_C || character === CTRL_D) {
          finish(reject('password', 'no password was given'));
          return;
        }
        if (BACKSPACES.has(character)) typed = [...typed].slice(0, -1).join('');
        else if (typed.length < LENGTH_MAX) typed += character;
      }
    };
    input.on('data', onData);
  });
}
