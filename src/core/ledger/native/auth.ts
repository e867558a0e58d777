/**
 * auth.iost: accounts and their permissions (spec go-iost §6.6). Names are unique in the whole
 * network, so the root chain keeps the register of names and `signUp` runs there; the record itself
 * lives with the account, where every later edit runs.
 *
 * What a call costs is explained in javascript-cost.ts.
 */

import type { Rejection, Result } from '../../result.ts';
import { COST } from '../costs.ts';
import { accountFact, factValue } from '../facts.ts';
import type { Host } from '../host.ts';
import { accountAnchor, factKey, mapKey } from '../state-key.ts';
import { utf8Bytes } from '../state-value.ts';
import { accountIdProblem, isEthereumId } from './account-id.ts';
import {
  type AccountRecord,
  accountRecordText,
  addGroup,
  addPermission,
  assignGroup,
  assignPermission,
  assignPermissionToGroup,
  dropGroup,
  dropPermission,
  nameProblem,
  newAccountRecord,
  parseAccountRecord,
  revokeGroup,
  revokePermission,
  revokePermissionInGroup,
} from './account-record.ts';
import { METHOD_GAS } from './javascript-cost.ts';
import {
  type Argument,
  type ArgumentType,
  defineContract,
  type NativeAbi,
  type ReturnValues,
} from './native-contract.ts';
import { adminAbis } from './system-admin.ts';

const SIGN_UP_PLEDGE_IOST = '10';
/** What a JavaScript contract may store under one key, in UTF-16 units (spec §5.6). */
const RECORD_CHARS_MAX = 65_536;
const NOTHING: ReturnValues = [''];

const signUp: NativeAbi = {
  name: 'signUp',
  args: ['string', 'string', 'string'],
  home: 'root',
  amountLimit: [{ token: 'iost', value: '10' }],
  run(host, args) {
    const [id, owner, active] = args.map(String) as [string, string, string];
    if (isRegistered(host, id)) host.fail(`id existed > ${id}`);
    checkNewId(host, id, owner, active);
    host.charge(METHOD_GAS);
    createAccount(host, newAccountRecord(id, host.publisher, owner, active));
    if (!host.isGenesis) {
      host.call('gas.iost', 'pledge', [host.publisher, id, SIGN_UP_PLEDGE_IOST], true);
    }
    host.receipt(JSON.stringify([id, owner, active]));
    return NOTHING;
  },
};

/** The key under which the root chain knows that a name is taken. */
export function registeredNameKey(id: string): string {
  return mapKey('auth.iost', 'name', id);
}

function isRegistered(host: Host, id: string): boolean {
  host.charge(COST.get);
  return host.state.has(registeredNameKey(id));
}

function checkNewId(host: Host, id: string, owner: string, active: string): void {
  if (host.isGenesis) return;
  const problem = accountIdProblem(id);
  if (problem !== undefined) host.fail(problem);
  if (isEthereumId(id) && (owner !== '' || active !== '')) {
    host.fail('owner and active of an ethereum address account should be empty');
  }
}

/** Takes the name, sends the record home and remembers that the account exists. */
function createAccount(host: Host, record: AccountRecord): void {
  const text = accountRecordText(record);
  checkRecordText(host, text);
  chargeRecord(host, text);
  host.charge(Math.max(COST.put, Math.floor(utf8Bytes(text) / 10)));
  host.state.put(registeredNameKey(record.id), { kind: 'bool', value: true, payer: 'auth.iost' });
  host.credit({ kind: 'account', id: record.id, record: text });
  // Later actions of this transaction name the account, and its chain has not heard of it yet.
  host.state.put(factKey(accountFact(record.id)), factValue({ yes: true }, host.block.number));
}

type Edit = (record: AccountRecord, args: readonly Argument[]) => Result<AccountRecord, Rejection>;

