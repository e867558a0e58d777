/** Facts of other chains that blocks have asked for lately: no block asks for them again so soon. */

/** Blocks after which an unanswered question is asked again. */
const ASK_AGAIN_BLOCKS = 50;

export class AskedFacts {
  /** Height of the block that has asked. */
  readonly #heights = new Map<string, number>();

  note(facts: readonly string[], height: number): void {
    for (const fact of facts) this.#heights.set(fact, height);
  }

  /** It was answered, or the block that has asked came to nothing. */
  forget(fact: string): void {
    this.#heights.delete(fact);
  }

  /** Whether the block of this height can do without asking. */
  isAsked(fact: string, height: number): boolean {
    const asked = this.#heights.get(fact);
    return asked !== undefined && height - asked < ASK_AGAIN_BLOCKS;
  }
}
