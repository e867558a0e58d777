/**
 * How a contract that is part of the node is declared. Behaviour and costs are the reference's; an
 * ABI is a plain function over the host, and `home` says on which chain its action has to run.
 */

import type { AmountLimit } from '../../chain/transaction.ts';
import type { Host } from '../host.ts';
import type { Anchor } from '../state-key.ts';

export type ArgumentType = 'string' | 'number' | 'bool' | 'json';

/** By type: text, int64, truth value, and for `json` the text re-encoded as the reference does. */
export type Argument = string | bigint | boolean;

/** What an ABI returns: values of the action's JSON array, or `null` for none (spec §5.9). */
export type ReturnValues = readonly (string | bigint | boolean)[] | null;

/**
 * Where an action runs: `publisher` is the publisher's chain, `root` the root chain, `new contract`
 * where the contract that the transaction publishes will live; a function answers one of the first
 * two or the anchor of the state that the action changes.
 */
export type Home = 'publisher' | 'root' | 'new contract' | ((args: readonly Argument[]) => Anchor);

export type NativeAbi = {
  readonly name: string;
  readonly args: readonly ArgumentType[];
  /** Runs the ABI; refuses by `host.fail(message)`, charges by `host.charge…`. */
  readonly run: (host: Host, args: readonly Argument[]) => ReturnValues;
  /** `publisher` where it is not said. */
  readonly home?: Home;
  /** For the node alone: refused to everybody else, and not shown with the contract. */
  readonly isInternal?: boolean;
  /** What one call may move out of accounts; `*: unlimited` where it is not said. */
  readonly amountLimit?: readonly AmountLimit[];
};

/** An ABI as part of a contract. */
export type RegisteredAbi = NativeAbi & {
  /** `<contract>/<abi>`: one string for all receipts of the ABI. */
  readonly funcName: string;
};

export type NativeContract = {
  readonly id: string;
  readonly version: string;
  /**
   * The language the reference wrote it in. `javascript` frames cost 30000 gas, lose the net part of
   * costs (so receipts are free) and return one string (spec §5.10).
   */
  readonly language: 'native' | 'javascript';
  readonly abis: ReadonlyMap<string, RegisteredAbi>;
  /** Runs once, when genesis deploys the contract; no transaction can call it. */
  readonly init?: RegisteredAbi;
};

export function defineContract(
  id: string,
  version: string,
  language: NativeContract['language'],
  abis: readonly NativeAbi[],
  init?: (host: Host) => void,
): NativeContract {
  const register = (abi: NativeAbi): RegisteredAbi => ({ ...abi, funcName: `${id}/${abi.name}` });
  const registered = new Map(abis.map((abi) => [abi.name, register(abi)]));
  const contract = { id, version, language, abis: registered };
  if (init === undefined) return contract;
  const run: NativeAbi['run'] = (host) => {
    init(host);
    return [''];
  };
  return { ...contract, init: register({ name: 'init', args: [], run }) };
}
