/**
 * Who is at the other end. Both sides say hello inside TLS 1.3: protocol, network, genesis, shards, and
 * the key of the node with a signature over the exporter of this very session. The exporter is a secret
 * of the two ends of one session, so a hello cannot be shown in another one, and whoever sits
 * between two sessions cannot pass it on. The role is signed, so it cannot be sent back either.
 */

import type { TLSSocket } from 'node:tls';
import { verifyEd25519 } from '#core/crypto/ed25519.ts';
import { sha256 } from '#core/crypto/hash.ts';
import type { Signer } from '#core/crypto/key-pair.ts';
import type { Hello } from './wire-message.ts';

/** Newest and oldest set of frames that this node speaks; two nodes use the newest of both. */
export const PEER_PROTOCOL_VERSION = 3;
const PEER_PROTOCOL_VERSION_MIN = 3;
const EXPORTER_LABEL = 'EXPORTER-iost-node-peer-v1';
const EXPORTER_BYTES = 32;
const DOMAIN = new TextEncoder().encode('IOST/peer/v1');

export type PeerRole = 'dialer' | 'listener';

/** What two nodes must have in common. */
export type PeerTerms = {
  readonly chainId: number;
  /** Hex id of the genesis file. */
  readonly genesis: string;
  /** Where an account lives depends on their number. */
  readonly shards: number;
};

export function sessionSecret(socket: TLSSocket): Uint8Array {
  // The context argument is optional in Node, not in its types.
  return socket.exportKeyingMaterial(EXPORTER_BYTES, EXPORTER_LABEL, Buffer.alloc(0));
}

export function makeHello(
  terms: PeerTerms,
  signer: Signer,
  role: PeerRole,
  secret: Uint8Array,
): Hello {
  const { chainId, genesis, shards } = terms;
  return {
    kind: 'hello',
    version: PEER_PROTOCOL_VERSION,
    versionMin: PEER_PROTOCOL_VERSION_MIN,
    chainId,
    genesis,
    shards,
    key: signer.publicKey,
    signature: signer.sign(helloDigest(role, secret, signer.publicKey)),
  };
}

/** Why the hello is refused; `undefined`: the peer has its key. `role` is the one of the peer. */
export function helloProblem(
  terms: PeerTerms,
  hello: Hello,
  role: PeerRole,
  secret: Uint8Array,
): string | undefined {
  if (hello.version < PEER_PROTOCOL_VERSION_MIN) {
    return `it speaks peer protocol ${hello.version}, which is too old here: update that node`;
  }
  if (hello.versionMin > PEER_PROTOCOL_VERSION) {
    return `it speaks peer protocol ${hello.versionMin} at least: update this node`;
  }
  if (hello.chainId !== terms.chainId) {
    return `chain id ${hello.chainId}, this network has ${terms.chainId}`;
  }
  if (hello.genesis !== terms.genesis) {
    return `genesis ${hello.genesis.slice(0, 16)}…, here ${terms.genesis.slice(0, 16)}…`;
  }
  if (hello.shards !== terms.shards) {
    return `it has ${hello.shards} shard(s), this network ${terms.shards}: set "shards" to the same number on all nodes`;
  }
  const digest = helloDigest(role, secret, hello.key);
  if (!verifyEd25519(hello.signature, digest, hello.key)) {
    return 'the signature does not prove the key for this session';
  }
  return undefined;
}

function helloDigest(role: PeerRole, secret: Uint8Array, key: Uint8Array): Uint8Array {
  return sha256(Buffer.concat([DOMAIN, Buffer.from([role === 'dialer' ? 1 : 2]), secret, key]));
}
