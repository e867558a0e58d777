/**
 * Runs one transaction against a block's state (spec go-iost §2.7): what it has to fulfil to be in a
 * block at all, its actions in order, all or nothing, and what it pays. The outcome is a function of
 * state, block and transaction; the order of the checks is part of the protocol.
 */

import { RECEIPT_STATUS, type Receipt } from '../chain/receipt.ts';
import type { Action, DecodedTransaction } from '../chain/transaction.ts';
import { KeptShape } from '../kept-shape.ts';
import { type Rejection, reject } from '../result.ts';
import { parseLimits } from './amount-limit.ts';
import { ContractFailure, FAILURE } from './contract-failure.ts';
import { GAS_PER_NET_BYTE } from './costs.ts';
import type { Credit } from './credit.ts';
import { NO_EMISSIONS } from './emission.ts';
import { checkGasOf } from './gas-check.ts';
import { checkGasParameters } from './gas-parameters.ts';
import { goJson } from './go-json.ts';
import { Host, type LedgerEnvironment } from './host.ts';
import { invoke } from './invoke.ts';
import { LockedState } from './locked-state.ts';
import { MissingState } from './missing-state.ts';
import type { CarriedState, Outcome } from './outcome.ts';
import { seenOnly } from './ram-slice.ts';
import { ReservedState } from './reserved-state.ts';
import { payGas, payRam } from './settle.ts';
import { utf8Bytes } from './state-value.ts';

const NO_CREDITS: readonly Credit[] = [];
const NO_AUTHORITY: readonly string[] = [];
const NO_RETURNS: readonly string[] = [];
const DESCRIPTION_CODE_POINTS = 100;

/**
 * `id` is the transaction's hash. `carried` holds state of other chains that was reserved or locked
 * for it. The overlay keeps the effects of an executed transaction and of nothing else.
 */
export function applyTransaction(
  environment: LedgerEnvironment,
  transaction: DecodedTransaction,
  id: Uint8Array,
  carried?: CarriedState,
): Outcome {
  const { overlay } = environment;
  overlay.begin(carried, environment.locks, seenOnly(transaction.publisher, carried));
  try {
    return kept.of(new Run(environment, transaction, id)).outcome();
  } catch (error) {
    overlay.rollback();
    if (error instanceof LockedState) return { kind: 'locked', key: error.key };
    if (error instanceof ReservedState) return { kind: 'reserved', account: error.account };
    if (error instanceof MissingState) {
      return { kind: 'missing', facts: error.facts, keys: error.keys, ram: error.ram };
    }
    throw error;
  }
}

/**
 * Includes a transaction that cannot run on this chain as failed with this message: it pays for its
 * size and the authority of its publisher, and does nothing else. Signers are not looked at, since
 * one of them may be what lives elsewhere; the publisher answers for what he names.
 */
export function failTransaction(
  environment: LedgerEnvironment,
  transaction: DecodedTransaction,
  id: Uint8Array,
  message: string,
  carried?: CarriedState,
): Outcome {
  const { overlay } = environment;
  overlay.begin(carried);
  try {
    return new Run(environment, transaction, id).failedOutcome(message);
  } catch (error) {
    overlay.rollback();
    if (!(error instanceof MissingState)) throw error;
    return { kind: 'dropped', rejection: rejection('foreign_state', message) };
  }
}

/** With all that belongs to it: host, authority, the decoded transaction. */
const kept = new KeptShape<Run>();

type Status = { readonly code: number; readonly message: string };

const SUCCESS: Status = { code: RECEIPT_STATUS.SUCCESS, message: '' };
const OUT_OF_GAS: Status = { code: RECEIPT_STATUS.RUNTIME_ERROR, message: FAILURE.outOfGas };

class Run {
  readonly #environment: LedgerEnvironment;
  readonly #transaction: DecodedTransaction;
  readonly #host: Host;
  readonly #ratio: number;
  #returns: string[] | undefined;
  /** Gas charged so far. */
  #paid: number;
  /** Gas left for actions. */
  #budget = 0;

  constructor(environment: LedgerEnvironment, transaction: DecodedTransaction, id: Uint8Array) {
    this.#environment = environment;
    this.#transaction = transaction;
    this.#host = new Host(environment, transaction, id);
    this.#ratio = Number(transaction.gasRatio);
    this.#paid = transaction.bytes.length * GAS_PER_NET_BYTE;
  }

