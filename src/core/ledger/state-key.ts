/**
 * Keys of the state map and where each lives. Contract storage has the reference node's keys (spec
 * go-iost §5.6): `b-<contract>-<key>`, `m-<contract>-<key>-<field>`, `m-<contract>-<key>` for the
 * field index, `c-<contract>` for code. Keys that start with `x-` are records of the node itself.
 *
 * Every key has an anchor and the anchor decides the chain (architecture §4):
 *   account:<id>   permissions, balances, gas and RAM of one account
 *   contract:<id>  a user contract: its code and storage
 *   root           what must be unique or counted chain-wide: names, token definitions and supply,
 *                  NFTs, the RAM market, governance, balances of system contracts
 *   local          each chain has its own: its pool of gas.iost, cursors, facts
 */

import { accountKeys } from './account-keys.ts';

export type Anchor = string;

export const ROOT_ANCHOR: Anchor = 'root';
export const LOCAL_ANCHOR: Anchor = 'local';

export function accountAnchor(account: string): Anchor {
  return `account:${account}`;
}

export function contractAnchor(contract: string): Anchor {
  return `contract:${contract}`;
}

/** A system contract's id ends with `.iost`. */
export function isSystemContract(id: string): boolean {
  return id.endsWith('.iost');
}

/** Ids of contracts, user or system, by shape (spec go-iost §1.3). */
export function isContractId(id: string): boolean {
  return id.startsWith('Contract') || id.includes('.');
}

/**
 * Where the balance, permissions and quota of an id live. Pledges lie with the accounts whose gas they
 * feed, so every chain has a pool of gas.iost; the pools of other system contracts are the network's.
 */
export function holderAnchor(id: string): Anchor {
  if (isSystemContract(id)) return id === 'gas.iost' ? LOCAL_ANCHOR : ROOT_ANCHOR;
  return isContractId(id) ? contractAnchor(id) : accountAnchor(id);
}

export function valueKey(contract: string, key: string): string {
  return `b-${contract}-${key}`;
}

export function mapKey(contract: string, key: string, field: string): string {
  return `m-${contract}-${key}-${field}`;
}

/** The list of a map's fields. */
export function mapIndexKey(contract: string, key: string): string {
  return `m-${contract}-${key}`;
}

export function codeKey(contract: string): string {
  return `c-${contract}`;
}

export function balanceKey(account: string, token: string): string {
  if (token === 'iost') return accountKeys(account).balance;
  return token === 'ram' ? accountKeys(account).ramBalance : `m-token.iost-TB${account}-${token}`;
}

export function freezeKey(account: string, token: string): string {
  if (token === 'iost') return accountKeys(account).freeze;
  return token === 'ram' ? accountKeys(account).ramFreeze : `m-token.iost-TF${account}-${token}`;
}

/** The list of the tokens that an account holds. */
export const tokenIndexKey = (account: string): string => accountKeys(account).tokens;
/** The bytes an account uses, which the reference counts for ram.iost. */
export const usedRamKey = (account: string): string => accountKeys(account).usedRam;
export const accountKey = (account: string): string => accountKeys(account).account;
/** Pledge total, limit, stock and time of one account in one record (ADR: gas record). */
export const gasKey = (account: string): string => accountKeys(account).gas;

/** A stable truth about another chain that this one has been told (cross-shard.md, mechanism 1). */
export const factKey = (fact: string): string => `x-fact-${fact}`;

/**
 * Names come from transactions, so a key can be built that is as long as one. No such key exists:
 * reading it finds nothing on any chain, writing it is refused. (Storage takes 1,024 bytes, and a
 * character has up to three.)
 */
export const KEY_LENGTH_MAX = 300;

/** The anchor of any key of the state map. */
export function anchorOf(key: string): Anchor {
  switch (key.charCodeAt(0)) {
    case 0x62: // b-
    case 0x6d: // m-
    case 0x63: // c-
      return anchorOfContractKey(key);
    default:
      return anchorOfNodeKey(key);
  }
}

function anchorOfContractKey(key: string): Anchor {
  const contractEnd = key.indexOf('-', 2);
  const contract = contractEnd < 0 ? key.slice(2) : key.slice(2, contractEnd);
  if (!isSystemContract(contract)) return contractAnchor(contract);
  const rest = contractEnd < 0 ? '' : key.slice(contractEnd + 1);
  switch (contract) {
    case 'token.iost':
      return rest.startsWith('TB') || rest.startsWith('TF')
        ? holderAnchor(upToDash(rest.slice(2)))
        : ROOT_ANCHOR;
    case 'auth.iost':
      return rest.startsWith('auth-') ? accountAnchor(rest.slice('auth-'.length)) : ROOT_ANCHOR;
    case 'gas.iost':
      return anchorOfGasKey(key, rest);
    case 'ram.iost':
      // What an account bought (SR, TR) is the market's business; what it uses (UR) is its own.
      return rest.startsWith('UR') ? accountAnchor(rest.slice(2)) : ROOT_ANCHOR;
    case 'system.iost':
      return rest.startsWith('contract_owner-')
        ? contractAnchor(rest.slice('contract_owner-'.length))
        : ROOT_ANCHOR;
    default:
      return ROOT_ANCHOR;
  }
}

/**
 * `<pledger>gp` field user lives with the user, whose gas the pledge feeds; the index of a pledger's
 * users is kept by every chain for its own. `<account>gt` and the like are views of the gas record.
 */
function anchorOfGasKey(key: string, rest: string): Anchor {
  if (key.startsWith('b')) return accountAnchor(rest.slice(0, -2));
  const field = rest.lastIndexOf('-');
  return field < 0 ? LOCAL_ANCHOR : accountAnchor(rest.slice(field + 1));
}

/** `x-<record>-<id>`: gas and reservations belong to an account, everything else to the chain. */
function anchorOfNodeKey(key: string): Anchor {
  if (key.startsWith('x-gas-')) return accountAnchor(key.slice('x-gas-'.length));
  if (key.startsWith('x-reserved-')) return accountAnchor(key.slice('x-reserved-'.length));
  return LOCAL_ANCHOR;
}

function upToDash(text: string): string {
  const dash = text.indexOf('-');
  return dash < 0 ? text : text.slice(0, dash);
}
