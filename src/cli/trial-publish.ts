/**
 * Publishes a contract on a chain in memory that has just begun, with the node's own rules and engine:
 * what `compile --check` says is measured, not estimated.
 */

import { RECEIPT_STATUS, type Receipt } from '#core/chain/receipt.ts';
import {
  decodeTransaction,
  encodeTransaction,
  SIGNATURE_ALGORITHM,
  TRANSACTION_BYTES_MAX,
} from '#core/chain/transaction.ts';
import { base58Decode } from '#core/crypto/base58.ts';
import { sha3 } from '#core/crypto/hash.ts';
import { contractJson } from '#core/iosvm/contract-json.ts';
import type { ContractObject } from '#core/iosvm/contract-object.ts';
import { instrument } from '#core/iosvm/instrument.ts';
import { applyTransaction } from '#core/ledger/apply-transaction.ts';
import { wholeState } from '#core/ledger/genesis/build-genesis.ts';
import { builtinContracts } from '#core/ledger/native/builtin-contracts.ts';
import { CODE_BYTES_MAX } from '#core/ledger/native/publish-contract.ts';
import { StateOverlay } from '#core/ledger/state-overlay.ts';
import { IosvmEngine } from '#io/iosvm/iosvm-engine.ts';
import { readGenesis } from '#node/read-genesis.ts';
import { CommandFailure } from './command-failure.ts';
import { type ConfigFlags, loadFromFlags } from './config-options.ts';
import { explain, type Origin } from './contract-report.ts';

export type Trial = {
  readonly sourceBytes: number;
  readonly sourceBytesMax: number;
  readonly instrumentedBytes: number;
  readonly transactionBytes: number;
  readonly transactionBytesMax: number;
  readonly gas: number;
  readonly ramBytes: number;
};

const GAS_LIMIT = 4_000_000n;
const HUNDREDTHS = 100;
const LIFETIME_NS = 90_000_000_000n;

/** A `CommandFailure` says why it cannot be published. `file` is where the source lies. */
export function tryToPublish(contract: ContractObject, flags: ConfigFlags, file: string): Trial {
  const { config } = loadFromFlags(flags);
  const { genesis } = readGenesis(config.genesis);
  const contracts = builtinContracts();
  const state = new StateOverlay(wholeState(genesis, contracts), { self: 0, chainOf: () => 0 });
  const time = genesis.initialTimestamp;
  const block = { number: 1, parentHash: new Uint8Array(32), witness: '', time, chainId: 0 };
  const bytes = encodeTransaction({
    time,
    expiration: time + LIFETIME_NS,
    gasRatio: 100n,
    gasLimit: GAS_LIMIT * BigInt(HUNDREDTHS),
    delay: 0n,
    chainId: 0,
    signers: [],
    actions: [
      {
        contract: 'system.iost',
        actionName: 'setCode',
        data: JSON.stringify([contractJson(contract)]),
      },
    ],
    amountLimits: [{ token: '*', value: 'unlimited' }],
    signatures: [],
    publisher: genesis.admin.id,
    publisherSignatures: [
      {
        algorithm: SIGNATURE_ALGORITHM.ed25519,
        publicKey: base58Decode(genesis.admin.activeKey) ?? new Uint8Array(),
        signature: new Uint8Array(64),
      },
    ],
  });
  const transaction = decodeTransaction(bytes);
  if (transaction === undefined || bytes.length > TRANSACTION_BYTES_MAX) {
    throw new CommandFailure(
      `publishing takes a transaction of ${bytes.length} bytes, ${TRANSACTION_BYTES_MAX} are possible`,
      { fix: 'make the source shorter; comments count, too' },
    );
  }
  const environment = { overlay: state, block, contracts, engine: new IosvmEngine() };
  const outcome = applyTransaction(environment, transaction, sha3(bytes));
  if (outcome.kind !== 'executed') {
    throw new CommandFailure(`publishing it was not even tried: ${JSON.stringify(outcome)}`);
  }
  requireSuccess(outcome.receipt, { file, source: contract.code });
  const instrumented = instrument(contract.code);
  return {
    sourceBytes: Buffer.byteLength(contract.code),
    sourceBytesMax: CODE_BYTES_MAX,
    instrumentedBytes: instrumented.ok ? Buffer.byteLength(instrumented.value) : 0,
    transactionBytes: bytes.length,
    transactionBytesMax: TRANSACTION_BYTES_MAX,
    gas: Number(outcome.receipt.gasUsage) / HUNDREDTHS,
    ramBytes: outcome.receipt.ramUsage.reduce((sum, [, bytes]) => sum + Number(bytes), 0),
  };
}

function requireSuccess({ statusCode, message }: Receipt, origin: Origin): void {
  if (statusCode === RECEIPT_STATUS.SUCCESS) return;
  const words = `${origin.file} cannot be published on a new chain`;
  throw new CommandFailure(`${words}\n${explain(message, origin)}`);
}