  outcome(): Outcome {
    const { overlay } = this.#environment;
    const refused = this.#host.isGenesis ? this.#readLimits() : this.#admit();
    if (refused !== undefined) {
      overlay.rollback();
      return { kind: 'dropped', rejection: refused };
    }
    this.#budget = Math.floor(Number(this.#transaction.gasLimit) / this.#ratio) - this.#paid;
    if (this.#budget <= 0) {
      overlay.rollback();
      return { kind: 'dropped', rejection: this.#limitTooSmall() };
    }
    const status = this.#runActions();
    return status.code === RECEIPT_STATUS.SUCCESS ? this.#settle() : this.#fail(status);
  }

  /** As `outcome`, with `message` in place of running the actions. */
  failedOutcome(message: string): Outcome {
    const refused = this.#admit('publisher alone');
    if (refused === undefined) return this.#fail({ code: RECEIPT_STATUS.RUNTIME_ERROR, message });
    this.#environment.overlay.rollback();
    return { kind: 'dropped', rejection: refused };
  }

  /** Steps 1 and 2: why the transaction may not be in a block, `undefined` when it may. */
  #admit(who: 'all' | 'publisher alone' = 'all'): Rejection | undefined {
    const transaction = this.#transaction;
    const parameters = checkGasParameters(transaction);
    if (parameters !== undefined) return parameters;
    if (this.#paid * this.#ratio >= Number(transaction.gasLimit)) return this.#limitTooSmall();
    const { state, publisherGasNow, block } = this.#host;
    const shortage = checkGasOf(state, publisherGasNow, transaction, block.time);
    if (shortage !== undefined) return shortage;
    const unauthorized = who === 'all' ? this.#checkSigners() : undefined;
    return unauthorized ?? this.#checkPublisher() ?? this.#readLimits();
  }

  #limitTooSmall(): Rejection {
    const { gasLimit, gasRatio } = this.#transaction;
    const message = `gas limit should be larger, paid: ${this.#paid}, gas limit: ${gasLimit}, gas ratio: ${gasRatio}`;
    return rejection('gas_limit', message);
  }

