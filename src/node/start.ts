/**
 * Starts a node from its configuration: key, genesis, topology, supervisor, telemetry. Everything an
 * operator can get wrong ends as a `StartRefusal` before a thread runs.
 */

import { randomBytes } from 'node:crypto';
import type { ChainOptions } from '#actors/chain/chain-options.ts';
import type { NetworkActorOptions } from '#actors/network/network-actor.ts';
import { NETWORK_ACTOR, networkMessageBytesMax } from '#actors/network/protocol.ts';
import { DEFAULT_DELTA } from '#core/bft/settings.ts';
import { base58Decode, base58Encode } from '#core/crypto/base58.ts';
import { hexOf } from '#core/crypto/hex.ts';
import { ed25519KeyPair, type KeyPair } from '#core/crypto/key-pair.ts';
import { blockBoundsOf } from '#core/ledger/genesis/block-bounds.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { policyOf } from '#core/pob/policy.ts';
import { startTelemetry } from '#io/telemetry/telemetry-server.ts';
import type { NodeConfig } from './config/schema.ts';
import { EXIT_CODE } from './exit-code.ts';
import { openIdentity } from './identity/open-identity.ts';
import { createLogPrinter, supervisorRecord } from './log-printer.ts';
import { type GenesisFile, readGenesis } from './read-genesis.ts';
import { release } from './release.ts';
import { RESTART_LIMITS } from './restart-policy.ts';
import { announceStart } from './start-banner.ts';
import { StartRefusal } from './start-refusal.ts';
import { type NodeExit, Supervisor } from './supervisor.ts';
import { nodeTopology, outboxBytesMax, type TopologyOptions } from './topology.ts';

/** Gas is counted in hundredths. */
/** Decoded values of about 300 bytes; twice this many per chain at most. */
const CACHED_VALUES = 200_000;
/** Of a seed‖public key pair (Ed25519). */
const SEED_BYTES = 32;
/** Root blocks come at a steady pace; shards wait for work up to this long. */
const ROOT_WORK_INTERVAL_MS = 100;
const FLIGHT_SHARE = 2;
/** A leader without work may wait that long, so that an idle network makes few blocks. */
const NETWORK_DELTA = { ...DEFAULT_DELTA, minMs: 400 };

export type RunningNode = {
  /** Ordered stop: no new work, finish what is in flight, flush. */
  stop(): Promise<void>;
  readonly exitCode: Promise<number>;
};

export async function startNode(config: NodeConfig): Promise<RunningNode> {
  const startedMs = performance.now();
  const genesis = readGenesis(config.genesis);
  const identity = await identityOf(config);
  const printer = createLogPrinter({ ...config.log, descriptor: 2 });
  const supervisor = new Supervisor({
    topology: nodeTopology(topologyOptions(config, genesis, identity)),
    printer,
    logLevel: config.log.level,
    restartLimits: {
      ...RESTART_LIMITS,
      failuresMax: config.supervisor.restartsMax,
      windowMs: config.supervisor.windowSeconds * 1000,
    },
    stopMsMax: config.supervisor.stopTimeoutMs,
  });
  const telemetry = await startTelemetry({
    host: config.telemetry.host,
    port: config.telemetry.port,
    metrics: () => supervisor.metrics(),
    health: () => supervisor.health(),
    peers: () => supervisor.report(NETWORK_ACTOR),
  });
  const exitCode = supervisor.finished.then(async (exit) => {
    await telemetry.close();
    reportExit(exit);
    return exit.code;
  });
  if (await supervisor.start()) {
    announceStart(config, genesis.genesis, performance.now() - startedMs);
  }
  return {
    stop: async () => {
      supervisor.stop('stopped as asked');
      await exitCode;
    },
    exitCode,
  };

  function reportExit(exit: NodeExit): void {
    if (exit.code === EXIT_CODE.clean) return;
    printer.print('supervisor', supervisorRecord('error', `node ends: ${exit.reason}`));
    if (exit.fix !== '') printer.print('supervisor', supervisorRecord('error', `fix: ${exit.fix}`));
  }
}

/** What the actors of a node are started with. */
export function topologyOptions(
  config: NodeConfig,
  file: GenesisFile,
  identity: KeyPair,
): TopologyOptions {
  const witnesses = file.genesis.witnesses.map(({ signatureKey }) => signatureKey);
  if (config.mode === 'producer') requireWitness(witnesses, identity);
  const chain = chainOptions(config, file, identity);
  requireRoomForBlocks(config, chain.limits.bytesMax);
  const { dataDir, shards } = config;
  return {
    shards: Array.from({ length: shards }, (_, shard) => ({ ...chain, chain: shard })),
    root: { ...chain, chain: ROOT_CHAIN, limits: rootLimits(config, chain) },
    storage: {
      dataDir,
      shards,
      genesis: file.id,
      mapBytes: config.storage.mapBytes,
      start: { genesis: file.genesis, chainId: config.network.chainId },
    },
    verifier: {
      chainId: config.network.chainId,
      shards,
      ...(config.verifier.threads === 0 ? {} : { threads: config.verifier.threads }),
    },
    rpc: {
      rpc: config.rpc,
      network: { ...config.network, ...release() },
      dataDir,
      shards,
      contractConsole: config.contracts.console,
      nodeId: base58Encode(identity.publicKey),
    },
    network: isNetworked(config, witnesses) ? networkOptions(config, file, chain) : undefined,
    transactionRingBytes: config.rings.transactionBytes,
  };
}

