/** A ledger with an engine, and contracts put into it with or without publishing. */

import assert from 'node:assert/strict';
import { instrument } from '#core/iosvm/instrument.ts';
import { contractValue, storedContract } from '#core/iosvm/stored-contract.ts';
import type { Host } from '#core/ledger/host.ts';
import type { Argument, ArgumentType } from '#core/ledger/native/native-contract.ts';
import type { Placement } from '#core/ledger/ports.ts';
import { codeKey, mapKey } from '#core/ledger/state-key.ts';
import { type EngineOptions, IosvmEngine } from '#io/iosvm/iosvm-engine.ts';
import { LedgerSimulator } from '#test/support/ledger-simulator.ts';

export type Abis = Readonly<Record<string, readonly ArgumentType[]>>;

/** Notes the gas that each outermost frame used, as the reference's harness counts it. */
class MeteredEngine extends IosvmEngine {
  gas = 0;

  override run(host: Host, id: string, abi: string, args: readonly Argument[]): string {
    const before = host.gas;
    try {
      return super.run(host, id, abi, args);
    } finally {
      this.gas = host.gas - before;
    }
  }
}

export class ContractLedger {
  readonly engine: MeteredEngine;
  readonly ledger: LedgerSimulator;

  constructor(placement?: Placement, engineOptions?: EngineOptions) {
    this.engine = new MeteredEngine(engineOptions);
    const options = placement === undefined ? {} : { placement };
    this.ledger = new LedgerSimulator({ engine: this.engine, ...options }).addAccounts();
    this.ledger.setBalance('user_0', 'ram', 1_000_000n);
  }

  /** Instrumented only, as in the reference's harness: no rule on the class holds. */
  place(id: string, source: string, abis: Abis): void {
    const code = instrument(source);
    assert.ok(code.ok, JSON.stringify(code));
    const contract = {
      id,
      language: 'javascript',
      version: '1.0.0',
      abi: Object.entries(abis).map(([name, args]) => ({ name, args, amountLimit: [] })),
      code: code.value,
      originalCode: source,
    };
    const owner = mapKey('system.iost', 'contract_owner', id);
    this.ledger.base.set(codeKey(id), contractValue(contract));
    this.ledger.base.set(owner, { kind: 'string', value: 'user_0', payer: 'user_0' });
  }

  /** As it is: no counter stops it, as if the node had a fault. */
  placeUncounted(id: string, source: string, abis: Abis): void {
    this.place(id, 'class None { init() {} } module.exports = None;', abis);
    const stored = storedContract(new Map(this.ledger.base), id);
    assert.ok(stored !== undefined);
    this.ledger.base.set(codeKey(id), contractValue({ ...stored, code: source }));
  }

  /** Publishes; answers the id. */
  publish(source: string, abis: Abis): string {
    const receipt = this.ledger.succeed('system.iost', 'setCode', [contractText(source, abis)]);
    return String(JSON.parse(receipt.returns[0] ?? '[]')[0]);
  }

  /** Result of a call that has to succeed. */
  result(id: string, abi: string, ...args: readonly unknown[]): string {
    const receipt = this.ledger.succeed(id, abi, args);
    return String(JSON.parse(receipt.returns[0] ?? '[]')[0]);
  }

  /** Gas of the contract's code in a call, whatever comes of it. */
  gasOf(id: string, abi: string, ...args: readonly unknown[]): number {
    this.ledger.receipt(id, abi, args);
    return this.engine.gas;
  }
}

export function contractText(source: string, abis: Abis, id = ''): string {
  const abi = Object.entries(abis).map(([name, args]) => ({ name, args, amountLimit: [] }));
  return JSON.stringify({
    ID: id,
    info: { lang: 'javascript', version: '1.0.0', abi },
    code: source,
  });
}
