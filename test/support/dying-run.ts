/**
 * A process that runs one contract call of always the same transaction and is aborted in the middle of
 * it, until the mark it is given says that it has died of it twice. Says `refused` then.
 */

import { RunStopped } from '#core/ledger/engine.ts';
import { RunMark } from '#io/iosvm/run-mark.ts';
import { ContractLedger } from '#test/unit/io/iosvm/contracts.ts';

const [path = '', fault = 'abort'] = process.argv.slice(2);
const contracts = new ContractLedger(undefined, { console: false, mark: new RunMark(path) });
const source = `class Mark { init() {} go() { return storage.get('key'); } } module.exports = Mark;`;
contracts.place('Contractmark', source, { go: [] });
const { base } = contracts.ledger;
const read = base.get.bind(base);
base.get = (key) => {
  if (fault === 'abort' && key === 'b-Contractmark-key') process.abort();
  return read(key);
};
try {
  contracts.ledger.succeed('Contractmark', 'go', []);
  console.log('ran');
} catch (error) {
  if (!(error instanceof RunStopped)) throw error;
  console.log(error.reason === 'deadly' ? 'refused' : 'slow');
}
