import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Certificate,
  certificateDigest,
  decodeCertificate,
  encodeCertificate,
  makeCertificate,
  signersOf,
  verifyCertificate,
} from '#core/chain/certificate.ts';
import { quorumOf, type ValidatorGroup } from '#core/chain/validator-group.ts';
import { signerOfSeed } from '#core/crypto/key-pair.ts';

const signers = Array.from({ length: 10 }, (_, index) =>
  signerOfSeed(new Uint8Array(32).fill(index + 1)),
);
const group: ValidatorGroup = {
  chainId: 1020,
  chain: 3,
  epoch: 5,
  members: signers.map((signer) => signer.publicKey),
};
const blockHash = new Uint8Array(32).fill(9);

function certify(
  members: readonly number[],
  statement: Pick<Certificate, 'kind' | 'view' | 'blockHash'>,
): Certificate {
  const digest = certificateDigest(group, statement);
  const signatures = signers.map((signer, member) =>
    members.includes(member) ? signer.sign(digest) : undefined,
  );
  return makeCertificate(group, statement, signatures);
}

const statement = { kind: 'finalization', view: 12, blockHash } as const;
const quorum = [0, 2, 3, 5, 7, 8, 9];

test('a quorum verifies, one member less does not', () => {
  assert.equal(quorum.length, quorumOf(10));
  const certificate = certify(quorum, statement);
  assert.ok(verifyCertificate(group, certificate));
  assert.deepEqual(signersOf(certificate, 10), quorum);
  assert.equal(verifyCertificate(group, certify(quorum.slice(1), statement)), false);
});

test('verifies for exactly its chain, epoch, network, kind, view, block and members', () => {
  const certificate = certify(quorum, statement);
  const others: readonly ValidatorGroup[] = [
    { ...group, chainId: 1024 },
    { ...group, chain: 4 },
    { ...group, epoch: 6 },
    { ...group, members: group.members.toReversed() },
    { ...group, members: group.members.slice(0, 9) },
  ];
  for (const other of others) {
    assert.equal(verifyCertificate(other, certificate), false);
    const { chain, epoch } = other;
    assert.ok(
      other === group || !verifyCertificate(other, { ...certificate, chain, epoch }),
      'also when it claims to be of that group',
    );
  }
  const { signatures } = certificate;
  const swapped = [signatures[1], signatures[0], ...signatures.slice(2)] as Uint8Array[];
  const changes: readonly Partial<Certificate>[] = [
    { kind: 'notarization' },
    { kind: 'nullification' },
    { kind: 'nullification', blockHash: undefined },
    { view: 13 },
    { blockHash: new Uint8Array(32) },
    { blockHash: undefined },
    { signers: Uint8Array.of(0xff, 0) },
    { signers: Uint8Array.of(0xad, 0x03, 0) },
    { signers: Uint8Array.of(0xad, 0x83) },
    { signatures: swapped },
    { signatures: signatures.slice(1) },
  ];
  for (const change of changes) {
    assert.equal(verifyCertificate(group, { ...certificate, ...change }), false);
  }
});

test('signatures known to be good are not verified again', () => {
  const certificate = certify(quorum, statement);
  let verified = 0;
  const verify = () => {
    verified += 1;
    return true;
  };
  assert.ok(verifyCertificate(group, certificate, verify, (member) => member < 5));
  assert.equal(verified, 4);
});

test('the encoding is the only one of its content', () => {
  for (const certificate of [
    certify(quorum, statement),
    certify(quorum, { kind: 'nullification', view: 1, blockHash: undefined }),
  ]) {
    const bytes = encodeCertificate(certificate);
    assert.deepEqual(decodeCertificate(bytes), certificate);
    assert.equal(decodeCertificate(bytes.subarray(1)), undefined);
    assert.equal(decodeCertificate(Uint8Array.of(...bytes, 0)), undefined);
    assert.equal(decodeCertificate(Uint8Array.of(9, ...bytes.subarray(1))), undefined);
  }
});
