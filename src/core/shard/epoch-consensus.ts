/**
 * Consensus of one chain during one epoch: an instance of Simplex for a member of the group. Records
 * of the log carry their epoch, for views start again at 1 in each.
 */

import type { FinalBlock } from '../bft/block.ts';
import type { BftEffect, LogRecord } from '../bft/effects.ts';
import type { BftEvent } from '../bft/events.ts';
import type { BftMessage } from '../bft/messages.ts';
import { Simplex } from '../bft/simplex.ts';
import type { BftStatus } from '../bft/status.ts';
import type { ValidatorGroup } from '../chain/validator-group.ts';
import { hexOf } from '../crypto/hex.ts';
import { verifyValidatorSignature } from '../crypto/validator-signature.ts';
import { type ChainBlock, readChainBlock } from './chain-block.ts';
import type { ChainSettings } from './chain-settings.ts';

const EPOCH_DIGITS = 12;

export type EpochStart = {
  readonly group: ValidatorGroup;
  /** Newest final and stored block; its view is 0 where the epoch starts from it. */
  readonly final: FinalBlock;
  readonly mayVote: boolean;
  /** The log of the chain; records of other epochs are left out here. */
  readonly records: readonly LogRecord[];
  /** Tokens up to this one belong to earlier instances, and so do answers to them. */
  readonly tokensBefore: number;
};

export class EpochConsensus {
  readonly group: ValidatorGroup;
  readonly mayVote: boolean;
  lastToken: number;
  readonly #tokensBefore: number;
  readonly #prefix: string;
  readonly #bft: Simplex<ChainBlock>;

  constructor(settings: ChainSettings, start: EpochStart) {
    const { group, final, mayVote, records, tokensBefore } = start;
    this.group = group;
    this.lastToken = tokensBefore;
    this.#tokensBefore = tokensBefore;
    this.mayVote = mayVote;
    this.#prefix = `${String(group.epoch).padStart(EPOCH_DIGITS, '0')}/`;
    this.#bft = new Simplex({
      group,
      member: memberOf(group, settings.signer.publicKey),
      mayVote,
      final,
      records: records
        .filter(({ key }) => key.startsWith(this.#prefix))
        .map(({ key, value }) => ({ key: key.slice(this.#prefix.length), value })),
      blockIntervalMs: settings.limits.intervalMs,
      delta: settings.delta,
      payloadBytesMax: settings.limits.bytesMax * 4,
      ports: {
        sign: (message) => settings.signer.sign(message),
        verify: verifyValidatorSignature,
        readBlock: readChainBlock,
      },
    });
  }

  handle(event: BftEvent<ChainBlock>, nowMs: number): readonly BftEffect<ChainBlock>[] {
    const inner = this.#inward(event);
    if (inner === undefined) return [];
    return this.#bft.handle(inner, nowMs).flatMap((effect) => this.#outward(effect));
  }

  get status(): BftStatus {
    return this.#bft.status;
  }

  #inward(event: BftEvent<ChainBlock>): BftEvent<ChainBlock> | undefined {
    if (event.kind !== 'persisted') return event;
    if (event.token <= this.#tokensBefore) return undefined;
    return { ...event, token: event.token - this.#tokensBefore };
  }

  #outward(effect: BftEffect<ChainBlock>): readonly BftEffect<ChainBlock>[] {
    switch (effect.kind) {
      case 'persist': {
        const records = effect.records.map(({ key, value }) => ({
          key: this.#prefix + key,
          value,
        }));
        this.lastToken = this.#tokensBefore + effect.token;
        return [{ ...effect, records, token: this.lastToken }];
      }
      case 'dropRecords':
        // The log of a member that cannot vote shows that it once could: it stays.
        return this.mayVote ? [{ ...effect, belowKey: this.#prefix + effect.belowKey }] : [];
      default:
        return [effect];
    }
  }
}

/** Place of a key in the group, −1 for none. */
export function memberOf(group: ValidatorGroup, publicKey: Uint8Array): number {
  const name = hexOf(publicKey);
  return group.members.findIndex((key) => hexOf(key) === name);
}

/** The epoch that a message of consensus speaks of. */
export function epochOfMessage(message: BftMessage): number {
  return message.kind === 'certificate' ? message.certificate.epoch : message.epoch;
}
