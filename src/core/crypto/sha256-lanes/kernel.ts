/**
 * SHA-256 of many short inputs, four at a time in the lanes of 128-bit vectors (FIPS 180-4). A call
 * into node:crypto costs more than the hash itself at this size, and a block needs tens of thousands
 * of them. There is one program per kind of input:
 *
 *   pair     a prefix byte and 64 bytes of memory, two digests: the nodes of a tree
 *   digest   a prefix byte and 32 bytes of memory, one digest: the leaves of a list of digests
 *   message  bytes that are padded in memory already, any number of whole blocks
 *
 * Digests are kept as big-endian 32-bit words in the machine's own order, so nothing is swapped on
 * the way from one to the next; messages are bytes as they come.
 *
 * The 65th byte of a pair makes a second block in which everything but that byte is known
 * beforehand: its words for the 64 rounds, round constants added, are looked up in a table by it.
 */

import { type Local, WasmFunction } from './wasm-function.ts';

const ROUNDS = 64;
const TABLE_AT = ROUNDS * 4;
const TABLE_ROW_BYTES = ROUNDS * 4;
/** Memory of a kernel, at its start: the round constants and the table of the second block. */
export const KERNEL_BYTES: number = TABLE_AT + 256 * TABLE_ROW_BYTES;
/** A job is two u32 byte addresses: what to read, 32 bytes to write. */
export const JOB_BYTES = 8;
/** What SHA-256 takes in at a time. */
export const BLOCK_BYTES = 64;
const LANES = 4;
const CHUNK = 16;
const CHUNK_BYTES = CHUNK * 4;

const INITIAL_STATE = fractionWords(8, Math.sqrt);
const ROUND_CONSTANTS = fractionWords(ROUNDS, Math.cbrt);

let constants: Uint32Array | undefined;

/** What is to be stored at address 0. Computed once per thread. */
export function kernelConstants(): Uint32Array {
  constants ??= computeConstants();
  return constants;
}

function computeConstants(): Uint32Array {
  const words = new Uint32Array(KERNEL_BYTES / 4);
  words.set(ROUND_CONSTANTS);
  for (let byte = 0; byte < 256; byte++) {
    words.set(secondBlockWords(byte), (TABLE_AT + byte * TABLE_ROW_BYTES) / 4);
  }
  return words;
}

/** The kinds of input; see above. */
export type KernelProgram = 'pair' | 'digest' | 'message';

/**
 * Exports `run(jobs, count, argument)`: `jobs` is the address of `count` ≥ 1 jobs, the argument is
 * the prefix byte, or the number of blocks of each message. The last job is repeated in unused lanes.
 */
export function kernelModule(
  program: KernelProgram,
  memoryPagesMax: number,
): Uint8Array<ArrayBuffer> {
  return new KernelWriter().write(program).module(memoryPagesMax);
}

class KernelWriter {
  readonly #to = new WasmFunction(3);
  readonly #jobs = 0;
  readonly #count = 1;
  readonly #argument = 2;
  readonly #state = this.#to.vectors(8);
  readonly #saved = this.#to.vectors(8);
  readonly #words = this.#to.vectors(16);
  readonly #sum = this.#to.vector();
  readonly #bc = this.#to.vector();
  readonly #scratch = this.#to.vectors(4);
  readonly #lanes = Array.from({ length: LANES }, () => this.#to.integer());
  readonly #constants = this.#to.integer();
  readonly #rows = Array.from({ length: LANES }, () => this.#to.integer());
  readonly #blocksLeft = this.#to.integer();

