/** A contract's source file and its ABI, and how what is wrong with them is shown. */

import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type { AmountLimit } from '#core/chain/transaction.ts';
import { contractOfJson } from '#core/iosvm/contract-json.ts';
import type { ContractObject } from '#core/iosvm/contract-object.ts';
import { readAmountLimit } from '#core/iosvm/doc-comment.ts';
import type { Flaw } from '#core/iosvm/flaw.ts';
import { abiOfSource, type ChosenLimits } from '#core/iosvm/source-abi.ts';
import { describeFlaw } from '#core/iosvm/source-place.ts';
import { contractProblem } from '#core/iosvm/validate.ts';
import { EXIT_CODE } from '#node/exit-code.ts';
import { CommandFailure } from './command-failure.ts';
import { printProgress } from './output.ts';

const LANGUAGE = 'javascript';
const VERSION = '1.0.0';

export type SourceFlags = { readonly abi?: string; readonly amountLimit: readonly string[] };

/** Adds `--abi --amount-limit` to a command that publishes a source. */
export function withSourceOptions(command: Command): Command {
  return withAbiLimits(
    command.option('--abi <file>', 'a .abi file to use instead of what the source says'),
  );
}

/** Adds `--amount-limit`, which is about ABIs here. */
export function withAbiLimits(command: Command): Command {
  return command.addOption(
    new Option(
      '--amount-limit <[abi:]token:amount>',
      'most that a call of the ABI (or of each that moves tokens) may take from accounts; repeatable',
    )
      .argParser((value: string, earlier: readonly string[]) => [...earlier, value])
      .default([], 'what the source shows'),
  );
}

/** The contract of a source file, ready to be published; a `CommandFailure` shows every flaw. */
export function readContract(path: string, flags: SourceFlags, id = ''): ContractObject {
  const code = readText(path);
  const abi = flags.abi === undefined ? compile(path, code, flags.amountLimit) : readAbi(flags.abi);
  const contract = { id, language: LANGUAGE, version: VERSION, abi, code, originalCode: '' };
  const problem = contractProblem(contract);
  if (problem !== undefined) throw new CommandFailure(`${path}: ${problem}`);
  return contract;
}

/** `[abi:]token:amount`, or `token:amount` for the transaction. */
export function readLimit(text: string): { readonly abi: string; readonly limit: AmountLimit } {
  const parts = text.split(':');
  const [value = '', token = '', abi = '*'] = parts.toReversed();
  const limit = readAmountLimit(token, value);
  if (limit !== undefined && parts.length <= 3) return { abi, limit };
  throw new CommandFailure(`"${text}" is no limit`, {
    fix: 'write token:amount, like iost:10 or *:unlimited',
    exitCode: EXIT_CODE.usage,
  });
}

function compile(path: string, code: string, chosen: readonly string[]): ContractObject['abi'] {
  const compiled = abiOfSource(code, limitsByAbi(chosen));
  if (!compiled.ok) throw new CommandFailure(describe(path, code, compiled.failure));
  for (const warning of compiled.value.warnings) {
    printProgress(`warning: ${describeFlaw(path, code, warning)}`);
  }
  return compiled.value.abi;
}

function describe(path: string, code: string, flaws: readonly Flaw[]): string {
  return flaws.map((flaw) => describeFlaw(path, code, flaw)).join('\n');
}

function limitsByAbi(chosen: readonly string[]): ChosenLimits {
  const limits = new Map<string, AmountLimit[]>();
  for (const text of chosen) {
    const { abi, limit } = readLimit(text);
    limits.set(abi, [...(limits.get(abi) ?? []), limit]);
  }
  return limits;
}

function readAbi(path: string): ContractObject['abi'] {
  const read = contractOfJson(`{"info":${readText(path)}}`);
  if (read.ok) return read.value.abi;
  throw new CommandFailure(`${path} is no .abi file: ${read.failure.message}`, {
    fix: 'make one with: iostd contract compile FILE -o FILE.abi',
  });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(`${path} cannot be read: ${reason}`);
  }
}
