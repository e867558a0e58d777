/**
 * Runs one attack, by its number, in this process under the real runtime: published, called cold,
 * called warm, and called on a second engine. Prints one line of JSON.
 */

import { IosvmEngine } from '#io/iosvm/iosvm-engine.ts';
import { LedgerSimulator } from '#test/support/ledger-simulator.ts';
import { ATTACKS } from './attacks.ts';

const GAS_LIMIT = 400_000_000n;

const attack = ATTACKS[Number(process.argv[2])];
if (attack === undefined) throw new Error('no such attack');

const source = `${attack.top ?? ''}
class Attack { init() {} attack() { ${attack.body} } }
module.exports = Attack;`;
const abi = [{ name: 'attack', args: [], amountLimit: [] }];
const contract = { ID: '', info: { lang: 'javascript', version: '1.0.0', abi }, code: source };

const results: string[] = [];
const started = performance.now();
for (const _engine of ['first', 'second']) {
  const ledger = new LedgerSimulator({ engine: new IosvmEngine() }).addAccounts();
  ledger.setBalance('user_0', 'ram', 1_000_000_000n);
  const fields = { gasLimit: GAS_LIMIT };
  const published = ledger.receipt('system.iost', 'setCode', [JSON.stringify(contract)], 'user_0', {
    fields,
  });
  const [id] = JSON.parse(published.returns[0] ?? `["${published.message}"]`) as [string];
  for (const _call of ['cold', 'warm']) {
    const receipt = ledger.receipt(id, 'attack', [], 'user_0', { fields });
    results.push(`${receipt.gasUsage} ${receipt.message} ${receipt.returns.join()}`);
    // A second transaction of the same bytes would be the same transaction.
    ledger.time += 1_000_000_000n;
  }
}
const milliseconds = Math.round(performance.now() - started);
const { maxRSS } = process.resourceUsage();
console.log(JSON.stringify({ results, milliseconds, megabytes: Math.round(maxRSS / 1024) }));
