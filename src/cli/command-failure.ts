/**
 * A command that ends without success, in words: what happened, and what to do about it. Everything
 * else that is thrown is a bug and shows its stack.
 */

import { EXIT_CODE } from '#node/exit-code.ts';

export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly fix: string | undefined;
  readonly exitCode: number;

  constructor(
    message: string,
    options: { readonly fix?: string; readonly exitCode?: number } = {},
  ) {
    super(message);
    this.fix = options.fix;
    this.exitCode = options.exitCode ?? EXIT_CODE.failure;
  }
}
