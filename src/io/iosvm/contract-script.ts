/**
 * Wraps a contract's code so that it runs anew for each call in a context that lives on: what is
 * global for one call only is a variable here, and nothing of the wrapper can be reached from inside,
 * neither by name nor as `arguments`, which arrow functions do not have.
 */

import { type GuardedCode, guard } from '#core/iosvm/guard.ts';
import {
  BINARY_OPERATION,
  COUNTER,
  SPREAD_ELEMENT,
  TEMPLATE_TAG,
} from '#core/iosvm/reserved-names.ts';

export type ContractScript = {
  /** An expression: the factory that the prelude takes. */
  readonly source: string;
  readonly usesBlock: boolean;
  readonly usesTransaction: boolean;
};

/** Assigning to these does nothing, as they are frozen. */
const GLOBALS: ReadonlySet<string> = new Set(
  `storage blockchain IOSTCrypto console BigNumber Int64 Float64 JSON Math Object Array String Number
  Symbol Error isNaN isFinite NaN Infinity undefined eval require module block tx`.split(/\s+/),
);

/** `code` is the contract's instrumented code. */
export function contractScript(code: string): ContractScript {
  const guarded = guard(code);
  const globals = guarded.implicitGlobals.filter((name) => !GLOBALS.has(name));
  const declared = globals.length === 0 ? '' : `var ${globals.join(', ')};`;
  return {
    source: `(({${bindings(guarded)}}) => (module, block, tx) => {${declared}(() => {
${guarded.code}
})();})`,
    usesBlock: guarded.identifiers.has('block'),
    usesTransaction: guarded.identifiers.has('tx'),
  };
}

function bindings({ names }: GuardedCode): string {
  const all: Record<string, string> = {
    ...names,
    counter: COUNTER,
    binary: BINARY_OPERATION,
    template: TEMPLATE_TAG,
    spreadElement: SPREAD_ELEMENT,
  };
  return Object.entries(all)
    .map(([property, name]) => `${property}: ${name}`)
    .join(', ');
}
