/**
 * The files of a network on this machine: one genesis, and a folder with a configuration for each
 * validator. Keys are random and lie in the configurations in plain text, so such a network is for
 * trying things out; its accounts are the published ones of the development network.
 */

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { base58Encode } from '#core/crypto/base58.ts';
import { ed25519KeyPair, type KeyPair } from '#core/crypto/key-pair.ts';
import type { GenesisPolicy } from '#core/pob/policy.ts';
import { genesisOf, readGenesisPattern } from './genesis-pattern.ts';

const HOST = '127.0.0.1';
const TESTNET_FILE = 'testnet.json';
/** Each block goes to every validator, and all of them share one machine. */
const BLOCK_BYTES_MAX = 1024 * 1024;
const MAP_BYTES = 2 ** 30;

export type TestnetValidator = {
  readonly index: number;
  /** Base58. */
  readonly publicKey: string;
  readonly config: string;
  readonly dataDir: string;
  readonly rpc: string;
  readonly telemetry: string;
  readonly p2p: string;
};

export type TestnetSize = {
  /** Rules of the elections where they are not the published ones. */
  readonly policy?: GenesisPolicy | undefined;
  readonly validators: number;
  readonly shards: number;
  /** Whose genesis is the pattern, with the keys replaced; the development network's unless said. */
  readonly network?: string;
};

/** Writes the files, or reads them where the directory holds a testnet of this size already. */
export async function prepareTestnet(
  directory: string,
  size: TestnetSize,
): Promise<readonly TestnetValidator[] | string> {
  const file = join(directory, TESTNET_FILE);
  if (!existsSync(file)) return writeTestnet(directory, size);
  const { validators, shards } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly validators: readonly TestnetValidator[];
    readonly shards: number;
  };
  if (validators.length === size.validators && shards === size.shards) return validators;
  return `${directory} holds a testnet of ${validators.length} validators and ${shards} shards`;
}

async function writeTestnet(
  directory: string,
  { validators: count, shards, network = 'dev', policy }: TestnetSize,
): Promise<readonly TestnetValidator[]> {
  mkdirSync(directory, { recursive: true });
  const keys = Array.from({ length: count }, () => ed25519KeyPair(randomBytes(32)));
  const ports = await freePorts(3 * count);
  const genesis = join(directory, 'genesis.json');
  const producers = keys.map(({ publicKey }) => publicKey);
  const content = genesisOf(readGenesisPattern(network), producers, undefined);
  const rules = { ...content, block: { bytesMax: BLOCK_BYTES_MAX } };
  writeJson(genesis, policy === undefined ? rules : { ...rules, pob: policy });
  const validators = keys.map(({ publicKey }, index) => {
    const dataDir = join(directory, `validator-${index}`);
    const [rpc, telemetry, p2p] = ports
      .slice(3 * index, 3 * index + 3)
      .map((port) => `${HOST}:${port}`) as [string, string, string];
    const config = join(dataDir, 'config.json');
    return { index, publicKey: base58Encode(publicKey), config, dataDir, rpc, telemetry, p2p };
  });
  for (const [index, validator] of validators.entries()) {
    mkdirSync(validator.dataDir, { recursive: true });
    const others = validators.filter((other) => other !== validator).map(({ p2p }) => p2p);
    writeJson(validator.config, {
      shards,
      dataDir: '.',
      genesis: '../genesis.json',
      identity: { keystore: null, devSecretKey: base58Encode((keys[index] as KeyPair).secretKey) },
      rpc: { port: portOf(validator.rpc) },
      telemetry: { port: portOf(validator.telemetry) },
      p2p: {
        host: HOST,
        port: portOf(validator.p2p),
        peers: others,
        // All of them share one host.
        connectionsPerHostMax: 4 * count + 64,
      },
      verifier: { threads: 1 },
      storage: { mapBytes: MAP_BYTES },
    });
  }
  writeJson(join(directory, TESTNET_FILE), { shards, validators });
  return validators;
}

function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(':') + 1));
}

/** Free when they are chosen; not reserved. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports: number[] = [];
  for (const server of servers) {
    await once(server.listen(0, HOST), 'listening');
    const address = server.address();
    if (typeof address === 'object' && address !== null) ports.push(address.port);
  }
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
}
