/**
 * What a contract is told about the block, the transaction and its call, as JSON (spec go-iost §5.5,
 * §5.7). Times and amounts of gas above 2^53 lose digits when a contract parses them, as always.
 */

import { SIGNATURE_ALGORITHM, type Signature } from '#core/chain/transaction.ts';
import { base58Encode } from '#core/crypto/base58.ts';
import { goJsonString } from '#core/ledger/go-json.ts';
import type { Host } from '#core/ledger/host.ts';

const ACTIVE = 1;
const OWNER_OR_PUBLISHER = 2;

export function blockText({ block }: Host): string {
  return `{"number":${block.number},"parentHash":"${base58Encode(block.parentHash)}","witness":${goJsonString(block.witness)},"time":${block.time}}`;
}

/** The object `tx` of contracts. */
export function transactionObjectText(host: Host): string {
  const { transaction } = host;
  const left = Math.max(0, host.budget);
  return `{"time":${transaction.time},"hash":"${base58Encode(host.id)}","expiration":${transaction.expiration},"gasLimit":${left},"gasRatio":${transaction.gasRatio},"authList":${authList(host)},"publisher":${goJsonString(host.publisher)}}`;
}

/** The text of `blockchain.txInfo()`. */
export function transactionText(host: Host): string {
  const { transaction } = host;
  const limits = transaction.amountLimits.map(
    ({ token, value }) => `{"token":${goJsonString(token)},"val":${goJsonString(value)}}`,
  );
  const actions = transaction.actions.map(
    ({ contract, actionName, data }) =>
      `{"contract":${goJsonString(contract)},"actionName":${goJsonString(actionName)},"data":${goJsonString(data)}}`,
  );
  return `{"time":${transaction.time},"hash":"${base58Encode(host.id)}","expiration":${transaction.expiration},"gas_limit":${transaction.gasLimit},"gas_ratio":${transaction.gasRatio},"auth_list":${authList(host)},"publisher":${goJsonString(host.publisher)},"amount_limit":[${limits.join(',')}],"actions":[${actions.join(',')}]}`;
}

export function contextText({ frame, publisher }: Host): string {
  const { caller } = frame;
  return `{"contract_name":${goJsonString(frame.contract)},"abi_name":${goJsonString(frame.abi)},"publisher":${goJsonString(publisher)},"caller":{"name":${goJsonString(caller.name)},"is_account":${caller.isAccount}}}`;
}

/** Public keys that signed: 1 for a signer's, 2 for the publisher's. */
function authList({ transaction }: Host): string {
  const weights = new Map<string, number>();
  const note = ({ publicKey, algorithm }: Signature, weight: number): void => {
    const known = algorithm === SIGNATURE_ALGORITHM.ed25519 || publicKey.length > 0;
    if (known) weights.set(base58Encode(publicKey), weight);
  };
  for (const signature of transaction.signatures) note(signature, ACTIVE);
  for (const signature of transaction.publisherSignatures) note(signature, OWNER_OR_PUBLISHER);
  const fields = [...weights].sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${fields.map(([key, weight]) => `"${key}":${weight}`).join(',')}}`;
}