  #checkSigners(): Rejection | undefined {
    for (const signer of this.#transaction.signers) {
      const [account, permission, ...rest] = signer.split('@');
      if (account === undefined || permission === undefined || rest.length > 0) {
        return rejection('illegal_signer', `illegal signer: ${signer}`);
      }
      const answer = this.#host.authorizeSigner(account, permission);
      if (!answer.granted) {
        return rejection('unauthorized_signer', `unauthorized signer: ${signer}`);
      }
      this.#paid += answer.gas;
    }
    return undefined;
  }

  #checkPublisher(): Rejection | undefined {
    const { publisher } = this.#transaction;
    const answer = this.#host.authorizePublisher();
    if (!answer.granted) {
      return rejection('unauthorized_publisher', `unauthorized publisher: ${publisher}`);
    }
    this.#paid += answer.gas;
    return undefined;
  }

  #readLimits(): Rejection | undefined {
    const declared = this.#transaction.amountLimits;
    const limits = parseLimits(declared, (token) => this.#host.token(token)?.decimal);
    if (!limits.ok) return limits.failure;
    this.#host.limits = limits.value;
    return undefined;
  }

  /** Steps 4 to 6. Answers the status of the first action that fails, or success. */
  #runActions(): Status {
    for (const action of this.#transaction.actions) {
      this.#host.gas = 0;
      this.#host.budget = this.#budget;
      let status = this.#runAction(action);
      let used = this.#host.gas;
      if (used > this.#budget || this.#gasHasFallen()) {
        status = OUT_OF_GAS;
        used = this.#budget;
      } else if (status.code === RECEIPT_STATUS.TIMEOUT) {
        used = this.#budget;
      }
      this.#paid += used;
      if (status.code !== RECEIPT_STATUS.SUCCESS) return status;
      this.#budget -= used;
    }
    return SUCCESS;
  }

  #runAction(action: Action): Status {
    try {
      const returned = invoke(this.#host, {
        contract: action.contract,
        abi: action.actionName,
        args: action,
        authority: NO_AUTHORITY,
        caller: { name: this.#host.publisher, isAccount: true },
        height: 1,
      });
      const text = returned === null ? 'null' : goJson(returned);
      this.#host.gas += utf8Bytes(text) * GAS_PER_NET_BYTE;
      if (this.#returns === undefined) this.#returns = [text];
      else this.#returns.push(text);
      return SUCCESS;
    } catch (error) {
      if (error instanceof ContractFailure) return statusOf(action, error.message);
      throw error;
    }
  }

  /**
   * Whether the publisher cannot pay for what is left: the actions cost it gas, or it had none and
   * the pledge that was to bring some has failed.
   */
  #gasHasFallen(): boolean {
    if (this.#host.isGenesis) return false;
    const gas = this.#host.publisherGasNow;
    if (!this.#host.gasChanged && gas >= this.#transaction.gasLimit) return false;
    return Number(gas / this.#transaction.gasRatio) < this.#paid + this.#budget;
  }

  /** Step 7 after success. */
  #settle(): Outcome {
    const problem = payGas(this.#host, this.#gasUsage()) ?? payRam(this.#host);
    if (problem !== undefined) {
      const message = `balance not enough after executing actions: ${problem}`;
      return this.#fail({ code: RECEIPT_STATUS.BALANCE_NOT_ENOUGH, message });
    }
    return {
      kind: 'executed',
      receipt: {
        txHash: this.#host.id,
        gasUsage: this.#gasUsage(),
        statusCode: RECEIPT_STATUS.SUCCESS,
        message: '',
        ramUsage: ramUsage(this.#host.ram),
        returns: this.#returns ?? NO_RETURNS,
        receipts: this.#host.receipts,
      },
      credits: this.#host.credits,
      carriedWrites: this.#environment.overlay.commit(),
      emissions: this.#host.emissions?.all ?? NO_EMISSIONS,
    };
  }

  /** Undoes everything and charges the gas all the same. */
  #fail(status: Status): Outcome {
    const { overlay, deferFailure } = this.#environment;
    if (deferFailure === true) {
      overlay.rollback();
      return { kind: 'deferred' };
    }
    overlay.rollbackTo(0);
    this.#host.noteGasChange();
    const problem = payGas(this.#host, this.#gasUsage());
    if (problem !== undefined) {
      // Only a first pledge may start without gas; when it fails there is nothing to pay with.
      overlay.rollback();
      return { kind: 'dropped', rejection: rejection('gas_not_enough', problem) };
    }
    const receipt: Receipt = {
      txHash: this.#host.id,
      gasUsage: this.#gasUsage(),
      statusCode: status.code,
      message: status.message,
      ramUsage: [],
      returns: [],
      receipts: [],
    };
    const carriedWrites = overlay.commit();
    const emissions = this.#host.emissions?.console ?? NO_EMISSIONS;
    return { kind: 'executed', receipt, credits: NO_CREDITS, carriedWrites, emissions };
  }

  #gasUsage(): bigint {
    return this.#host.isGenesis ? 0n : BigInt(this.#paid * this.#ratio);
  }
}

function rejection(code: string, message: string): Rejection {
  return reject(code, message).failure;
}

/** The reference's sentence for a failed action (spec §2.6). */
function statusOf(action: Action, message: string): Status {
  const { contract, actionName, data } = action;
  const described = `Action{Contract: ${contract}, ActionName: ${actionName}, Data: ${data}}\n`;
  const shown = firstCodePoints(described, DESCRIPTION_CODE_POINTS);
  const isTimeout = message.includes('execution killed');
  return {
    code: isTimeout ? RECEIPT_STATUS.TIMEOUT : RECEIPT_STATUS.RUNTIME_ERROR,
    message: `running action ${shown} error: ${isTimeout ? 'execution killed' : message}`,
  };
}

function firstCodePoints(text: string, count: number): string {
  if (text.length <= count) return text;
  // Twice as many units hold all the code points that can be kept.
  const points = Array.from(text.slice(0, 2 * count + 2));
  return points.length <= count ? text : `${points.slice(0, count).join('')}...`;
}

function ramUsage(ram: ReadonlyMap<string, number> | undefined): Receipt['ramUsage'] {
  if (ram === undefined) return [];
  return [...ram]
    .filter(([, bytes]) => bytes !== 0)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([payer, bytes]) => [payer, BigInt(bytes)] as const);
}
