/// <reference no-default-lib="true"/>

/*
 * What a contract can use, for editors and for `tsc --checkJs`. It replaces the usual library:
 * contracts have only a part of JavaScript, and what is not declared here is not there. Prices are in
 * gas, beside what the code around costs.
 *
 * Put a jsconfig.json beside your contracts:
 *
 *   { "compilerOptions": { "checkJs": true, "noLib": true, "strict": true, "types": [] },
 *     "files": ["iost-contract.d.ts"], "include": ["*.js"] }
 *
 * or begin a contract with /// <reference path="./iost-contract.d.ts" />, which knows what contracts
 * have, but not what they lack.
 */

// Types of arguments, as JSDoc comments of ABIs name them.

/** `true` or `false`; the name that ABIs use. */
type bool = boolean;
/** Any JSON value. Keys of objects arrive in alphabetical order. */
type json = any;

/** A decimal number as text, like `"12.5"`; what amounts are. */
type Amount = string | number | Float64 | Int64 | BigNumber;

// What the node gives to contracts.

/**
 * The contract's own data on the chain. Values are text: use `JSON.stringify` for anything else.
 * Keys and fields have 1 to 64 printable characters other than `-` and `@`.
 *
 * Stored bytes are RAM. The payer (an account that has signed the transaction) pays for what it adds
 * and gets it back for what is deleted; without one it is whoever published the contract.
 */
interface ContractStorage {
  /** Stores `value`. 300, or a tenth of its length if that is more. */
  put(key: string, value: string, payer?: string): null;
  /** What is stored, `null` if nothing is. 300. */
  get(key: string): string | null;
  /** 300 */
  has(key: string): boolean;
  /** 300 */
  del(key: string): null;

  /** Stores an entry of a map. 300, or a tenth of its length if that is more. */
  mapPut(key: string, field: string, value: string, payer?: string): null;
  /** 300 */
  mapGet(key: string, field: string): string | null;
  /** 300 */
  mapHas(key: string, field: string): boolean;
  /**
   * Fields of the map in the order of their first appearance. Only about the first 257 are listed:
   * keep an index of your own for more. 300 and by the length of the answer.
   */
  mapKeys(key: string): string[];
  /** Number of fields that `mapKeys` lists. */
  mapLen(key: string): number;
  /** 300 */
  mapDel(key: string, field: string): null;

  /** Data of another contract. 300 each. */
  globalGet(contract: string, key: string): string | null;
  globalHas(contract: string, key: string): boolean;
  globalMapGet(contract: string, key: string, field: string): string | null;
  globalMapHas(contract: string, key: string, field: string): boolean;
  globalMapKeys(contract: string, key: string): string[];
  globalMapLen(contract: string, key: string): number;
}

/** The chain around the contract. */
interface ContractBlockchain {
  /**
   * Moves IOST between accounts. `from` must have signed the transaction, or be this contract; what
   * leaves accounts must be within the amount limits of the ABI and of the transaction.
   */
  transfer(from: string, to: string, amount: Amount, memo: string): [];
  /** Moves IOST from this contract to an account. */
  withdraw(to: string, amount: Amount, memo: string): [];
  /** Moves IOST from an account to this contract. */
  deposit(from: string, amount: Amount, memo: string): [];

  /** Calls another contract; a failure of it ends the transaction. The answer is a list of one text. */
  call(contract: string, abi: string, args: readonly unknown[] | string): any[];
  /** As `call`; the callee may act in the name of this contract, for example spend its tokens. */
  callWithAuth(contract: string, abi: string, args: readonly unknown[] | string): any[];

  /** Id of this contract. */
  contractName(): string;
  /** Account that published this contract. */
  contractOwner(): string;
  /** Account that sent the transaction. */
  publisher(): string;
  /** Who made this call: the publisher, or another contract. */
  caller(): { readonly name: string; readonly is_account: boolean };
  /** Whether the transaction is signed with a permission of the account; it does not fail. */
  requireAuth(account: string, permission: 'active' | 'owner' | string): boolean;

