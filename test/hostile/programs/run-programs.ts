/**
 * Runs programs in this process and prints a line for each: its number, a digest of everything that
 * a chain agrees on, and how many of its calls succeeded. `node run-programs.ts SEED COUNT cold|warm`, or with one more argument the
 * number of a program whose receipts are shown in full.
 *
 * `cold` runs each program once, in order, in one isolate. `warm` runs them backwards, everything
 * twice, of which the second counts, and begins a new isolate every so often: what a context has been
 * through, what it knows and what is compiled may not matter.
 */

import { sha256 } from '#core/crypto/hash.ts';
import { hexOf } from '#core/crypto/hex.ts';
import { instrument } from '#core/iosvm/instrument.ts';
import { contractValue } from '#core/iosvm/stored-contract.ts';
import { codeKey, mapKey } from '#core/ledger/state-key.ts';
import { IosvmEngine } from '#io/iosvm/iosvm-engine.ts';
import { LedgerSimulator } from '#test/support/ledger-simulator.ts';
import { HELPER_ABIS, HELPER_ID, HELPER_SOURCE, type Program, programOf } from './program.ts';

const ISOLATE_PROGRAMS = 97;
const GAS_LIMIT = 60_000_000n;
const SECOND = 1_000_000_000n;

const [seed = 0, count = 0] = process.argv.slice(2, 4).map(Number);
const isWarm = process.argv[4] === 'warm';
const shown = process.argv[5] === undefined ? undefined : Number(process.argv[5]);

let engine = new IosvmEngine();
for (let step = 0; step < count; step++) {
  const number = isWarm ? count - 1 - step : step;
  if (isWarm && step % ISOLATE_PROGRAMS === 0) {
    engine.close();
    engine = new IosvmEngine();
  }
  const program = programOf(seed * 1_000_003 + number);
  if (isWarm) run(program);
  const trace = run(program);
  if (shown === undefined) console.log(`${number} ${digestOf(trace.text)} ${trace.succeeded}`);
  else if (shown === number) console.log(`${program.source}\n${trace.text}`);
}

function digestOf(text: string): string {
  return hexOf(sha256(text)).slice(0, 32);
}

function run(program: Program): { readonly text: string; readonly succeeded: number } {
  const ledger = new LedgerSimulator({ engine }).addAccounts();
  ledger.setBalance('user_0', 'ram', 1_000_000n);
  place(ledger, HELPER_ID, HELPER_SOURCE, HELPER_ABIS);
  const options = { fields: { gasLimit: GAS_LIMIT } };
  const published = ledger.receipt(
    'system.iost',
    'setCode',
    [contractText(program)],
    'user_0',
    options,
  );
  const lines: unknown[] = [published];
  let succeeded = 0;
  const [id] = JSON.parse(published.returns[0] ?? '[""]') as [string];
  for (const { abi, args } of program.calls) {
    ledger.time += SECOND;
    const receipt = ledger.receipt(id, abi, args, 'user_0', options);
    if (receipt.statusCode === 0) succeeded += 1;
    lines.push(receipt);
  }
  const state = [...ledger.base].filter(([key]) => /^[bm]-Contract/.test(key)).sort();
  const text = JSON.stringify([lines, state], (_, value) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  return { text, succeeded };
}

function place(ledger: LedgerSimulator, id: string, source: string, abis: Program['abis']): void {
  const code = instrument(source);
  if (!code.ok) throw new Error(code.failure.message);
  const abi = Object.entries(abis).map(([name, args]) => ({ name, args, amountLimit: [] }));
  const contract = { id, language: 'javascript', version: '1.0.0', abi };
  const value = contractValue({ ...contract, code: code.value, originalCode: '' });
  ledger.base.set(codeKey(id), value);
  const owner = mapKey('system.iost', 'contract_owner', id);
  ledger.base.set(owner, { kind: 'string', value: 'user_0', payer: 'user_0' });
}

function contractText({ source, abis }: Program): string {
  const abi = Object.entries(abis).map(([name, args]) => ({ name, args, amountLimit: [] }));
  const info = { lang: 'javascript', version: '1.0.0', abi };
  return JSON.stringify({ ID: '', info, code: source });
}
