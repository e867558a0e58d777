/**
 * A key and a certificate for TLS, made anew at each start. It carries no identity: peers prove
 * theirs inside the session (`peer-identity.ts`), so nobody has to issue or keep certificates.
 *
 * The certificate is the smallest X.509 that TLS takes, signed with Ed25519 by its own key.
 */

import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OBJECT_ID = 0x06;
const UTF8_STRING = 0x0c;
const GENERALIZED_TIME = 0x18;
const VERSION_TAG = 0xa0;

/** 1.3.101.112 and 2.5.4.3 */
const ED25519 = tagged(SEQUENCE, tagged(OBJECT_ID, Buffer.from([0x2b, 0x65, 0x70])));
const COMMON_NAME = tagged(OBJECT_ID, Buffer.from([0x55, 0x04, 0x03]));
const VERSION_3 = tagged(VERSION_TAG, tagged(INTEGER, Buffer.from([2])));
const VALIDITY = tagged(
  SEQUENCE,
  tagged(GENERALIZED_TIME, Buffer.from('20000101000000Z')),
  tagged(GENERALIZED_TIME, Buffer.from('99991231235959Z')),
);

/** Both in PEM. */
export type TlsIdentity = { readonly key: string; readonly cert: string };

export function selfSignedCertificate(): TlsIdentity {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const name = tagged(
    SEQUENCE,
    tagged(SET, tagged(SEQUENCE, COMMON_NAME, tagged(UTF8_STRING, Buffer.from('iost-node')))),
  );
  // Positive and without leading zeros, as DER wants it.
  const serial = tagged(INTEGER, Buffer.concat([Buffer.from([1]), randomBytes(15)]));
  const body = tagged(
    SEQUENCE,
    VERSION_3,
    serial,
    ED25519,
    name,
    VALIDITY,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = tagged(BIT_STRING, Buffer.from([0]), sign(null, body, privateKey));
  const der = tagged(SEQUENCE, body, ED25519, signature);
  const lines = der.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}

function tagged(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 0x80 ? [tag, length] : [tag, 0x82, length >>> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}
