/**
 * The last things the chains of a simulated network said, kept as they are and put into words only
 * when a run has failed: `1.234 s  shard 2 → root   batch 17…18: exec 3fa2… of user_1, credit …`.
 */

import { type ChannelMessage, decodeMessage } from '#core/atomix/message.ts';
import { hexOf } from '#core/crypto/hex.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import type { ChainEffect } from '#core/shard/chain-effects.ts';
import type { ChainEvent } from '#core/shard/chain-events.ts';

const LINES_MAX = 60;
const ID_CHARS = 8;

type Said = ChainEvent | (ChainEffect & { readonly kind: 'commit' | 'answer' }) | string;
type Entry = {
  readonly atMs: number;
  readonly from: number;
  readonly to: number | string | undefined;
  readonly said: Said;
};

export class MessageChart {
  #entries: Entry[] = [];

  add(atMs: number, from: number, to: number | string | undefined, said: Said): void {
    this.#entries.push({ atMs, from, to, said });
    if (this.#entries.length > 4 * LINES_MAX) this.#entries = this.#entries.slice(-LINES_MAX);
  }

  lines(): readonly string[] {
    return this.#entries.slice(-LINES_MAX).map(({ atMs, from, to, said }) => {
      const time = `${(atMs / 1000).toFixed(3)} s`.padStart(11);
      const way = to === undefined ? nameOf(from) : `${nameOf(from)} → ${nameOf(to)}`;
      return `${time}  ${way.padEnd(20)} ${inWords(said)}`;
    });
  }
}

function nameOf(place: number | string): string {
  if (typeof place === 'string') return place;
  return place === ROOT_CHAIN ? 'root' : `shard ${place}`;
}

function inWords(said: Said): string {
  if (typeof said === 'string') return said;
  switch (said.kind) {
    case 'batchArrived': {
      const { firstSeq, messages } = said.batch;
      const contents = messages.map((bytes) => messageInWords(decodeMessage(bytes)));
      return `batch ${firstSeq}…${firstSeq + messages.length - 1}: ${contents.join(', ')}`;
    }
    case 'cursorReported':
      return `consumed below ${said.nextSeq}${said.resend ? ', send the rest again' : ''}`;
    case 'crosslinkOffered':
      return `crosslink up to height ${said.crosslink.toHeight}`;
    case 'rootAdvanced':
      return `root height ${said.height}`;
    case 'commit':
      return `block ${said.commit.height}, ${said.commit.transactionIds.length / 32} transactions`;
    case 'answer':
      return `${shortId(said.id)}: ${said.rejection?.message ?? 'taken'}`;
    default:
      return said.kind;
  }
}

function messageInWords(message: ChannelMessage | undefined): string {
  switch (message?.kind) {
    case 'exec':
      return `exec ${shortId(message.id)}`;
    case 'settle':
      return `settle ${shortId(message.id)} of ${message.publisher}`;
    case 'yield':
      return `yield ${shortId(message.id)} of ${message.publisher}`;
    case 'lock':
      return `lock ${shortId(message.id)} ${message.keys.join(' ')}`;
    case 'grant':
    case 'decide':
      return `${message.kind} ${shortId(message.id)}`;
    case 'refuse':
      return `refuse ${shortId(message.id)}: ${message.why}`;
    case 'credit':
      return `credit ${JSON.stringify(message.credit, amountText)}`;
    case 'short':
      return `short ${shortId(message.id)} of ${message.publisher}: ${message.ram || 'all'}`;
    case 'borrow':
    case 'lease':
    case 'return':
      return `${message.kind} ${message.bytes} of ${message.account}`;
    case 'recall':
      return `recall ${message.account}`;
    case 'ask':
      return `ask ${message.fact}`;
    case 'answer':
      return `answer ${message.fact}: ${message.answer.yes ? 'yes' : 'no'}`;
    default:
      return 'no message';
  }
}

function shortId(id: Uint8Array): string {
  return hexOf(id).slice(0, ID_CHARS);
}

function amountText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
