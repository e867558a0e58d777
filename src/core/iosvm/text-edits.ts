/** Insertions into a text, applied at once; what is opened and closed at one place stays nested. */

/** Anything whose text is known when the edits are applied. */
export type Piece = { toString(): string };

export class TextEdits {
  readonly source: string;
  /** By place. */
  readonly #opened = new Map<number, Piece[]>();
  readonly #closed = new Map<number, string[]>();

  constructor(source: string) {
    this.source = source;
  }

  /** Of several at one place the one asked for first comes first. */
  open(at: number, piece: Piece): void {
    const pieces = this.#opened.get(at);
    if (pieces === undefined) this.#opened.set(at, [piece]);
    else pieces.push(piece);
  }

  /** What was opened last at a place. */
  lastOpened(at: number): Piece | undefined {
    return this.#opened.get(at)?.at(-1);
  }

  /** Of several at one place the one asked for last comes first, and all before what opens there. */
  close(at: number, text: string): void {
    const texts = this.#closed.get(at);
    if (texts === undefined) this.#closed.set(at, [text]);
    else texts.unshift(text);
  }

  apply(): string {
    let result = '';
    let copied = 0;
    for (const [at, inserted] of this.#insertions()) {
      result += this.source.slice(copied, at) + inserted;
      copied = at;
    }
    return result + this.source.slice(copied);
  }

  /** Where an offset of the result was before the edits; of what was inserted, where that stands. */
  offsetBefore(offset: number): number {
    let inserted = 0;
    for (const [at, text] of this.#insertions()) {
      if (offset - inserted < at) break;
      if (offset - inserted < at + text.length) return at;
      inserted += text.length;
    }
    return Math.min(offset - inserted, this.source.length);
  }

  /** In the order of the text. */
  #insertions(): readonly (readonly [at: number, text: string])[] {
    const places = [...new Set([...this.#closed.keys(), ...this.#opened.keys()])];
    return places
      .sort((a, b) => a - b)
      .map((at) => {
        const pieces = [...(this.#closed.get(at) ?? []), ...(this.#opened.get(at) ?? [])];
        return [at, pieces.join('')] as const;
      });
  }
}
