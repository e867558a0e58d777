/** The genesis files that come with the node as patterns for networks of one's own. */

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { base58Decode, base58Encode } from '#core/crypto/base58.ts';
import { algorithmOfPublicKey } from '#core/crypto/key-pair.ts';
import { EXIT_CODE } from '#node/exit-code.ts';
import { CommandFailure } from './command-failure.ts';

const GENESIS_DIR = fileURLToPath(new URL('../../config/genesis/', import.meta.url));

/** IOST: more than the barrier of candidacy, which is 2 basis points of what has been issued. */
const WITNESS_VOTES = '10000000';

/** What is replaced in a genesis; the rest is copied as it stands. */
const account = v.looseObject({ publishedSecretKey: v.optional(v.string()) });
const genesisForm = v.looseObject({
  admin: account,
  foundation: account,
  witnesses: v.strictTuple([account]),
});
export type GenesisPattern = v.InferOutput<typeof genesisForm>;

/** Throws `CommandFailure` where no such network comes with the node. */
export function readGenesisPattern(network: string): GenesisPattern {
  const names = readdirSync(GENESIS_DIR)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length));
  if (!names.includes(network)) {
    throw new CommandFailure(`there is no network "${network}"`, {
      fix: `choose one of ${names.join(', ')}`,
      exitCode: EXIT_CODE.usage,
    });
  }
  const text = readFileSync(`${GENESIS_DIR}/${network}.json`, 'utf8');
  return v.parse(genesisForm, JSON.parse(text));
}

/**
 * The pattern with these keys (raw ed25519) as the block producers `producer000` and so on. With an
 * admin key of one's own (base58), nothing of the pattern may stay whose secret is published; without
 * one it is a network to play with, and everything stays.
 */
export function genesisOf(
  pattern: GenesisPattern,
  producers: readonly Uint8Array[],
  adminKey: string | undefined,
): Readonly<Record<string, unknown>> {
  const [{ publishedSecretKey: _secret, ...form }] = pattern.witnesses;
  const witnesses = producers.map((publicKey, index) => {
    const key = base58Encode(publicKey);
    const id = `producer${String(index).padStart(3, '0')}`;
    const witness = { ...form, id, ...keysOf(key), signatureKey: key };
    // Who is alone needs no votes; several are elected among themselves from the first period on.
    return producers.length === 1 ? witness : { ...witness, votes: WITNESS_VOTES };
  });
  if (adminKey === undefined) return { ...pattern, witnesses };
  const { publishedSecretKey: _published, ...admin } = pattern.admin;
  return {
    ...pattern,
    admin: { ...admin, ...keysOf(adminKey) },
    foundation: { ...pattern.foundation, ...keysOf(adminKey) },
    witnesses,
    accounts: [],
  };
}

export function checkAdminKey(text: string | undefined): void {
  if (text === undefined) return;
  const key = base58Decode(text);
  if (key !== undefined && algorithmOfPublicKey(key) !== undefined) return;
  throw new CommandFailure('--admin-key is no public key', {
    fix: 'make a key with `iostd keys new` and give its public key',
    exitCode: EXIT_CODE.usage,
  });
}

function keysOf(key: string): { readonly ownerKey: string; readonly activeKey: string } {
  return { ownerKey: key, activeKey: key };
}
