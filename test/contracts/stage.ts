/**
 * A ledger on which an example is published as its author would: compiled from its source, on the
 * real engine. Accounts user_0 (who publishes) to user_3; user_0 to user_2 have 1000 IOST each.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Receipt } from '#core/chain/receipt.ts';
import { contractJson } from '#core/iosvm/contract-json.ts';
import { abiOfSource } from '#core/iosvm/source-abi.ts';
import type { Emission } from '#core/ledger/emission.ts';
import { IosvmEngine } from '#io/iosvm/iosvm-engine.ts';
import { LedgerSimulator } from '#test/support/ledger-simulator.ts';

const RAM_BYTES = 1_000_000n;

export type Limits = readonly { readonly token: string; readonly value: string }[];

export class Stage {
  readonly ledger = new LedgerSimulator({ engine: new IosvmEngine({ console: true }) });
  /** Id of the contract. */
  readonly id: string;
  /** What the last call said. */
  emissions: readonly Emission[] = [];

  /** `file` lies in this folder. */
  constructor(file: string) {
    this.ledger.addAccounts(4).createIost();
    for (const user of ['user_0', 'user_1', 'user_2', 'user_3']) {
      this.ledger.setBalance(user, 'ram', RAM_BYTES);
    }
    for (const user of ['user_0', 'user_1', 'user_2']) {
      this.ledger.setBalance(user, 'iost', 1000n * 10n ** 8n);
    }
    const { returns } = this.ledger.succeed('system.iost', 'setCode', [contractText(file)]);
    this.id = (JSON.parse(returns[0] ?? '[]') as [string])[0];
  }

  /** The result of a call that has to succeed; it may move what `limits` allow. */
  call(user: string, abi: string, args: readonly unknown[], limits: Limits = []): string {
    const receipt = this.receipt(user, abi, args, limits);
    assert.equal(receipt.message, '');
    return (JSON.parse(receipt.returns[0] ?? '[]') as [string])[0];
  }

  /** The reason for which a call fails. */
  refusal(user: string, abi: string, args: readonly unknown[], limits: Limits = []): string {
    const { statusCode, message } = this.receipt(user, abi, args, limits);
    assert.notEqual(statusCode, 0, 'the call has to fail');
    return message.slice(message.indexOf(' error: ') + ' error: '.length);
  }

  receipt(user: string, abi: string, args: readonly unknown[], limits: Limits): Receipt {
    const options = { fields: { amountLimits: limits } };
    const outcome = this.ledger.call(this.id, abi, args, user, options);
    assert(outcome.kind === 'executed', JSON.stringify(outcome.kind));
    this.emissions = outcome.emissions;
    // Two calls alike would be one transaction, and blocks take time.
    this.ledger.time += 500_000_000n;
    this.ledger.number += 1;
    return outcome.receipt;
  }

  /** As text of whole tokens; all of them have 8 decimals here. */
  balance(account: string, token = 'iost'): number {
    return Number(this.ledger.balance(account, token)) / 1e8;
  }
}

/** `token:amount` of a transaction. */
export function limit(text: string): Limits {
  const [token = '', value = ''] = text.split(':');
  return [{ token, value }];
}

function contractText(file: string): string {
  const code = readFileSync(new URL(file, import.meta.url), 'utf8');
  const compiled = abiOfSource(code);
  assert(compiled.ok, JSON.stringify(compiled));
  assert.deepEqual(compiled.value.warnings, []);
  const { abi } = compiled.value;
  const version = { language: 'javascript', version: '1.0.0' };
  return contractJson({ id: '', ...version, abi, code, originalCode: '' });
}
