/**
 * The proven headers that follow the newest final block, and the bodies that came for them so far.
 * A header is taken in only with a proof of finality by the group of its epoch and if it continues
 * the chain, so whatever body hashes to it is the right one, whoever sent it.
 */

import { type BlockHeader, blockHash, bodyHash, decodeHeader } from '../chain/block.ts';
import { decodeFinalityProof, type FinalityProof, isProvenFinal } from '../chain/finality-proof.ts';
import type { ValidatorGroup } from '../chain/validator-group.ts';
import { makeChainBlock } from '../shard/chain-block.ts';
import type { FetchedBlock } from '../shard/fetched-blocks.ts';

export type ChainPoint = { readonly hash: Uint8Array; readonly height: number };

/** The group that decides on a height; `undefined` while the chain has not come so far. */
export type GroupForHeight = (height: number) => ValidatorGroup | undefined;

type HeaderRules = {
  readonly chain: number;
  readonly groupFor: GroupForHeight;
  readonly isClosing: (height: number) => boolean;
  /** Hash that the block of this height must have, where that is known before it. */
  readonly anchorAt?: (height: number) => Uint8Array | undefined;
};

/** How many headers were taken in, and why not the next one; `undefined`: nothing is wrong. */
export type HeadersTaken = { readonly count: number; readonly problem: string | undefined };

type Link = {
  readonly header: BlockHeader;
  readonly hash: Uint8Array;
  readonly proof: FinalityProof;
  body: Uint8Array | undefined;
};

export class HeaderChain {
  readonly #rules: HeaderRules;
  #start: ChainPoint;
  #links: Link[] = [];
  #bodyBytes = 0;

  constructor(rules: HeaderRules, start: ChainPoint) {
    this.#rules = rules;
    this.#start = start;
  }

  get length(): number {
    return this.#links.length;
  }

  /** Height of the last header. */
  get height(): number {
    return this.#start.height + this.#links.length;
  }

  /** Bodies that wait for their turn. */
  get bodyBytes(): number {
    return this.#bodyBytes;
  }

  /** Takes in encoded headers from `height + 1` on, as far as they are good. */
  append(headers: readonly Uint8Array[], proofs: readonly Uint8Array[]): HeadersTaken {
    let count = 0;
    for (const [index, bytes] of headers.entries()) {
      const link = this.#linkOf(bytes, proofs[index] as Uint8Array);
      if (link === undefined) break;
      if (typeof link === 'string') return { count, problem: link };
      this.#links.push(link);
      count += 1;
    }
    return { count, problem: undefined };
  }

  hasBody(height: number): boolean {
    return this.#links[height - this.#start.height - 1]?.body !== undefined;
  }

  /** False where the body is not the one of that height. Heights that are not here are ignored. */
  putBody(height: number, body: Uint8Array): boolean {
    const link = this.#links[height - this.#start.height - 1];
    if (link === undefined || link.body !== undefined) return true;
    if (!isSame(bodyHash(body), link.header.bodyHash)) return false;
    link.body = body;
    this.#bodyBytes += body.length;
    return true;
  }

  /** The whole blocks at the front, at most about `countMax`, up to one with its own finalization or
   *  the end of an epoch. */
  ready(countMax: number): readonly FetchedBlock[] {
    let end = 0;
    for (const [index, { header, body, proof }] of this.#links.entries()) {
      if (body === undefined || (index >= countMax && end > 0)) break;
      const isWhole = proof.descendants.length === 0 || this.#rules.isClosing(header.height);
      if (isWhole) end = index + 1;
    }
    return this.#links.slice(0, end).map(({ header, body, proof }) => ({
      block: makeChainBlock(header, body as Uint8Array),
      proof,
    }));
  }

  hashAt(height: number): Uint8Array | undefined {
    return this.#links[height - this.#start.height - 1]?.hash;
  }

  /** Forgets all headers. */
  clear(): void {
    this.#links = [];
    this.#bodyBytes = 0;
  }

  /** Forgets what is final by now; all of it, where the chain went on otherwise than these headers. */
  advanceTo(final: ChainPoint): void {
    const passed = final.height - this.#start.height;
    if (passed === 0) return;
    const same = passed > 0 ? this.#links[passed - 1] : undefined;
    const isOurs = same !== undefined && isSame(same.hash, final.hash);
    this.#links = isOurs ? this.#links.slice(passed) : [];
    this.#start = final;
    this.#bodyBytes = this.#links.reduce((sum, { body }) => sum + (body?.length ?? 0), 0);
  }

  /** `undefined` where it cannot be judged yet; in words why it is wrong. */
  #linkOf(bytes: Uint8Array, proofBytes: Uint8Array): Link | string | undefined {
    const header = decodeHeader(bytes);
    const proof = decodeFinalityProof(proofBytes);
    const height = this.height + 1;
    if (header === undefined || proof === undefined) return 'a header that cannot be read';
    const parentHash = this.#links.at(-1)?.hash ?? this.#start.hash;
    const follows = header.height === height && isSame(header.parentHash, parentHash);
    if (header.chain !== this.#rules.chain || !follows) {
      return `a header that does not follow block ${height - 1}`;
    }
    const group = this.#rules.groupFor(height);
    if (group === undefined) return undefined;
    const hash = blockHash(bytes);
    if (header.chainId !== group.chainId || !isProvenFinal(group, hash, proof)) {
      return `no valid certificate for block ${height}`;
    }
    const anchor = this.#rules.anchorAt?.(height);
    if (anchor !== undefined && !isSame(anchor, hash)) {
      return `a history that contradicts the checkpoint at block ${height}`;
    }
    return { header, hash, proof, body: undefined };
  }
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
