/**
 * What goes into a context with a call, as one JSON list: parsing it there once is cheaper than
 * crossing with many values. The entry of the prelude reads it by position.
 */

import type { Host } from '#core/ledger/host.ts';
import type { Argument, ArgumentType } from '#core/ledger/native/native-contract.ts';
import { blockText, transactionObjectText } from './call-texts.ts';

export type CallLimits = {
  readonly gas: number;
  readonly allocation: number;
  readonly stack: number;
};

export type CallNeeds = {
  readonly block: boolean;
  readonly transaction: boolean;
};

/** Names that stand in JSON as they are. */
const PLAIN = /^[\w.]*$/;

export class CallRequest {
  readonly #head: string;
  readonly #types: readonly ArgumentType[];

  constructor(abi: string, types: readonly ArgumentType[]) {
    this.#head = `[${JSON.stringify(abi)},[`;
    this.#types = types;
  }

  text(
    host: Host,
    args: readonly Argument[],
    limits: CallLimits,
    needs: CallNeeds,
    expected: readonly string[] | undefined,
  ): string {
    const { gas, allocation, stack } = limits;
    const values = expected === undefined ? 'null' : JSON.stringify(expected);
    const block = needs.block ? blockText(host) : 'null';
    const transaction = needs.transaction ? `,${transactionObjectText(host)}` : '';
    return `${this.#head}${this.#argumentsText(args)}],${gas},${allocation},${stack},${namesText(host)},${values},${block}${transaction}]`;
  }

  #argumentsText(args: readonly Argument[]): string {
    let text = '';
    for (let index = 0; index < args.length; index++) {
      const argument = args[index];
      if (index > 0) text += ',';
      text +=
        typeof argument === 'string' && this.#types[index] !== 'json'
          ? JSON.stringify(argument)
          : String(argument);
    }
    return text;
  }
}

/**
 * Publisher, caller and whether the publisher's `active` permission holds; without a publisher the
 * contract asks the host for all of it.
 */
function namesText({ frame, publisher, isGenesis }: Host): string {
  const { caller } = frame;
  if (!PLAIN.test(publisher) || !PLAIN.test(caller.name)) return 'null,null,0';
  if (caller.isAccount && caller.name !== publisher) return 'null,null,0';
  const name = caller.isAccount ? 'null' : `"${caller.name}"`;
  return `"${publisher}",${name},${isGenesis ? 0 : 1}`;
}
