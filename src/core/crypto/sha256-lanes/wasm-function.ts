/**
 * Writes the body of one WebAssembly function: just the instructions that the hash kernel needs.
 * Each method appends one instruction; operands are on the machine's stack as usual.
 */

/** A local variable of the function, by index. */
export type Local = number;

const VECTOR_PREFIX = 0xfd;
const VALUE_I32 = 0x7f;
const VALUE_V128 = 0x7b;
const NO_RESULT = 0x40;

export class WasmFunction {
  readonly #code: number[] = [];
  readonly #parameters: number;
  readonly #locals: number[] = [];

  /** All parameters are i32 and are the first locals. */
  constructor(parameters: number) {
    this.#parameters = parameters;
  }

  integer(): Local {
    return this.#declare(VALUE_I32);
  }

  vector(): Local {
    return this.#declare(VALUE_V128);
  }

  vectors(count: number): Local[] {
    return Array.from({ length: count }, () => this.vector());
  }

  get(local: Local): this {
    return this.#emit(0x20, ...unsigned(local));
  }

  set(local: Local): this {
    return this.#emit(0x21, ...unsigned(local));
  }

  tee(local: Local): this {
    return this.#emit(0x22, ...unsigned(local));
  }

  constant(value: number): this {
    return this.#emit(0x41, ...signed(value | 0));
  }

  /** Four times the same 32 bits. */
  vectorConstant(value: number): this {
    const bytes = [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];
    return this.#vector(12).#emit(...bytes, ...bytes, ...bytes, ...bytes);
  }

  /** `body` runs again as long as it leaves a value other than zero. */
  repeat(body: () => void): this {
    this.#emit(0x03, NO_RESULT);
    body();
    return this.#emit(0x0d, 0, 0x0b);
  }

  /** `body` runs if the value on the stack is not zero. */
  when(body: () => void): this {
    this.#emit(0x04, NO_RESULT);
    body();
    return this.#emit(0x0b);
  }

  add(): this {
    return this.#emit(0x6a);
  }

  subtract(): this {
    return this.#emit(0x6b);
  }

  lessThan(): this {
    return this.#emit(0x49);
  }

  shiftLeft(): this {
    return this.#emit(0x74);
  }

  select(): this {
    return this.#emit(0x1b);
  }

  load(offset: number): this {
    return this.#emit(0x28, 2, ...unsigned(offset));
  }

  loadByte(offset: number): this {
    return this.#emit(0x2d, 0, ...unsigned(offset));
  }

  vectorLoad(offset: number): this {
    return this.#vector(0).#emit(2, ...unsigned(offset));
  }

  /** Loads 32 bits into all four lanes. */
  vectorLoadSplat(offset: number): this {
    return this.#vector(9).#emit(2, ...unsigned(offset));
  }

  vectorStore(offset: number): this {
    return this.#vector(11).#emit(2, ...unsigned(offset));
  }

  splat(): this {
    return this.#vector(17);
  }

  /** Picks four 32-bit lanes: 0–3 of the first operand, 4–7 of the second. */
  pickLanes(...lanes: readonly [number, number, number, number]): this {
    const bytes = lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => lane * 4 + byte));
    return this.#vector(13).#emit(...bytes);
  }

  /** The bytes of each 32-bit lane in reverse; takes the same vector twice. */
  swapBytesOfLanes(): this {
    return this.#vector(13).#emit(...Array.from({ length: 16 }, (_, index) => index ^ 3));
  }

  vectorAnd(): this {
    return this.#vector(78);
  }

  vectorOr(): this {
    return this.#vector(80);
  }

  vectorXor(): this {
    return this.#vector(81);
  }

  vectorAdd(): this {
    return this.#vector(174);
  }

  vectorShiftLeft(bits: number): this {
    return this.constant(bits).#vector(171);
  }

  vectorShiftRight(bits: number): this {
    return this.constant(bits).#vector(173);
  }

  /** A module that imports its memory as `node.memory` and exports this function as `run`. */
  module(memoryPagesMax: number): Uint8Array<ArrayBuffer> {
    const text = (name: string) => [name.length, ...new TextEncoder().encode(name)];
    const parameters = Array.from({ length: this.#parameters }, () => VALUE_I32);
    const locals = this.#locals.flatMap((type) => [1, type]);
    const body = [...unsigned(this.#locals.length), ...locals, ...this.#code, 0x0b];
    const memory = [0x02, 0x01, ...unsigned(1), ...unsigned(memoryPagesMax)];
    return Uint8Array.from([
      ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      ...section(1, [1, 0x60, this.#parameters, ...parameters, 0]),
      ...section(2, [
        1,
        ...text('node'),
        ...text('memory'),
        memory[0] as number,
        ...memory.slice(1),
      ]),
      ...section(3, [1, 0]),
      ...section(7, [1, ...text('run'), 0x00, 0]),
      ...section(10, [1, ...unsigned(body.length), ...body]),
    ]);
  }

  #declare(type: number): Local {
    this.#locals.push(type);
    return this.#parameters + this.#locals.length - 1;
  }

  #vector(opcode: number): this {
    return this.#emit(VECTOR_PREFIX, ...unsigned(opcode));
  }

  #emit(...bytes: readonly number[]): this {
    this.#code.push(...bytes);
    return this;
  }
}

function section(id: number, content: readonly number[]): readonly number[] {
  return [id, ...unsigned(content.length), ...content];
}

/** LEB128. */
function unsigned(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return [...bytes, rest];
}

function signed(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest < -64 || rest > 63) {
    bytes.push((rest & 127) | 128);
    rest >>= 7;
  }
  return [...bytes, rest & 127];
}
