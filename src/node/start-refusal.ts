/**
 * A start that cannot be: the port is taken, the data directory belongs to another shard count, the
 * key file can be read by others. The command line prints cause and fix in one line and exits with
 * the code; anything thrown that is no `StartRefusal` is a bug and shows its stack.
 */

import { EXIT_CODE } from './exit-code.ts';

type StartExitCode = (typeof EXIT_CODE)['config' | 'retry' | 'fault'];

export class StartRefusal extends Error {
  override readonly name = 'StartRefusal';
  /** What the operator can do about it, without a full stop. */
  readonly fix: string;
  readonly exitCode: StartExitCode;

  /** `cause` is one line without a full stop. */
  constructor(
    cause: string,
    options: { readonly fix: string; readonly exitCode?: StartExitCode; readonly error?: unknown },
  ) {
    super(cause, options.error === undefined ? undefined : { cause: options.error });
    this.fix = options.fix;
    this.exitCode = options.exitCode ?? EXIT_CODE.config;
  }
}