  /** Puts a text into the receipt of the transaction, for everybody to read. */
  receipt(content: string): null;
  /** Tells listeners, and leaves nothing on the chain. 1 for each byte. */
  event(content: string): null;

  /** JSON text: `{number, parentHash, witness, time}`. */
  blockInfo(): string;
  /** JSON text: `{time, hash, expiration, gas_limit, gas_ratio, auth_list, publisher, amount_limit, actions}`. */
  txInfo(): string;
  /** JSON text: `{contract_name, abi_name, publisher, caller: {name, is_account}}`. */
  contextInfo(): string;
}

/** The block that the transaction is in. */
interface ContractBlock {
  readonly number: number;
  /** Hash of the block before, in base58. */
  readonly parentHash: string;
  readonly witness: string;
  /** Nanoseconds since 1970; beyond 2^53, so the last digits are not exact. */
  readonly time: number;
}

/** The transaction that runs. */
interface ContractTransaction {
  /** Nanoseconds since 1970. */
  readonly time: number;
  /** In base58. */
  readonly hash: string;
  readonly expiration: number;
  /** Gas that was left when this call began. */
  readonly gasLimit: number;
  /** Hundredths. */
  readonly gasRatio: number;
  /** Public keys that have signed: 1 for a signer's, 2 for the publisher's. */
  readonly authList: { readonly [publicKey: string]: 1 | 2 };
  readonly publisher: string;
}

/** Hashes and signatures. 100 each, and 1 for each byte. */
interface ContractCrypto {
  /** SHA3-256 of a text in UTF-8, as base58. */
  sha3(text: string): string;
  /** SHA3-256 of bytes in hexadecimal, as hexadecimal; empty for what is no hexadecimal. */
  sha3Hex(hex: string): string;
  ripemd160Hex(hex: string): string;
  /** Whether a signature (all in base58) is good: 1 or 0. */
  verify(
    algorithm: 'ed25519' | 'secp256k1',
    message: string,
    signature: string,
    publicKey: string,
  ): 0 | 1;
}

/**
 * For the author: shown on nodes with the setting `contracts.console`, such as `npm start`. Free.
 * `%s %d %v` in the first text stand for the values that follow.
 */
