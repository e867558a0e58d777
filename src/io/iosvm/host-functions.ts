/**
 * What contracts reach of the host: functions over primitives. An effect answers the gas it cost, a
 * read the value or `null`; a refusal is text (`<gas> <message>`), and `undefined` says that the call
 * has to end because of something that is no business of the contract, such as state of another
 * chain. No function throws.
 */

import { base58Decode, base58Encode } from '#core/crypto/base58.ts';
import { verifyEd25519 } from '#core/crypto/ed25519.ts';
import { ripemd160, sha3 } from '#core/crypto/hash.ts';
import { hexOf } from '#core/crypto/hex.ts';
import { verifySecp256k1 } from '#core/crypto/secp256k1.ts';
import { ContractFailure } from '#core/ledger/contract-failure.ts';
import type { ConsoleLevel } from '#core/ledger/emission.ts';
import { goJson } from '#core/ledger/go-json.ts';
import type { Host } from '#core/ledger/host.ts';
import { utf8Bytes } from '#core/ledger/state-value.ts';
import { blockText, contextText, transactionText } from './call-texts.ts';
import { applyWrites } from './pending-writes.ts';
import type { RunFrame } from './run-frame.ts';
import { storedText } from './stored-text.ts';

type Primitive = string | number | boolean | null | undefined;
export type HostFunctions = Readonly<Record<string, (...args: never[]) => Primitive>>;

export type HostFunctionOptions = {
  /** Whether contracts can write lines for their authors. */
  readonly console: boolean;
};

/** `current` answers the call that is running. */
export function hostFunctions(
  current: () => RunFrame,
  options: HostFunctionOptions,
): HostFunctions {
  const read = (get: (host: Host) => Primitive): Primitive => {
    const frame = current();
    try {
      return get(frame.host);
    } catch (error) {
      return refusal(frame, error, 0);
    }
  };
  const effect = (run: (host: Host) => unknown): Primitive => {
    const frame = current();
    const before = frame.host.gas;
    try {
      run(frame.host);
      return frame.host.gas - before;
    } catch (error) {
      return refusal(frame, error, frame.host.gas - before);
    }
  };
  return {
    ...storageFunctions(current, read, effect),
    ...chainFunctions(current, read, effect),
    ...CRYPTO,
    ...(options.console ? consoleFunction(current) : {}),
  };
}

type Read = (get: (host: Host) => Primitive) => Primitive;
type Effect = (run: (host: Host) => unknown) => Primitive;

function refusal(frame: RunFrame, error: unknown, gas: number): Primitive {
  if (error instanceof ContractFailure) return `${gas} ${error.message}`;
  frame.failure = { error };
  return undefined;
}

function storageFunctions(current: () => RunFrame, read: Read, effect: Effect): HostFunctions {
  /** What a contract has to ask for, its next call may bring along. */
  const learn = (key: string, field?: string) => {
    const { guesses, host, args } = current();
    guesses.learn(host, args, key, field);
  };
  return {
    // An empty payer stands for whoever paid before.
    put: (key: string, value: string, payer: string) =>
      effect((host) => host.put(key, value, payer || undefined)),
    get: (key: string) => {
      learn(key);
      return read((host) => storedText(host.get(key.toWellFormed())));
    },
    del: (key: string) => effect((host) => host.del(key)),
    mapPut: (key: string, field: string, value: string, payer: string) =>
      effect((host) => host.mapPut(key, field, value, payer || undefined)),
    mapGet: (key: string, field: string) => {
      learn(key, field);
      return read((host) => storedText(host.mapGet(key.toWellFormed(), field.toWellFormed())));
    },
    write: (writes: string) => effect((host) => applyWrites(host, writes)),
    mapKeys: (key: string) => read((host) => goJson(host.mapKeys(key.toWellFormed()))),
    mapDel: (key: string, field: string) => effect((host) => host.mapDel(key, field)),
    globalGet: (contract: string, key: string) =>
      read((host) => storedText(host.globalGet(contract.toWellFormed(), key.toWellFormed()))),
    globalMapGet: (contract: string, key: string, field: string) =>
      read((host) =>
        storedText(
          host.globalMapGet(contract.toWellFormed(), key.toWellFormed(), field.toWellFormed()),
        ),
      ),
    globalMapKeys: (contract: string, key: string) =>
      read((host) => goJson(host.globalMapKeys(contract.toWellFormed(), key.toWellFormed()))),
  };
}

function chainFunctions(current: () => RunFrame, read: Read, effect: Effect): HostFunctions {
  return {
    blockInfo: () => read(blockText),
    txInfo: () => read(transactionText),
    contextInfo: () => read(contextText),
    requireAuth: (account: string, permission: string) => {
      let granted = false;
      const gas = effect((host) => {
        granted = host.requireAuth(account.toWellFormed(), permission.toWellFormed());
      });
      return typeof gas === 'number' ? 2 * gas + Number(granted) : gas;
    },
    event: (content: string) => effect((host) => host.event(content.toWellFormed())),
    call: (...args: CallArguments) => callContract(current(), args),
  };
}

function consoleFunction(current: () => RunFrame): HostFunctions {
  return {
    consoleLine: (level: ConsoleLevel, text: string) => {
      current().host.consoleLine(level, text.toWellFormed());
      return undefined;
    },
  };
}

type CallArguments = [
  contract: string,
  abi: string,
  data: string,
  withAuth: boolean,
  used: number,
  allocationLeft: number,
  stackLeft: number,
];

function callContract(frame: RunFrame, args: CallArguments): Primitive {
  const [contract, abi, data, withAuth, used, allocationLeft, stackLeft] = args;
  const { host } = frame;
  const before = frame.gasBefore + used;
  host.gas = before;
  frame.allocationLeft = allocationLeft;
  frame.stackLeft = stackLeft;
  frame.allocatedBelow = 0;
  try {
    const returned = host.call(
      contract.toWellFormed(),
      abi.toWellFormed(),
      data.toWellFormed(),
      withAuth,
    );
    const text = returned === null ? 'null' : goJson(returned);
    return `${host.gas - before} ${frame.allocatedBelow} ${text}`;
  } catch (error) {
    const answer = refusal(frame, error, host.gas - before);
    return answer === undefined ? undefined : `!${answer}`;
  }
}

const utf8 = new TextEncoder();
const HEX = /^(?:[0-9a-f]{2})*$/i;

const CRYPTO: HostFunctions = {
  textBytes: (text: string) => utf8Bytes(text),
  hexBytes: (hex: string) => (HEX.test(hex) ? hex.length / 2 : 0),
  base58Bytes: (text: string) => base58Decode(text)?.length ?? 0,
  sha3: (text: string) => base58Encode(sha3(utf8.encode(text))),
  sha3Hex: (hex: string) => hashOfHex(hex, sha3),
  ripemd160Hex: (hex: string) => hashOfHex(hex, ripemd160),
  verify: (algorithm: string, message: string, signature: string, publicKey: string) =>
    Number(verifyText(algorithm, message, signature, publicKey)),
};

function hashOfHex(hex: string, hash: (bytes: Uint8Array) => Uint8Array): string {
  return HEX.test(hex) ? hexOf(hash(Uint8Array.from(Buffer.from(hex, 'hex')))) : '';
}

function verifyText(algorithm: string, ...texts: [string, string, string]): boolean {
  const [message, signature, publicKey] = texts.map((text) => base58Decode(text));
  if (message === undefined || signature === undefined || publicKey === undefined) return false;
  if (algorithm === 'ed25519') return verifyEd25519(signature, message, publicKey);
  return algorithm === 'secp256k1' && verifySecp256k1(signature, message, publicKey);
}
