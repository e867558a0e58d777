/**
 * Who is at the other end. Both sides say hello inside TLS 1.3: protocol, network, genesis, and the
 * key of the node with a signature over the exporter of this very session. The exporter is a secret
 * of the two ends of one session, so a hello cannot be shown in another one, and whoever sits
 * between two sessions cannot pass it on. The role is signed, so it cannot be sent back either.
 */

import type { TLSSocket } from 'node:tls';
import { base58Encode } from '#core/crypto/base58.ts';
import { verifyEd25519 } from '#core/crypto/ed25519.ts';
import { sha256 } from '#core/crypto/hash.ts';
import type { Signer } from '#core/crypto/key-pair.ts';
import type { Hello } from './wire-message.ts';

/** Of the frames between peers; nodes of different versions do not talk. */
export const PEER_PROTOCOL_VERSION = 1;
const EXPORTER_LABEL = 'EXPORTER-iost-node-peer-v1';
const EXPORTER_BYTES = 32;
const DOMAIN = new TextEncoder().encode('IOST/peer/v1');

export type PeerRole = 'dialer' | 'listener';

/** What two nodes must have in common, and who may connect. */
export type PeerTerms = {
  readonly chainId: number;
  /** Hex id of the genesis file. */
  readonly genesis: string;
  /** Keys that may connect; a peer is named by its index here. */
  readonly validators: readonly Uint8Array[];
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
  const { chainId, genesis } = terms;
  return {
    kind: 'hello',
    version: PEER_PROTOCOL_VERSION,
    chainId,
    genesis,
    key: signer.publicKey,
    signature: signer.sign(helloDigest(role, secret, signer.publicKey)),
  };
}

export type HelloVerdict =
  | { readonly accepted: true; readonly member: number }
  | { readonly accepted: false; readonly reason: string };

/** `role` is the one of the peer that sent it. */
export function checkHello(
  terms: PeerTerms,
  hello: Hello,
  role: PeerRole,
  secret: Uint8Array,
): HelloVerdict {
  const refuse = (reason: string): HelloVerdict => ({ accepted: false, reason });
  if (hello.version !== PEER_PROTOCOL_VERSION) {
    return refuse(`peer protocol ${hello.version}, this node speaks ${PEER_PROTOCOL_VERSION}`);
  }
  if (hello.chainId !== terms.chainId) {
    return refuse(`chain id ${hello.chainId}, this network has ${terms.chainId}`);
  }
  if (hello.genesis !== terms.genesis) {
    return refuse(`genesis ${hello.genesis.slice(0, 16)}…, here ${terms.genesis.slice(0, 16)}…`);
  }
  const member = terms.validators.findIndex((key) => Buffer.from(key).equals(hello.key));
  if (member < 0) {
    return refuse(`key ${base58Encode(hello.key)} is no validator of this network`);
  }
  const digest = helloDigest(role, secret, hello.key);
  if (!verifyEd25519(hello.signature, digest, hello.key)) {
    return refuse('the signature does not prove the key for this session');
  }
  return { accepted: true, member };
}

function helloDigest(role: PeerRole, secret: Uint8Array, key: Uint8Array): Uint8Array {
  return sha256(Buffer.concat([DOMAIN, Buffer.from([role === 'dialer' ? 1 : 2]), secret, key]));
}