interface ContractConsole {
  debug(...values: unknown[]): void;
  info(...values: unknown[]): void;
  log(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
}

declare const storage: ContractStorage;
declare const blockchain: ContractBlockchain;
declare const block: ContractBlock;
declare const tx: ContractTransaction;
declare const IOSTCrypto: ContractCrypto;
declare const console: ContractConsole;

/** The last statement of a contract is `module.exports = ItsClass;` */
declare const module: { exports: unknown };
/** Knows `storage` and `blockchain`, which are there anyway. */
declare function require(name: 'storage'): ContractStorage;
declare function require(name: 'blockchain'): ContractBlockchain;

// Numbers without rounding.

/** Whole numbers from -2^63 to 2^63 - 1. */
declare class Int64 {
  constructor(value: Amount, base?: number);
  readonly number: BigNumber;
  plus(value: Amount): Int64;
  minus(value: Amount): Int64;
  multi(value: Amount): Int64;
  /** Cut off, not rounded. */
  div(value: Amount): Int64;
  mod(value: Amount): Int64;
  /** Times 2 to the power of `bits`. */
  shift(bits: number): Int64;
  pow(value: Amount): Int64;
  eq(value: Amount): boolean;
  gt(value: Amount): boolean;
  gte(value: Amount): boolean;
  lt(value: Amount): boolean;
  lte(value: Amount): boolean;
  negated(): Int64;
  isZero(): boolean;
  isPositive(): boolean;
  isNegative(): boolean;
  toString(): string;
  toFixed(places?: number): string;
  toJSON(): string;
}

/** Decimal numbers (not binary ones) between -2^63 and 2^63; division has 50 decimals. */
declare class Float64 {
  constructor(value: Amount, base?: number);
  readonly number: BigNumber;
  plus(value: Amount): Float64;
  minus(value: Amount): Float64;
  multi(value: Amount): Float64;
  div(value: Amount): Float64;
  mod(value: Amount): Float64;
  pow(value: Amount): Float64;
  eq(value: Amount): boolean;
  gt(value: Amount): boolean;
  gte(value: Amount): boolean;
  lt(value: Amount): boolean;
  lte(value: Amount): boolean;
  negated(): Float64;
  isZero(): boolean;
  isPositive(): boolean;
  isNegative(): boolean;
  toString(): string;
  /** Cut off, not rounded. */
  toFixed(places?: number): string;
  toJSON(): string;
}

/** bignumber.js 7.2.1 with 50 decimals, rounding down. */
interface BigNumber {
  readonly c: readonly number[] | null;
  readonly e: number | null;
  readonly s: number | null;
  abs(): BigNumber;
  plus(value: Amount): BigNumber;
  minus(value: Amount): BigNumber;
  times(value: Amount): BigNumber;
  div(value: Amount): BigNumber;
  idiv(value: Amount): BigNumber;
  mod(value: Amount): BigNumber;
  pow(value: Amount): BigNumber;
  sqrt(): BigNumber;
  negated(): BigNumber;
  /** `mode`: 0 up (away from zero), 1 down, 2 ceiling, 3 floor, 4 half up, 5 half down, 6 half even. */
  integerValue(mode?: number): BigNumber;
  eq(value: Amount): boolean;
  gt(value: Amount): boolean;
  gte(value: Amount): boolean;
  lt(value: Amount): boolean;
  lte(value: Amount): boolean;
  isFinite(): boolean;
  isInteger(): boolean;
  isNaN(): boolean;
  isNegative(): boolean;
  isPositive(): boolean;
  isZero(): boolean;
  toFixed(places?: number, mode?: number): string;
  toNumber(): number;
  toString(base?: number): string;
  toJSON(): string;
  valueOf(): string;
}
interface BigNumberConstructor {
  new (value: Amount, base?: number): BigNumber;
  (value: Amount, base?: number): BigNumber;
  /** How to round, for `toFixed` and others; division and powers round down. */
  readonly ROUND_UP: number;
  readonly ROUND_DOWN: number;
  readonly ROUND_CEIL: number;
  readonly ROUND_FLOOR: number;
  readonly ROUND_HALF_UP: number;
  readonly ROUND_HALF_DOWN: number;
  readonly ROUND_HALF_EVEN: number;
  readonly ROUND_HALF_CEIL: number;
  readonly ROUND_HALF_FLOOR: number;
  isBigNumber(value: unknown): boolean;
  max(...values: Amount[]): BigNumber;
  min(...values: Amount[]): BigNumber;
}
declare const BigNumber: BigNumberConstructor;

// The part of JavaScript that contracts have.

declare const NaN: number;
declare const Infinity: number;
declare function isNaN(value: number): boolean;
declare function isFinite(value: number): boolean;

interface JSON {
  /** 10 and the length of the text. */
  parse(text: string, reviver?: (key: string, value: any) => any): any;
  /** By what is written; about 100 for a small object. */
  stringify(
    value: any,
    replacer?: ((key: string, value: any) => any) | string[] | null,
    space?: string | number,
  ): string;
}
declare const JSON: JSON;

/** 2 each. */
interface Math {
  readonly E: number;
  readonly LN10: number;
  readonly LN2: number;
  readonly LOG10E: number;
  readonly LOG2E: number;
  readonly PI: number;
  readonly SQRT1_2: number;
  readonly SQRT2: number;
  abs(x: number): number;
  cbrt(x: number): number;
  ceil(x: number): number;
  floor(x: number): number;
  log(x: number): number;
  log10(x: number): number;
  log1p(x: number): number;
  max(...values: number[]): number;
  min(...values: number[]): number;
  pow(x: number, y: number): number;
  round(x: number): number;
  sqrt(x: number): number;
}
declare const Math: Math;

/** Most methods cost 1 and a tenth of the length. */
interface String {
  readonly length: number;
  readonly [index: number]: string;
  charAt(position: number): string;
  charCodeAt(position: number): number;
  concat(...texts: string[]): string;
  endsWith(text: string, end?: number): boolean;
  includes(text: string, from?: number): boolean;
  indexOf(text: string, from?: number): number;
  lastIndexOf(text: string, from?: number): number;
  repeat(count: number): string;
  /** The first occurrence. There are no regular expressions. */
  replace(text: string, by: string | ((found: string) => string)): string;
  search(text: string): number;
  slice(start?: number, end?: number): string;
  split(separator?: string, limit?: number): string[];
  startsWith(text: string, from?: number): boolean;
  substring(start: number, end?: number): string;
  toLowerCase(): string;
  toUpperCase(): string;
  trim(): string;
  trimLeft(): string;
  trimRight(): string;
  toString(): string;
  valueOf(): string;
  [Symbol.iterator](): IterableIterator<string>;
}
interface StringConstructor {
  new (value?: any): String;
  (value?: any): string;
  fromCharCode(...codes: number[]): string;
  readonly prototype: String;
}
declare const String: StringConstructor;

interface Number {
  toExponential(digits?: number): string;
  toFixed(digits?: number): string;
  toPrecision(digits?: number): string;
  toString(radix?: number): string;
  valueOf(): number;
}
interface NumberConstructor {
  new (value?: any): Number;
  (value?: any): number;
  readonly EPSILON: number;
  readonly MAX_SAFE_INTEGER: number;
  readonly MIN_SAFE_INTEGER: number;
  readonly MAX_VALUE: number;
  readonly MIN_VALUE: number;
  readonly NaN: number;
  readonly NEGATIVE_INFINITY: number;
  readonly POSITIVE_INFINITY: number;
  isFinite(value: unknown): boolean;
  isInteger(value: unknown): boolean;
  isNaN(value: unknown): boolean;
  isSafeInteger(value: unknown): boolean;
  parseFloat(text: string): number;
  parseInt(text: string, radix?: number): number;
  readonly prototype: Number;
}
declare const Number: NumberConstructor;

/** Methods cost by the length of the array. */
interface Array<T> {
  length: number;
  [index: number]: T;
  concat(...items: (T | readonly T[])[]): T[];
  every(test: (value: T, index: number, list: T[]) => unknown): boolean;
  filter(test: (value: T, index: number, list: T[]) => unknown): T[];
  find(test: (value: T, index: number, list: T[]) => unknown): T | undefined;
  findIndex(test: (value: T, index: number, list: T[]) => unknown): number;
  forEach(each: (value: T, index: number, list: T[]) => void): void;
  includes(value: T, from?: number): boolean;
  indexOf(value: T, from?: number): number;
  join(separator?: string): string;
  keys(): IterableIterator<number>;
  lastIndexOf(value: T, from?: number): number;
  map<U>(change: (value: T, index: number, list: T[]) => U): U[];
  pop(): T | undefined;
  push(...items: T[]): number;
  reverse(): T[];
  shift(): T | undefined;
  slice(start?: number, end?: number): T[];
  sort(compare?: (left: T, right: T) => number): this;
  splice(start: number, count?: number, ...items: T[]): T[];
  unshift(...items: T[]): number;
  toString(): string;
  [Symbol.iterator](): IterableIterator<T>;
}
interface ReadonlyArray<T> {
  readonly length: number;
  readonly [index: number]: T;
  concat(...items: (T | readonly T[])[]): T[];
  every(test: (value: T, index: number) => unknown): boolean;
  filter(test: (value: T, index: number) => unknown): T[];
  find(test: (value: T, index: number) => unknown): T | undefined;
  findIndex(test: (value: T, index: number) => unknown): number;
  forEach(each: (value: T, index: number) => void): void;
  includes(value: T, from?: number): boolean;
  indexOf(value: T, from?: number): number;
  join(separator?: string): string;
  lastIndexOf(value: T, from?: number): number;
  map<U>(change: (value: T, index: number) => U): U[];
  slice(start?: number, end?: number): T[];
  [Symbol.iterator](): IterableIterator<T>;
}
interface ArrayConstructor {
  new <T>(...items: T[]): T[];
  <T>(...items: T[]): T[];
  isArray(value: unknown): value is any[];
  readonly prototype: any[];
}
declare const Array: ArrayConstructor;

type PropertyKey = string | number | symbol;
interface PropertyDescriptor {
  configurable?: boolean;
  enumerable?: boolean;
  value?: any;
  writable?: boolean;
  get?(): any;
  set?(value: any): void;
}
interface Object {
  constructor: Function;
  hasOwnProperty(key: PropertyKey): boolean;
  isPrototypeOf(value: Object): boolean;
  propertyIsEnumerable(key: PropertyKey): boolean;
  toString(): string;
  valueOf(): Object;
}
interface ObjectConstructor {
  new (value?: any): Object;
  (value?: any): any;
  assign<T extends object, U>(target: T, source: U): T & U;
  create(proto: object | null): any;
  defineProperty<T>(target: T, key: PropertyKey, descriptor: PropertyDescriptor): T;
  entries<T>(value: { [key: string]: T }): [string, T][];
  freeze<T>(value: T): Readonly<T>;
  getOwnPropertyDescriptor(value: any, key: PropertyKey): PropertyDescriptor | undefined;
  getOwnPropertyNames(value: any): string[];
  getOwnPropertySymbols(value: any): symbol[];
  getPrototypeOf(value: any): any;
  is(left: any, right: any): boolean;
  isExtensible(value: any): boolean;
  isFrozen(value: any): boolean;
  isSealed(value: any): boolean;
  keys(value: object): string[];
  preventExtensions<T>(value: T): T;
  seal<T>(value: T): T;
  values<T>(value: { [key: string]: T }): T[];
  readonly prototype: Object;
}
declare const Object: ObjectConstructor;

interface Symbol {
  toString(): string;
  valueOf(): symbol;
}
interface SymbolConstructor {
  (description?: string): symbol;
  for(key: string): symbol;
  readonly iterator: unique symbol;
  readonly hasInstance: unique symbol;
  readonly toPrimitive: unique symbol;
  readonly toStringTag: unique symbol;
}
declare const Symbol: SymbolConstructor;

/** Thrown, it ends the transaction; nothing can catch it. */
interface Error {
  name: string;
  message: string;
}
interface ErrorConstructor {
  new (message?: string): Error;
  (message?: string): Error;
}
declare const Error: ErrorConstructor;

interface Function {
  readonly length: number;
  readonly name: string;
  apply(self: any, args?: any): any;
  bind(self: any, ...args: any[]): any;
  call(self: any, ...args: any[]): any;
  toString(): string;
  prototype: any;
}
interface CallableFunction extends Function {}
interface NewableFunction extends Function {}
interface IArguments {
  readonly length: number;
  readonly [index: number]: any;
}
interface Boolean {
  valueOf(): boolean;
}
/** There are no regular expressions. */
interface RegExp {
  readonly source: never;
}

interface TemplateStringsArray extends ReadonlyArray<string> {
  readonly raw: readonly string[];
}
interface IteratorYieldResult<T> {
  done?: false;
  value: T;
}
interface IteratorReturnResult<T> {
  done: true;
  value: T;
}
type IteratorResult<T, TReturn = any> = IteratorYieldResult<T> | IteratorReturnResult<TReturn>;
interface Iterator<T, TReturn = any, TNext = any> {
  next(...values: [] | [TNext]): IteratorResult<T, TReturn>;
}
interface Iterable<T> {
  [Symbol.iterator](): Iterator<T>;
}
interface IterableIterator<T> extends Iterator<T> {
  [Symbol.iterator](): IterableIterator<T>;
}
interface Generator<T = unknown, TReturn = any, TNext = unknown>
  extends Iterator<T, TReturn, TNext> {
  next(...values: [] | [TNext]): IteratorResult<T, TReturn>;
  return(value: TReturn): IteratorResult<T, TReturn>;
  throw(error: any): IteratorResult<T, TReturn>;
  [Symbol.iterator](): Generator<T, TReturn, TNext>;
}

// Names that the compiler needs for JSDoc types.

type Partial<T> = { [Key in keyof T]?: T[Key] };
type Readonly<T> = { readonly [Key in keyof T]: T[Key] };
type Record<Key extends PropertyKey, T> = { [Name in Key]: T };
interface ThisType<T> {
  readonly _of?: T;
}