/** An observer signs nothing but the hellos of one life, so its key is made for that. */
function identityOf(config: NodeConfig): Promise<KeyPair> {
  if (config.mode !== 'observer') return openIdentity(config.identity);
  return Promise.resolve(ed25519KeyPair(randomBytes(SEED_BYTES)));
}

function isNetworked({ mode, p2p }: NodeConfig, witnesses: readonly string[]): boolean {
  const knowsPeers = p2p.peers.length + p2p.seeds.length > 0;
  return p2p.enable === 'always' || witnesses.length > 1 || mode !== 'producer' || knowsPeers;
}

/** Nobody can dial "all addresses of this machine". */
function announcedAddress({ announce, host, port }: NodeConfig['p2p']): string | null {
  if (announce !== null) return announce;
  if (host === '0.0.0.0' || host === '::') return null;
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function networkOptions(
  config: NodeConfig,
  file: GenesisFile,
  chain: Omit<ChainOptions, 'chain'>,
): NetworkActorOptions {
  const { chainId, validators, seed, dataDir, shards, limits } = chain;
  const { enable: _, ...p2p } = config.p2p;
  return {
    ...p2p,
    announce: announcedAddress(config.p2p),
    chainId,
    genesis: file.id,
    validators: validators.map(hexOf),
    seed,
    dataDir,
    shards,
    messageBytesMax: networkMessageBytesMax(limits.bytesMax),
  };
}

function chainOptions(
  config: NodeConfig,
  { genesis }: GenesisFile,
  identity: KeyPair,
): Omit<ChainOptions, 'chain'> {
  const { block, mempool, channels } = config;
  const { witnesses } = genesis;
  return {
    shards: config.shards,
    chainId: config.network.chainId,
    dataDir: config.dataDir,
    validators: witnesses.map(({ signatureKey }) => base58Decode(signatureKey) as Uint8Array),
    policy: policyOf(genesis.pob),
    seed: identity.secretKey.slice(0, SEED_BYTES),
    limits: {
      intervalMs: block.intervalMs,
      idleIntervalMs: block.idleIntervalMs,
      ...blockBoundsOf(genesis.block),
      outboxBytesMax: outboxBytesMax(config.shards),
    },
    mempool: {
      countMax: mempool.transactionsMax,
      bytesMax: mempool.bytesMax,
      complexUpToCount: Math.ceil(mempool.transactionsMax / FLIGHT_SHARE),
      parkedMax: Math.ceil(mempool.transactionsMax / FLIGHT_SHARE),
    },
    window: { messagesMax: channels.windowMessages, bytesMax: channels.windowBytes },
    delta: witnesses.length === 1 ? DEFAULT_DELTA : NETWORK_DELTA,
    cachedValues: CACHED_VALUES,
    contractConsole: config.contracts.console,
    packingLimitMs: config.contracts.packingLimitMs,
  };
}

/** Root blocks are what clients count, so they come at a steady pace, sooner for waiting work. */
function rootLimits(
  config: NodeConfig,
  chain: Omit<ChainOptions, 'chain'>,
): ChainOptions['limits'] {
  const idleIntervalMs = config.root.intervalMs;
  // A group does not wait for its leader for longer than that beyond the interval.
  const patienceMs = chain.validators.length === 1 ? idleIntervalMs : chain.delta.minMs;
  const shortestMs = Math.max(ROOT_WORK_INTERVAL_MS, idleIntervalMs - patienceMs);
  const intervalMs = Math.min(shortestMs, idleIntervalMs);
  return { ...chain.limits, intervalMs, idleIntervalMs };
}

function requireRoomForBlocks({ mempool }: NodeConfig, blockBytesMax: number): void {
  if (mempool.bytesMax >= blockBytesMax) return;
  throw new StartRefusal(`mempool.bytesMax (${mempool.bytesMax}) does not hold a block`, {
    fix: `set it to block.bytesMax of the genesis (${blockBytesMax}) or more`,
  });
}

function requireWitness(witnesses: readonly string[], identity: KeyPair): void {
  const key = base58Encode(identity.publicKey);
  if (!witnesses.includes(key)) {
    throw new StartRefusal(`the key of this node (${key}) is no block producer of the genesis`, {
      fix:
        'use the keystore of a witness of the genesis file; ' +
        'a producer that was registered later starts with mode "candidate"',
    });
  }
}
