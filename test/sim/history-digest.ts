/**
 * A running digest of a simulated history: two runs of one seed must give the same. Cheap rather
 * than strong, since it guards against accidents only (two 32-bit multiplicative hashes).
 */

export class HistoryDigest {
  #low = 0x811c9dc5;
  #high = 0x9e3779b9;

  add(value: number): void {
    this.#low = Math.imul(this.#low ^ value, 0x01000193);
    this.#high = Math.imul(this.#high ^ (value + (this.#low >>> 15)), 0x85ebca6b);
  }

  addBytes(bytes: Uint8Array): void {
    for (let index = 0; index < 4; index++) this.add(bytes[index] ?? 0);
  }

  addText(text: string): void {
    for (let index = 0; index < text.length; index++) this.add(text.charCodeAt(index));
  }

  get hex(): string {
    return [this.#high, this.#low]
      .map((word) => (word >>> 0).toString(16).padStart(8, '0'))
      .join('');
  }
}
