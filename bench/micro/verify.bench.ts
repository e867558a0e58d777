/**
 * Signature checks by each library behind the node's acceptance rule, on this thread; and Ed25519
 * alone on all cores, without the decoding and hashing that the verifier's threads do beside it.
 */

import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { verifyEd25519With } from '#core/crypto/ed25519.ts';
import { ed25519Backends } from '#core/crypto/ed25519-backend.ts';
import { sha3, sha256 } from '#core/crypto/hash.ts';
import {
  ed25519KeyPair,
  type KeyPair,
  keyPairOfSecret,
  signDigest,
} from '#core/crypto/key-pair.ts';
import { secp256k1Backends, verifySecp256k1With } from '#core/crypto/secp256k1.ts';
import type { MicroGroup, Operation } from '../harness.ts';
import type { SignatureThreadData } from './signature.thread.ts';

const KEYS = 16;
/** The pure JavaScript library takes a millisecond each. */
const SLOW_LIBRARY = 'noble';
const TASKS_PER_THREAD = 4;
const THREAD = new URL('./signature.thread.ts', import.meta.url);

type Signed = {
  readonly digest: Uint8Array;
  readonly signature: Uint8Array;
  readonly publicKey: Uint8Array;
};
type Check = (signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array) => boolean;

export const verifyBench: MicroGroup = {
  name: 'verify',
  open: ({ verifications }) => {
    const ed25519 = signedBy((index) => ed25519KeyPair(sha256(`bench key ${index}`)));
    const secp256k1 = signedBy(secp256k1KeyPair);
    const countFor = (library: string) => (library === SLOW_LIBRARY ? 1 : verifications);
    const allCores = onAllCores(ed25519, verifications * KEYS);
    return {
      operations: [
        ...ed25519Backends().map((backend) =>
          verification(`ed25519, ${backend.name}`, ed25519, countFor(backend.name), (...signed) =>
            verifyEd25519With(backend, ...signed),
          ),
        ),
        ...secp256k1Backends().map((backend) =>
          verification(
            `secp256k1, ${backend.name}`,
            secp256k1,
            countFor(backend.name),
            (...signed) => verifySecp256k1With(backend, ...signed),
          ),
        ),
        allCores.operation,
      ],
      close: () => allCores.pool.destroy(),
    };
  },
};

function verification(
  name: string,
  signed: readonly Signed[],
  count: number,
  check: Check,
): Operation {
  const run = () => {
    for (let index = 0; index < count; index++) {
      const { signature, digest, publicKey } = signed[index % KEYS] as Signed;
      if (!check(signature, digest, publicKey)) throw new Error('a good signature was refused');
    }
    return undefined;
  };
  return { name: `verify/${name}`, unit: 'signature', units: count, run };
}

function onAllCores(signed: readonly Signed[], checksPerTask: number) {
  const threads = availableParallelism();
  const workerData: SignatureThreadData = { signed };
  const pool = new Piscina<number, number>({
    filename: THREAD.href,
    name: 'verifySignatures',
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: 2,
    idleTimeout: Number.POSITIVE_INFINITY,
    workerData,
  });
  const tasks = threads * TASKS_PER_THREAD;
  const run = async () => {
    const good = await Promise.all(Array.from({ length: tasks }, () => pool.run(checksPerTask)));
    if (good.some((count) => count !== checksPerTask)) throw new Error('a signature was refused');
    return undefined;
  };
  const name = 'verify/ed25519, signatures only, all cores';
  const operation: Operation = { name, unit: 'signature', units: tasks * checksPerTask, run };
  return { pool, operation };
}

function signedBy(keyOf: (index: number) => KeyPair): readonly Signed[] {
  return Array.from({ length: KEYS }, (_, index) => {
    const key = keyOf(index);
    const digest = sha3(`bench message ${index}`);
    return { digest, signature: signDigest(key, digest), publicKey: key.publicKey };
  });
}

function secp256k1KeyPair(index: number): KeyPair {
  const key = keyPairOfSecret('secp256k1', sha256(`bench key ${index}`));
  if (!key.ok) throw new Error('a hash is a secret key, but for a chance of 2^-128');
  return key.value;
}
