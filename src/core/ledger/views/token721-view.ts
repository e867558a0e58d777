/** Non-fungible tokens as clients ask for them (spec go-iost §4.5, §6.3). All of it is at the root. */

import { ok, type Result, reject } from '../../result.ts';
import { accountKey, mapKey } from '../state-key.ts';
import { mapFields } from './contract-storage-view.ts';
import { integerOf, readKey, textOf, type ViewSource } from './view-source.ts';

const CONTRACT = 'token721.iost';

export type Token721BalanceView = {
  readonly balance: bigint;
  readonly tokenIds: readonly string[];
};

export function token721BalanceView(
  source: ViewSource,
  account: string,
  token: string,
): Result<Token721BalanceView> {
  if (readKey(source, accountKey(account)) === undefined) {
    return reject('account_not_found', 'account not found');
  }
  return ok({
    balance: integerOf(readKey(source, mapKey(CONTRACT, `T721B${account}`, token))) ?? 0n,
    tokenIds: mapFields(source, CONTRACT, `T721M${token}#${account}`),
  });
}

export function token721Owner(source: ViewSource, token: string, tokenId: string): Result<string> {
  const owner = textOf(readKey(source, mapKey(CONTRACT, `T721I${token}`, tokenId)));
  return owner === undefined ? reject('token_not_found', 'token not found') : ok(owner);
}

export function token721Metadata(
  source: ViewSource,
  token: string,
  tokenId: string,
): Result<string> {
  const owner = token721Owner(source, token, tokenId);
  if (!owner.ok) return owner;
  const metadata = textOf(
    readKey(source, mapKey(CONTRACT, `T721M${token}#${owner.value}`, tokenId)),
  );
  return metadata === undefined ? reject('token_not_found', 'token not found') : ok(metadata);
}
