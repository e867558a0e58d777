/**
 * SHA-256 of many messages of any length at once, four at a time in the hash kernel. The digests of
 * a batch lie one behind the other as words, ready to be hashed again into a tree.
 *
 * Messages are laid out with their padding in a region of bounded size that is used again and again,
 * sorted by their number of blocks, because the four lanes of the kernel run in step.
 */

import { sha256Key } from '../hash.ts';
import { HashMemory } from './hash-memory.ts';
import { BLOCK_BYTES } from './kernel.ts';

/** Words of a digest. */
export const DIGEST_WORDS = 8;
const REGION_BYTES = 256 * 1024;
/** From here on the library is as fast: its call is paid for by many blocks. */
const BLOCKS_MAX = 16;
const MESSAGE_BYTES_MAX: number = BLOCKS_MAX * BLOCK_BYTES - 9;
// PERF: below this, a loop in JavaScript copies faster than a call of TypedArray.set.
const LOOP_COPY_BYTES_MAX = 48;
const utf8 = new TextEncoder();

export class DigestBatch {
  readonly memory: HashMemory = new HashMemory();
  /** Index in the words of `memory` of the first digest; digest i is 8 i words further. */
  readonly digestsAt: number = HashMemory.FIRST_WORD;
  /** By number of blocks: messages in the region. */
  readonly #sorted = Array.from({ length: BLOCKS_MAX + 1 }, () => new MessageList());
  #regionAt = 0;
  #at = 0;

  /** Starts anew, with room for digests 0 … count − 1. */
  begin(count: number): void {
    const digestsEnd = (this.digestsAt + count * DIGEST_WORDS) * 4;
    this.#regionAt = Math.ceil(digestsEnd / BLOCK_BYTES) * BLOCK_BYTES;
    this.memory.reserve((this.#regionAt + REGION_BYTES) / 4);
    this.#at = this.#regionAt;
  }

  /** Digest `index` will be SHA256(message). */
  add(index: number, message: Uint8Array): void {
    this.addRange(index, message, 0, message.length);
  }

  /** Digest `index` will be SHA256(bytes[start, end)). */
  addRange(index: number, bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (length > MESSAGE_BYTES_MAX) return this.#addLong(index, bytes.subarray(start, end));
    const at = this.#place(length);
    this.#copy(bytes, start, end, at);
    this.#finish(index, at, length);
  }

  /** Digest `index` will be SHA256(prefix ‖ message). */
  addPrefixed(index: number, prefix: number, message: Uint8Array): void {
    const length = message.length + 1;
    if (length > MESSAGE_BYTES_MAX) {
      const whole = new Uint8Array(length);
      whole[0] = prefix;
      whole.set(message, 1);
      return this.#addLong(index, whole);
    }
    const at = this.#place(length);
    this.memory.bytes[at] = prefix;
    this.#copy(message, 0, message.length, at + 1);
    this.#finish(index, at, length);
  }

  /** Digest `index` will be SHA256(text in UTF-8). */
  addText(index: number, text: string): void {
    if (text.length * 3 > MESSAGE_BYTES_MAX) return this.add(index, utf8.encode(text));
    const at = this.#place(text.length);
    const { bytes } = this.memory;
    for (let unit = 0; unit < text.length; unit++) {
      const code = text.charCodeAt(unit);
      if (code >= 0x80) return this.add(index, utf8.encode(text));
      bytes[at + unit] = code;
    }
    this.#finish(index, at, text.length);
  }

  /** Computes what was added. */
  run(): void {
    for (let blocks = 1; blocks <= BLOCKS_MAX; blocks++) {
      this.#sorted[blocks]?.drain(this.memory, blocks);
    }
    this.#at = this.#regionAt;
  }

  /** Digest `index` as 32 bytes, a copy. */
  digest(index: number): Uint8Array {
    const bytes = new Uint8Array(DIGEST_WORDS * 4);
    const view = new DataView(bytes.buffer);
    const start = this.digestsAt + index * DIGEST_WORDS;
    for (let word = 0; word < DIGEST_WORDS; word++) {
      view.setUint32(word * 4, this.memory.words[start + word] as number);
    }
    return bytes;
  }

  /** Where a message of this length is to be written; it counts only once it is finished. */
  #place(length: number): number {
    const bytes = blocksOf(length) * BLOCK_BYTES;
    if (this.#at + bytes > this.#regionAt + REGION_BYTES) this.run();
    return this.#at;
  }

  #copy(source: Uint8Array, start: number, end: number, at: number): void {
    const { bytes } = this.memory;
    const length = end - start;
    if (length > LOOP_COPY_BYTES_MAX) {
      const whole = length === source.length;
      return bytes.set(whole ? source : source.subarray(start, end), at);
    }
    for (let index = 0; index < length; index++) {
      bytes[at + index] = source[start + index] as number;
    }
  }

  /** Padding: a one bit, zeros, and the length in bits at the end of the last block. */
  #finish(index: number, at: number, length: number): void {
    const blocks = blocksOf(length);
    const { bytes, words } = this.memory;
    const lastWord = (at + blocks * BLOCK_BYTES) / 4 - 1;
    bytes[at + length] = 0x80;
    let rest = at + length + 1;
    for (; (rest & 3) !== 0; rest++) bytes[rest] = 0;
    for (let word = rest >>> 2; word < lastWord; word++) words[word] = 0;
    const bits = length * 8;
    words[lastWord] = ((bits & 0xff) << 24) | ((bits & 0xff00) << 8);
    this.#sorted[blocks]?.push(at, this.digestsAt + index * DIGEST_WORDS);
    this.#at = at + blocks * BLOCK_BYTES;
  }

  #addLong(index: number, message: Uint8Array): void {
    const digest = sha256Key(message);
    const start = this.digestsAt + index * DIGEST_WORDS;
    for (let word = 0; word < DIGEST_WORDS; word++) {
      this.memory.words[start + word] = wordOfText(digest, word * 4);
    }
  }
}

/** Sources (byte) and targets (word) of messages with one number of blocks. */
class MessageList {
  #pairs = new Uint32Array(64);
  #length = 0;

  push(sourceByte: number, target: number): void {
    if (this.#length === this.#pairs.length) {
      const grown = new Uint32Array(this.#length * 2);
      grown.set(this.#pairs);
      this.#pairs = grown;
    }
    this.#pairs[this.#length] = sourceByte;
    this.#pairs[this.#length + 1] = target;
    this.#length += 2;
  }

  drain(memory: HashMemory, blocks: number): void {
    if (this.#length === 0) return;
    for (let at = 0; at < this.#length; at += 2) {
      memory.queueMessage(blocks, this.#pairs[at] as number, this.#pairs[at + 1] as number);
    }
    memory.flush();
    this.#length = 0;
  }
}

/** Blocks of a message with its padding: at least one byte and the eight of the length. */
function blocksOf(length: number): number {
  return (length + 9 + BLOCK_BYTES - 1) >>> 6;
}

/** Four characters of a string of bytes as one big-endian word. */
function wordOfText(text: string, at: number): number {
  return (
    ((text.charCodeAt(at) << 24) |
      (text.charCodeAt(at + 1) << 16) |
      (text.charCodeAt(at + 2) << 8) |
      text.charCodeAt(at + 3)) >>>
    0
  );
}
