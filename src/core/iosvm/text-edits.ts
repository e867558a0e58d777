/** Insertions into a text, applied at once; what is opened and closed at one place stays nested. */

type Insertion = { readonly at: number; readonly text: string };

export class TextEdits {
  readonly source: string;
  readonly #opened: Insertion[] = [];
  readonly #closed: Insertion[] = [];

  constructor(source: string) {
    this.source = source;
  }

  /** Of several at one place the one asked for first comes first. */
  insert(at: number, text: string): void {
    this.#opened.push({ at, text });
  }

  /** Of several at one place the one asked for last comes first, and all before what opens there. */
  close(at: number, text: string): void {
    this.#closed.push({ at, text });
  }

  apply(): string {
    const ordered = [...this.#closed.reverse(), ...this.#opened].sort((a, b) => a.at - b.at);
    let result = '';
    let copied = 0;
    for (const { at, text } of ordered) {
      result += this.source.slice(copied, at) + text;
      copied = at;
    }
    return result + this.source.slice(copied);
  }
}
