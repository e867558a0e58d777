/** token.iost create: a new token and its unchanging definition (spec go-iost §6.2). */

import { FAILURE } from '../../contract-failure.ts';
import { COST } from '../../costs.ts';
import { INT64_MAX, powerOfTen } from '../../decimal.ts';
import { goJsonString } from '../../go-json.ts';
import { JsonNumber, type JsonValue, readJson } from '../../go-json-value.ts';
import type { Host } from '../../host.ts';
import { utf8Bytes } from '../../state-value.ts';
import type { NativeAbi } from '../native-contract.ts';
import { symbolProblem } from './symbol.ts';

const DECIMAL_DEFAULT = 8;
const DECIMAL_MAX = 18;
const FULL_NAME_BYTES_MAX = 50;

type Config = {
  decimal: number;
  canTransfer: boolean;
  onlyIssuerCanTransfer: boolean;
  defaultRate: string;
  fullName: string;
};

export const create: NativeAbi = {
  name: 'create',
  args: ['string', 'string', 'number', 'json'],
  home: 'root',
  run(host, args) {
    const [symbol, issuer, wholeSupply, json] = args as [string, string, bigint, string];
    host.chargeOp(2);
    const problem = symbolProblem(symbol);
    if (problem !== undefined) host.fail(problem);
    host.chargeOp(5);
    const config = readConfig(host, symbol, json);
    host.checkGas();
    if (!host.requireAuth(issuer, 'token')) host.fail(FAILURE.permission);
    host.checkGas();
    if (host.mapHas(`TI${symbol}`, 'issuer')) host.fail(FAILURE.tokenExists);
    const { decimal } = config;
    if (decimal < 0 || decimal > DECIMAL_MAX) host.fail('invalid decimal');
    if (wholeSupply > INT64_MAX / powerOfTen(decimal)) host.fail('invalid totalSupply');
    putDefinition(host, symbol, issuer, wholeSupply * powerOfTen(decimal), config);
    host.charge(COST.operation);
    host.receipt(
      `[${goJsonString(symbol)},${goJsonString(issuer)},${wholeSupply},"${base64(json)}"]`,
    );
    return [];
  },
};

function putDefinition(
  host: Host,
  symbol: string,
  issuer: string,
  totalSupply: bigint,
  config: Config,
): void {
  const payer = host.publisher;
  const map = `TI${symbol}`;
  host.mapPut(map, 'issuer', issuer, payer);
  host.mapPut(map, 'totalSupply', totalSupply, payer);
  host.mapPut(map, 'supply', 0n, payer);
  host.mapPut(map, 'canTransfer', config.canTransfer, payer);
  host.mapPut(map, 'onlyIssuerCanTransfer', config.onlyIssuerCanTransfer, payer);
  host.mapPut(map, 'defaultRate', config.defaultRate, payer);
  host.mapPut(map, 'decimal', BigInt(config.decimal), payer);
  host.mapPut(map, 'fullName', config.fullName, payer);
}

function readConfig(host: Host, symbol: string, json: string): Config {
  const parsed = readJson(json);
  if (!parsed.ok) host.fail(parsed.failure.message);
  const config: Config = {
    decimal: DECIMAL_DEFAULT,
    canTransfer: true,
    onlyIssuerCanTransfer: false,
    defaultRate: '1.0',
    fullName: symbol,
  };
  const fields = parsed.value === null ? NO_FIELDS : parsed.value;
  if (!(fields instanceof Map)) {
    host.fail('json: cannot unmarshal config into Go value of type map[string]interface {}');
  }
  readFields(host, fields as ReadonlyMap<string, JsonValue>, config);
  return config;
}

const NO_FIELDS: ReadonlyMap<string, JsonValue> = new Map();

/** In the reference's order, so that the first fault is the same one. */
function readFields(host: Host, fields: ReadonlyMap<string, JsonValue>, config: Config): void {
  const decimal = fields.get('decimal');
  if (decimal instanceof JsonNumber) config.decimal = Math.trunc(Number(decimal.text));
  else if (decimal !== undefined) host.fail('decimal in config should be number');
  for (const name of ['canTransfer', 'onlyIssuerCanTransfer'] as const) {
    const value = fields.get(name);
    if (typeof value === 'boolean') config[name] = value;
    else if (value !== undefined) host.fail(`${name} in config should be bool`);
  }
  for (const name of ['defaultRate', 'fullName'] as const) {
    const value = fields.get(name);
    if (typeof value === 'string') config[name] = value;
    else if (value !== undefined) host.fail(`${name} in config should be string`);
  }
  if (utf8Bytes(config.fullName) > FULL_NAME_BYTES_MAX) host.fail('fullName is too long');
}

/** The reference's encoder writes byte arguments, as `json` ones are, in base64. */
function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
