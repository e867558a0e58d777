/**
 * What an instance writes down before it speaks (protocol.md §2.3). Votes and own proposals are held
 * back until their record is durable; after a crash the log gives them back word for word, so that
 * the member repeats itself instead of deciding anew.
 *
 * One record per view for our votes, one for the block we notarized, one per certificate. A block is
 * logged with the vote for it and a finalize vote with the notarization it rests on: if everybody
 * restarts at once, whatever can be required to become final is still somewhere.
 */

import { assert } from '#core/assert.ts';
import { decodeWith } from '#core/chain/binary-reader.ts';
import { BinaryWriter } from '#core/chain/binary-writer.ts';
import {
  type Certificate,
  type CertificateKind,
  decodeCertificate,
  encodeCertificate,
} from '#core/chain/certificate.ts';
import type { LogRecord } from './effects.ts';
import { decodeMessage, encodeMessage } from './message-codec.ts';
import type { BftMessage, Proposal, Vote } from './messages.ts';

const VIEW_DIGITS = 16;
const VOTES = 'votes';
const BLOCK = 'block';

/** What the log says about one view. */
export type LoggedView = {
  readonly view: number;
  votes: readonly Vote[];
  proposal: Proposal | undefined;
  certificates: Certificate[];
};

type Waiting = { readonly token: number; readonly messages: readonly BftMessage[] };

export class VoteLog {
  #lastToken = 0;
  #unwritten: LogRecord[] = [];
  #held: BftMessage[] = [];
  #waiting: Waiting[] = [];

  /** All our votes of one view, the new one included; held back until they are durable. */
  addVotes(view: number, votes: readonly Vote[], fresh: Vote): void {
    const writer = new BinaryWriter();
    writer.list(votes, (target, vote) => target.bytes(encodeMessage(vote)));
    this.#put({ key: keyOf(view, VOTES), value: writer.finish() });
    this.#held.push(fresh);
  }

  /** The block we are about to vote for; `isOurs` ones also have to be sent. */
  addProposal(proposal: Proposal, isOurs: boolean): void {
    this.#put({ key: keyOf(proposal.view, BLOCK), value: encodeMessage(proposal) });
    if (isOurs) this.#held.push(proposal);
  }

  addCertificate(certificate: Certificate): void {
    const value = encodeCertificate(certificate);
    this.#put({ key: keyOf(certificate.view, certificate.kind), value });
  }

  /** The records gathered since the last call, if any, to be made durable under a new token. */
  takeUnwritten(): { readonly token: number; readonly records: readonly LogRecord[] } | undefined {
    if (this.#unwritten.length === 0) return undefined;
    const records = this.#unwritten;
    this.#lastToken += 1;
    this.#waiting.push({ token: this.#lastToken, messages: this.#held });
    this.#unwritten = [];
    this.#held = [];
    return { token: this.#lastToken, records };
  }

  /** What may be said now that the records up to `token` are durable, in the order of deciding. */
  release(token: number): BftMessage[] {
    assert(token <= this.#lastToken, 'only what was written is durable');
    const released: BftMessage[] = [];
    while (this.#waiting.length > 0) {
      const [first] = this.#waiting as [Waiting];
      if (first.token > token) break;
      released.push(...first.messages);
      this.#waiting.shift();
    }
    return released;
  }

  /** A record gathered twice in one round is written once. */
  #put(record: LogRecord): void {
    const index = this.#unwritten.findIndex((other) => other.key === record.key);
    if (index >= 0) this.#unwritten[index] = record;
    else this.#unwritten.push(record);
  }
}

/** Sorts behind every key of earlier views and before those of this one. */
export function keyOfView(view: number): string {
  return `${String(view).padStart(VIEW_DIGITS, '0')}/`;
}

/** Reads the records of a log, by view. A record that does not read is a broken disk: assert. */
export function readLog(records: readonly LogRecord[]): LoggedView[] {
  const views = new Map<number, LoggedView>();
  for (const { key, value } of records) {
    const view = Number(key.slice(0, VIEW_DIGITS));
    const what = key.slice(VIEW_DIGITS + 1);
    let logged = views.get(view);
    if (logged === undefined) {
      logged = { view, votes: [], proposal: undefined, certificates: [] };
      views.set(view, logged);
    }
    if (what === VOTES) logged.votes = readVotes(value);
    else if (what === BLOCK) logged.proposal = readProposal(value);
    else logged.certificates.push(readCertificateRecord(value));
  }
  return [...views.values()].sort((left, right) => left.view - right.view);
}

function readVotes(value: Uint8Array): Vote[] {
  const messages = decodeWith(value, (reader) => reader.list(4, (source) => source.bytes()));
  assert(messages !== undefined, 'a record of votes reads back');
  return messages.map((bytes) => {
    const message = decodeMessage(bytes);
    assert(
      message?.kind === 'notarize' || message?.kind === 'nullify' || message?.kind === 'finalize',
      'a logged vote reads back',
    );
    return message;
  });
}

function readProposal(value: Uint8Array): Proposal {
  const message = decodeMessage(value);
  assert(message?.kind === 'proposal', 'a logged block reads back');
  return message;
}

function readCertificateRecord(value: Uint8Array): Certificate {
  const certificate = decodeCertificate(value);
  assert(certificate !== undefined, 'a logged certificate reads back');
  return certificate;
}

function keyOf(view: number, what: typeof VOTES | typeof BLOCK | CertificateKind): string {
  return keyOfView(view) + what;
}
