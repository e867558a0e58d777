/**
 * The checkpoint ahead of a node that syncs: the closing block of the period it is in, by the votes of
 * all candidates. Keys of a committee that was released long ago may be for sale, and with them anybody
 * can write another history from there on; the votes of two thirds of all candidates are not. So peers
 * are asked for the certificate first, and what leads to another block is not executed.
 */

export type AnchorSettings = {
  /** Height of the block that ends the period of the block after this one. */
  readonly closingAfter: (height: number) => number;
  /** Hash of that closing block, if the encoded certificate proves it. */
  readonly provenBy: (certificate: Uint8Array) => Uint8Array | undefined;
};

/** BOUND: peers that are asked for one certificate. */
const ASKED_MAX = 8;
/** BOUND: headers that are gathered up to a checkpoint before the first of them is executed. */
const AHEAD_MAX = 4096;

export type AnchorRequest = { readonly peer: number; readonly height: number };

export type AnchorAnswer = {
  readonly peer: number;
  readonly request: number;
  readonly certificate: Uint8Array | undefined;
};

export class CheckpointAnchor {
  readonly #settings: AnchorSettings | undefined;
  #height = 0;
  #hash: Uint8Array | undefined;
  #asked = new Set<number>();
  /** Requests that are not answered: their peers and until when it is waited for them. */
  readonly #open = new Map<number, { readonly peer: number; readonly deadlineMs: number }>();

  /** Without settings there are no checkpoints on the chain. */
  constructor(settings: AnchorSettings | undefined) {
    this.#settings = settings;
  }

  /** Where the history has to lead to, if that is known and near enough. */
  get height(): number | undefined {
    return this.#hash === undefined ? undefined : this.#height;
  }

  hashAt(height: number): Uint8Array | undefined {
    return height === this.#height ? this.#hash : undefined;
  }

  /** Somebody may still tell where the history has to lead to. */
  get isAwaited(): boolean {
    return this.#hash === undefined && this.#open.size > 0;
  }

  /**
   * Whom to ask next, of peers with the height each of them claims. `finalHeight` is where the node
   * stands.
   */
  wanted(finalHeight: number, peers: ReadonlyMap<number, number>): AnchorRequest | undefined {
    if (this.#settings === undefined) return undefined;
    const height = this.#settings.closingAfter(finalHeight);
    if (height !== this.#height) {
      this.#height = height;
      this.#hash = undefined;
      this.#asked = new Set();
      this.#open.clear();
    }
    if (this.#hash !== undefined || this.#asked.size >= ASKED_MAX) return undefined;
    if (height - finalHeight > AHEAD_MAX) return undefined;
    for (const [peer, claimed] of peers) {
      // Its votes come after the block.
      if (claimed > height && !this.#asked.has(peer)) return { peer, height };
    }
    return undefined;
  }

  onAsked(request: number, peer: number, deadlineMs: number): void {
    this.#asked.add(peer);
    this.#open.set(request, { peer, deadlineMs });
  }

  onGone(peer: number): void {
    for (const [request, open] of this.#open) if (open.peer === peer) this.#open.delete(request);
  }

  onTime(nowMs: number): void {
    for (const [request, { deadlineMs }] of this.#open) {
      if (deadlineMs <= nowMs) this.#open.delete(request);
    }
  }

  /** What does not prove the checkpoint of the period that runs here is as good as nothing. */
  onAnswer(
    { peer, request, certificate }: AnchorAnswer,
    finalHeight: number,
  ): Uint8Array | undefined {
    if (this.#open.get(request)?.peer !== peer) return undefined;
    this.#open.delete(request);
    const isLate = this.#settings?.closingAfter(finalHeight) !== this.#height;
    if (certificate === undefined || isLate || this.#hash !== undefined) return undefined;
    this.#hash = this.#settings?.provenBy(certificate);
    return this.#hash;
  }
}
