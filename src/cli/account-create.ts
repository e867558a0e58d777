/**
 * `iostd account create`: registers an account with one key, buys RAM for it and pledges for its
 * gas, in one transaction that the creator pays for.
 */

import type { Command } from 'commander';
import { Option } from 'commander';
import type { Action } from '#core/chain/transaction.ts';
import { base58Decode } from '#core/crypto/base58.ts';
import { algorithmOfPublicKey } from '#core/crypto/key-pair.ts';
import { EXIT_CODE } from '#node/exit-code.ts';
import { readKeystore } from '#node/identity/keystore.ts';
import { CommandFailure } from './command-failure.ts';
import { keyFailure } from './key-options.ts';
import type { NodeClient } from './node-client.ts';
import { type SendFlags, sendAndReport, withSendOptions } from './send-transaction.ts';
import { checkAmount } from './transfer.ts';

const GAS_LIMIT = 1_000_000;
const NAME = /^[a-z0-9_]{5,11}$/;
/** Below this the market refuses to sell. */
const RAM_BYTES_MIN = 10;
/** What the registration itself pledges for the gas of the new account, in IOST. */
const SIGN_UP_PLEDGE = 10;
/** Room for the 2 % fee of the RAM market and for its price to move until the block. */
const RAM_PRICE_MARGIN = 1.1;

type Flags = SendFlags & {
  readonly creator: string;
  readonly publicKey?: string;
  readonly newKeystore?: string;
  readonly ram: number;
  readonly pledge: string;
};

const EXAMPLES = `
Example:
  $ iostd keys new --out alice.json
  $ iostd account create alice --new-keystore alice.json --creator admin --keystore admin.json`;

export function addAccountCreate(account: Command): void {
  withSendOptions(account.command('create'), GAS_LIMIT)
    .description('register an account; the creator signs and pays')
    .argument('<name>', '5 to 11 characters a-z, 0-9 and _')
    .requiredOption('--creator <account>', 'account that pays; its key is the one to sign with')
    .option('--public-key <base58>', 'key of the new account, as owner and active')
    .option('--new-keystore <file>', 'or a keystore to take the public key from')
    .addOption(
      new Option('--ram <bytes>', 'RAM to buy for it; 0 for none').default(1024).argParser(Number),
    )
    .option('--pledge <iost>', 'IOST to pledge for its gas beside the 10 of the registration', '0')
    .addHelpText('after', EXAMPLES)
    .action(createAccount);
}

async function createAccount(name: string, flags: Flags): Promise<void> {
  if (!NAME.test(name)) {
    throw usage(`"${name}" is no account name`, 'use 5 to 11 characters of a-z, 0-9 and _');
  }
  if (!Number.isSafeInteger(flags.ram) || flags.ram < 0) {
    throw usage('--ram must be a whole number of bytes', 'like --ram 1024');
  }
  checkAmount(flags.pledge);
  const publicKey = publicKeyOf(flags);
  await sendAndReport(flags, async (client) => ({
    publisher: flags.creator,
    actions: actionsFor(name, publicKey, flags),
    amountLimits: [{ token: 'iost', value: await mostIost(client, flags) }],
  }));
}

function actionsFor(name: string, publicKey: string, flags: Flags): readonly Action[] {
  const act = (contract: string, actionName: string, ...args: readonly unknown[]): Action => ({
    contract,
    actionName,
    data: JSON.stringify(args),
  });
  const actions = [act('auth.iost', 'signUp', name, publicKey, publicKey)];
  if (flags.ram >= RAM_BYTES_MIN) {
    actions.push(act('ram.iost', 'buy', flags.creator, name, flags.ram));
  }
  if (Number(flags.pledge) > 0) {
    actions.push(act('gas.iost', 'pledge', flags.creator, name, flags.pledge));
  }
  return actions;
}

/** A bound on what the creator can lose, in whole IOST; the exact price is the market's. */
async function mostIost(client: NodeClient, flags: Flags): Promise<string> {
  const { buy_price: pricePerByte } = await client.ramInfo();
  const ram = flags.ram * pricePerByte * RAM_PRICE_MARGIN;
  return String(Math.ceil(SIGN_UP_PLEDGE + Number(flags.pledge) + ram) + 1);
}

function publicKeyOf(flags: Flags): string {
  if ((flags.publicKey === undefined) === (flags.newKeystore === undefined)) {
    throw usage('the key of the new account is needed', 'give --public-key or --new-keystore');
  }
  if (flags.newKeystore !== undefined) {
    const keystore = readKeystore(flags.newKeystore);
    if (!keystore.ok) throw keyFailure(flags.newKeystore, keystore.failure);
    return keystore.value.publicKey;
  }
  const text = flags.publicKey ?? '';
  const bytes = base58Decode(text);
  if (bytes !== undefined && algorithmOfPublicKey(bytes) !== undefined) return text;
  throw usage(
    '--public-key is no public key',
    'it is base58 of 32 or 33 bytes; see iostd keys show',
  );
}

function usage(message: string, fix: string): CommandFailure {
  return new CommandFailure(message, { fix, exitCode: EXIT_CODE.usage });
}
