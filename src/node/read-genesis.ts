/** Reads and checks a genesis file: `config/genesis/*.json`. All problems are told at once. */

import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { sha256 } from '#core/crypto/hash.ts';
import { hexOf } from '#core/crypto/hex.ts';
import type { Genesis } from '#core/ledger/genesis/genesis-config.ts';
import { validateGenesis } from '#core/ledger/genesis/validate-genesis.ts';
import { StartRefusal } from './start-refusal.ts';

const NS_PER_MS = 1_000_000n;

const key = v.pipe(v.string(), v.minLength(1));
const named = { id: v.string(), ownerKey: key, activeKey: key };
const published = { publishedSecretKey: v.optional(v.string()) };
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const genesisSchema = v.strictObject({
  name: v.string(),
  initialTimestamp: v.pipe(v.string(), v.isoTimestamp()),
  iost: v.strictObject({ totalSupply: count, decimals: count }),
  admin: v.strictObject({ ...named, balance: v.string(), ...published }),
  foundation: v.strictObject(named),
  witnesses: v.array(
    v.strictObject({
      ...named,
      signatureKey: key,
      balance: v.string(),
      votes: v.optional(v.string()),
      ...published,
    }),
  ),
  systemGasPledge: v.string(),
  systemRamBytes: count,
  ram: v.strictObject({
    initialTotal: count,
    increaseIntervalSeconds: count,
    increaseAmount: count,
    reserved: count,
  }),
  accounts: v.array(
    v.strictObject({
      ...named,
      balance: v.string(),
      gasPledge: v.string(),
      ramBytes: count,
      ...published,
    }),
  ),
  block: v.optional(v.strictObject({ bytesMax: v.optional(count), gasMax: v.optional(count) })),
  pob: v.optional(
    v.strictObject({
      committeeSize: v.optional(count),
      periodBlocks: v.optional(count),
      shardEpochBlocks: v.optional(count),
      candidacyMode: v.optional(v.picklist(['bps', 'fixed', 'max'])),
      candidacyBps: v.optional(count),
      candidacyVotes: v.optional(count),
      heartbeatPeriods: v.optional(count),
      coolingSeconds: v.optional(count),
      missRule: v.optional(v.picklist(['zeroInPeriod', 'anyMiss'])),
      burnRule: v.optional(v.picklist(['kth', 'clear'])),
      serviCapFactor: v.optional(count),
      unbondingSeconds: v.optional(count),
      rewards: v.optional(
        v.strictObject({
          split: v.optional(v.picklist(['s1-25-50-25', 's4-25-25-50'])),
          pool: count,
          periods: v.optional(count),
        }),
      ),
    }),
  ),
  benchAccounts: v.optional(
    v.strictObject({
      count,
      balance: v.string(),
      gasPledge: v.string(),
      ramBytes: count,
    }),
  ),
});

export type GenesisFile = {
  readonly genesis: Genesis;
  /** Names the content, whatever its layout: a data directory remembers it. */
  readonly id: string;
};

/** Throws `StartRefusal` with every problem of the file. */
export function readGenesis(path: string): GenesisFile {
  const refuse = (problem: string): StartRefusal =>
    new StartRefusal(`genesis file ${path}: ${problem}`, {
      fix: 'see config/genesis/dev.json for the form of a genesis file',
    });
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
  const parsed = v.safeParse(genesisSchema, content);
  if (!parsed.success) {
    throw refuse(
      parsed.issues.map((issue) => `${v.getDotPath(issue) ?? 'file'}: ${issue.message}`).join('; '),
    );
  }
  const { initialTimestamp, ...rest } = parsed.output;
  const genesis = {
    ...(rest as Omit<Genesis, 'initialTimestamp'>),
    initialTimestamp: BigInt(Date.parse(initialTimestamp)) * NS_PER_MS,
  };
  const problems = validateGenesis(genesis);
  if (problems.length > 0) {
    throw refuse(problems.map(({ path: at, message }) => `${at}: ${message}`).join('; '));
  }
  return { genesis, id: hexOf(sha256(JSON.stringify(parsed.output))) };
}
