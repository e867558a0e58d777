/** Arguments of a call as they are typed, turned into the JSON list that an action carries. */

import { EXIT_CODE } from '#node/exit-code.ts';
import { CommandFailure } from './command-failure.ts';
import type { ContractInfo } from './node-client.ts';

const WHOLE = /^-?\d+$/;

/** Each argument as the type that the ABI says. */
export function typedArguments(
  contract: ContractInfo,
  abi: string,
  args: readonly string[],
): string {
  const found = contract.abis.find(({ name }) => name === abi);
  if (found === undefined) {
    const names = contract.abis.map(({ name }) => name).join(', ');
    throw usage(`${contract.id} has no ABI ${abi}`, `it has: ${names}`);
  }
  if (found.args.length !== args.length) {
    const types = found.args.length === 0 ? '' : `: ${found.args.join(', ')}`;
    throw usage(
      `${abi} takes ${found.args.length} arguments, not ${args.length}`,
      `give ${found.args.length}${types}; put -- before one that begins with a hyphen`,
    );
  }
  return `[${args.map((text, index) => jsonOf(text, found.args[index] ?? '')).join(',')}]`;
}

function jsonOf(text: string, type: string): string {
  switch (type) {
    case 'string':
      return JSON.stringify(text);
    case 'number':
      if (WHOLE.test(text)) return text;
      throw usage(`"${text}" is no whole number`, 'amounts are text in most contracts');
    case 'bool':
      if (text === 'true' || text === 'false') return text;
      throw usage(`"${text}" is neither true nor false`, 'write true or false');
    default:
      if (isJson(text)) return text;
      throw usage(`${text} is no JSON`, 'quote it for the shell, like \'{"a":1}\'');
  }
}

/** A JSON list as the user wrote it: its numbers keep their digits. */
export function argumentList(data: string): string {
  if (isJson(data) && Array.isArray(JSON.parse(data))) return data;
  throw usage(`--args ${data} is no JSON list`, 'write it like \'["text",1,true]\'');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function usage(message: string, fix: string): CommandFailure {
  return new CommandFailure(message, { fix, exitCode: EXIT_CODE.usage });
}