/** One ABI that changes a record: authority, the edit, storage paid by the account, a receipt. */
function edit(name: string, args: readonly ArgumentType[], change: Edit, check?: Check): NativeAbi {
  return {
    name,
    args,
    home: (values) => accountAnchor(String(values[0])),
    amountLimit: [],
    run(host, values) {
      const id = String(values[0]);
      if (!host.requireAuth(id, 'owner')) host.fail('require auth failed');
      const problem = check?.(values);
      if (problem !== undefined && !host.isGenesis) host.fail(problem);
      host.charge(METHOD_GAS);
      const changed = change(loadRecord(host, id), values);
      if (!changed.ok) return host.fail(changed.failure.message);
      saveRecord(host, changed.value);
      host.receipt(JSON.stringify(values.map(plainArgument)));
      return NOTHING;
    },
  };
}

type Check = (args: readonly Argument[]) => string | undefined;

const checkName: Check = (args) => nameProblem(String(args[1]));
const checkWeight: Check = (args) => (Number(args[3]) <= 0 ? 'weight less than zero' : undefined);

const EDITS: readonly NativeAbi[] = [
  edit(
    'addPermission',
    ['string', 'string', 'number'],
    (record, [, name, threshold]) => addPermission(record, String(name), Number(threshold)),
    checkName,
  ),
  edit('dropPermission', ['string', 'string'], (record, [, name]) =>
    dropPermission(record, String(name)),
  ),
  edit(
    'assignPermission',
    ['string', 'string', 'string', 'number'],
    (record, [, name, item, weight]) =>
      assignPermission(record, String(name), String(item), Number(weight)),
    checkWeight,
  ),
  edit('revokePermission', ['string', 'string', 'string'], (record, [, name, item]) =>
    revokePermission(record, String(name), String(item)),
  ),
  edit(
    'addGroup',
    ['string', 'string'],
    (record, [, name]) => addGroup(record, String(name)),
    checkName,
  ),
  edit('dropGroup', ['string', 'string'], (record, [, name]) => dropGroup(record, String(name))),
  edit(
    'assignGroup',
    ['string', 'string', 'string', 'number'],
    (record, [, name, item, weight]) =>
      assignGroup(record, String(name), String(item), Number(weight)),
    checkWeight,
  ),
  edit('revokeGroup', ['string', 'string', 'string'], (record, [, name, item]) =>
    revokeGroup(record, String(name), String(item)),
  ),
  edit('assignPermissionToGroup', ['string', 'string', 'string'], (record, [, name, group]) =>
    assignPermissionToGroup(record, String(name), String(group)),
  ),
  edit('revokePermissionInGroup', ['string', 'string', 'string'], (record, [, name, group]) =>
    revokePermissionInGroup(record, String(name), String(group)),
  ),
];

export const authContract = defineContract('auth.iost', '1.0.0', 'javascript', [
  ...adminAbis({ keptAs: 'text' }),
  signUp,
  ...EDITS,
]);

function loadRecord(host: Host, id: string): AccountRecord {
  const stored = host.mapGet('auth', id);
  if (stored?.kind !== 'string') return host.fail('require auth failed');
  chargeRecord(host, stored.value);
  return parseAccountRecord(stored.value);
}

function saveRecord(host: Host, record: AccountRecord): void {
  const text = accountRecordText(record);
  checkRecordText(host, text);
  chargeRecord(host, text);
  host.mapPut('auth', record.id, text, record.id);
}

function checkRecordText(host: Host, text: string): void {
  if (text.length > RECORD_CHARS_MAX) host.fail('input string too long');
}

/** Reading or writing JSON costs by its length, as everything does that takes time by its length. */
function chargeRecord(host: Host, text: string): void {
  host.charge(text.length);
}

/** Numbers of an action are doubles in JavaScript, so a receipt shows them as such. */
function plainArgument(argument: Argument): string | number | boolean {
  return typeof argument === 'bigint' ? Number(argument) : argument;
}