  write(program: KernelProgram): WasmFunction {
    const to = this.#to;
    to.repeat(() => {
      this.#readJobs(0);
      for (let index = 0; index < 8; index++) {
        to.vectorConstant(INITIAL_STATE[index] as number);
        to.tee(at(this.#state, index)).set(at(this.#saved, index));
      }
      if (program === 'pair') this.#hashPair();
      else if (program === 'digest') this.#hashDigest();
      else this.#hashMessage();
      this.#readJobs(4);
      this.#storeDigest();
      to.get(this.#jobs)
        .constant(LANES * JOB_BYTES)
        .add()
        .set(this.#jobs);
      // Unsigned: 4 or fewer left ends the loop.
      to.constant(LANES).get(this.#count).lessThan();
      to.get(this.#count).constant(LANES).subtract().set(this.#count);
    });
    return to;
  }

  /** Byte addresses of the four jobs: `part` 0 where to read, 4 where to write. */
  #readJobs(part: number): void {
    const to = this.#to;
    for (const [lane, local] of this.#lanes.entries()) {
      // min(lane, count − 1)
      to.constant(lane).get(this.#count).constant(1).subtract();
      to.constant(lane).get(this.#count).lessThan().select();
      to.constant(3).shiftLeft().get(this.#jobs).add().load(part).set(local);
    }
  }

  #hashPair(): void {
    const to = this.#to;
    this.#loadWords(16);
    // The last byte, lowest of its word, starts the second block.
    for (const [lane, row] of this.#rows.entries()) {
      to.get(at(this.#lanes, lane)).loadByte(60).constant(8).shiftLeft();
      to.constant(TABLE_AT).add().set(row);
    }
    this.#insertPrefix(15);
    this.#hashBlock();
    this.#addSaved();
    this.#hashLookedUpBlock();
    this.#addSaved();
  }

  #hashDigest(): void {
    const to = this.#to;
    this.#loadWords(8);
    for (let index = 8; index < CHUNK; index++) {
      to.vectorConstant(index === 15 ? 33 * 8 : 0).set(at(this.#words, index));
    }
    this.#insertPrefix(8);
    to.get(at(this.#words, 8)).vectorConstant(0x80_0000).vectorOr().set(at(this.#words, 8));
    this.#hashBlock();
    this.#addSaved();
  }

  #hashMessage(): void {
    const to = this.#to;
    to.get(this.#argument).set(this.#blocksLeft);
    to.repeat(() => {
      this.#loadWords(CHUNK, true);
      this.#hashBlock();
      this.#addSaved();
      for (const local of this.#lanes) to.get(local).constant(BLOCK_BYTES).add().set(local);
      to.get(this.#blocksLeft).constant(1).subtract().tee(this.#blocksLeft);
    });
  }

  /** The first words of the block, of each lane's source; `swapped`: they are bytes, not words. */
  #loadWords(count: number, swapped = false): void {
    const to = this.#to;
    for (let group = 0; group < count / 4; group++) {
      const four = this.#words.slice(group * 4, group * 4 + 4);
      for (const [lane, local] of this.#lanes.entries()) {
        to.get(local).vectorLoad(group * 16);
        if (swapped) to.tee(this.#sum).get(this.#sum).swapBytesOfLanes();
        to.set(at(four, lane));
      }
      this.#transpose(four);
    }
  }

  /** Everything up to word `last` moves one byte on, behind the prefix. */
  #insertPrefix(last: number): void {
    const to = this.#to;
    for (let index = last; index > 0; index--) {
      to.get(at(this.#words, index - 1)).vectorShiftLeft(24);
      to.get(at(this.#words, index)).vectorShiftRight(8).vectorOr().set(at(this.#words, index));
    }
    to.get(this.#argument).constant(24).shiftLeft().splat();
    to.get(at(this.#words, 0)).vectorShiftRight(8).vectorOr().set(at(this.#words, 0));
  }

  #addSaved(): void {
    for (let index = 0; index < 8; index++) {
      this.#to.get(at(this.#state, index)).get(at(this.#saved, index)).vectorAdd();
      this.#to.tee(at(this.#state, index)).set(at(this.#saved, index));
    }
  }

  #hashBlock(): void {
    const to = this.#to;
    to.constant(0).set(this.#constants);
    this.#startChunk();
    for (let round = 0; round < CHUNK; round++) this.#round(round, true);
    to.repeat(() => {
      to.get(this.#constants).constant(CHUNK_BYTES).add().set(this.#constants);
      this.#startChunk();
      for (let round = 0; round < CHUNK; round++) {
        this.#schedule(round);
        this.#round(round, true);
      }
      to.get(this.#constants)
        .constant(3 * CHUNK_BYTES)
        .lessThan();
    });
  }

  #hashLookedUpBlock(): void {
    const to = this.#to;
    to.constant(0).set(this.#constants);
    to.repeat(() => {
      this.#startChunk();
      for (let group = 0; group < 4; group++) {
        const four = this.#words.slice(group * 4, group * 4 + 4);
        for (const [lane, row] of this.#rows.entries()) {
          to.get(row)
            .vectorLoad(group * 16)
            .set(at(four, lane));
        }
        this.#transpose(four);
        for (let round = 0; round < 4; round++) this.#round(group * 4 + round, false);
      }
      for (const row of this.#rows) to.get(row).constant(CHUNK_BYTES).add().set(row);
      to.get(this.#constants).constant(CHUNK_BYTES).add().tee(this.#constants);
      to.constant(4 * CHUNK_BYTES).lessThan();
    });
  }

  #startChunk(): void {
    this.#to.get(at(this.#state, 1)).get(at(this.#state, 2)).vectorXor().set(this.#bc);
  }

  /** W[t] += σ0(W[t−15]) + W[t−7] + σ1(W[t−2]), the sixteen words in a circle. */
  #schedule(round: number): void {
    const to = this.#to;
    const word = (ahead: number): Local => at(this.#words, (round + ahead) % CHUNK);
    to.get(word(0)).get(word(9)).vectorAdd();
    this.#mix(word(1), [7, 18], 3);
    to.vectorAdd();
    this.#mix(word(14), [17, 19], 10);
    to.vectorAdd().set(word(0));
  }

  /** `addConstant`: the round's constant is not in the word already. */
  #round(round: number, addConstant: boolean): void {
    const to = this.#to;
    // The variables rotate by name instead of by value: eight rounds bring every name home.
    const variable = (index: number): Local => at(this.#state, (index + 16 - round) % 8);
    const [a, b, d] = [variable(0), variable(1), variable(3)];
    const [e, f, g, h] = [variable(4), variable(5), variable(6), variable(7)];
    to.get(h).get(at(this.#words, round)).vectorAdd();
    if (addConstant) {
      to.get(this.#constants)
        .vectorLoadSplat(round * 4)
        .vectorAdd();
    }
    to.get(g).get(f).get(g).vectorXor().get(e).vectorAnd().vectorXor().vectorAdd();
    this.#mix(e, [6, 11, 25]);
    to.vectorAdd().set(this.#sum);
    to.get(d).get(this.#sum).vectorAdd().set(d);
    // Majority is b ^ ((a ^ b) & (b ^ c)), and a ^ b is the next round's b ^ c.
    const ab = at(this.#scratch, 0);
    to.get(a).get(b).vectorXor().set(ab);
    to.get(b).get(ab).get(this.#bc).vectorAnd().vectorXor();
    to.get(ab).set(this.#bc);
    to.get(this.#sum).vectorAdd();
    this.#mix(a, [2, 13, 22]);
    to.vectorAdd().set(h);
  }

  /**
   * Leaves the exclusive or of some rotations, and of one shift, on the stack. In pairs, because the
   * rounds wait for each other: the length of this chain is what a hash takes.
   */
  #mix(value: Local, rotations: readonly number[], shift?: number): void {
    const to = this.#to;
    for (const [index, bits] of rotations.entries()) {
      to.get(value).vectorShiftRight(bits);
      to.get(value)
        .vectorShiftLeft(32 - bits)
        .vectorXor();
      if (index > 0) to.vectorXor();
    }
    if (shift !== undefined) to.get(value).vectorShiftRight(shift).vectorXor();
  }

  #storeDigest(): void {
    const to = this.#to;
    for (let group = 0; group < 2; group++) {
      const four = this.#state.slice(group * 4, group * 4 + 4);
      this.#transpose(four);
      for (const [lane, local] of this.#lanes.entries()) {
        to.get(local)
          .get(at(four, lane))
          .vectorStore(group * 16);
      }
    }
  }

  /** Rows of lanes become columns: word k of four inputs becomes one vector, and back. */
  #transpose(rows: readonly Local[]): void {
    const to = this.#to;
    const [r0, r1, r2, r3] = [at(rows, 0), at(rows, 1), at(rows, 2), at(rows, 3)];
    const [s0, s1, s2, s3] = [0, 1, 2, 3].map((index) => at(this.#scratch, index)) as [
      Local,
      Local,
      Local,
      Local,
    ];
    to.get(r0).get(r1).pickLanes(0, 4, 1, 5).set(s0);
    to.get(r2).get(r3).pickLanes(0, 4, 1, 5).set(s1);
    to.get(r0).get(r1).pickLanes(2, 6, 3, 7).set(s2);
    to.get(r2).get(r3).pickLanes(2, 6, 3, 7).set(s3);
    to.get(s0).get(s1).pickLanes(0, 1, 4, 5).set(r0);
    to.get(s0).get(s1).pickLanes(2, 3, 6, 7).set(r1);
    to.get(s2).get(s3).pickLanes(0, 1, 4, 5).set(r2);
    to.get(s2).get(s3).pickLanes(2, 3, 6, 7).set(r3);
  }
}

function at(locals: readonly Local[], index: number): Local {
  return locals[index] as Local;
}

/** The 64 words of the block that holds one byte and the padding of 65, constants added. */
function secondBlockWords(byte: number): Uint32Array {
  const words = new Uint32Array(ROUNDS);
  words[0] = (byte << 24) | 0x80_0000;
  words[15] = 65 * 8;
  const word = (round: number): number => words[round] as number;
  for (let round = CHUNK; round < ROUNDS; round++) {
    const near = word(round - 15);
    const far = word(round - 2);
    const sigma0 = rotate(near, 7) ^ rotate(near, 18) ^ (near >>> 3);
    const sigma1 = rotate(far, 17) ^ rotate(far, 19) ^ (far >>> 10);
    words[round] = word(round - 16) + sigma0 + word(round - 7) + sigma1;
  }
  return words.map((value, round) => value + (ROUND_CONSTANTS[round] as number));
}

function rotate(value: number, bits: number): number {
  return (value >>> bits) | (value << (32 - bits));
}

/** First 32 bits of the fractions of a root of the first primes, as the standard derives them. */
function fractionWords(count: number, root: (value: number) => number): Uint32Array {
  const words = new Uint32Array(count);
  let found = 0;
  for (let candidate = 2; found < count; candidate++) {
    let prime = true;
    for (let factor = 2; factor * factor <= candidate; factor++) {
      if (candidate % factor === 0) prime = false;
    }
    if (!prime) continue;
    const fraction = root(candidate) % 1;
    words[found] = Math.floor(fraction * 2 ** 32);
    found += 1;
  }
  return words;
}
