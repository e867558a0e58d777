/**
 * Answers peers that ask for headers, bodies and checkpoints, from what is on disk. Whoever does not take the
 * answers gets the next ones when it has, and only so many requests of one peer wait.
 */

import { assert } from '#core/assert.ts';
import { decodeBody, decodeStoredBlock, type StoredBlock } from '#core/chain/block.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { decodeStateValue } from '#core/ledger/state-value.ts';
import { certificateKey } from '#core/pob/checkpoint-state.ts';
import type { ChainReader } from '#io/lmdb/chain-reader.ts';
import { HEADERS_MAX, type PeerMessage } from '#io/net/wire-message.ts';
import { FETCHED_BYTES_MAX } from './protocol.ts';

export type BlockRequest = PeerMessage & {
  readonly kind: 'wantHeaders' | 'wantBodies' | 'wantCheckpoint';
};

/** BOUND: requests of one peer that wait for their turn; more are dropped. */
const WAITING_MAX = 32;
const NOTHING = new Uint8Array(0);

export class BlockServer {
  readonly #readers: ReadonlyMap<number, ChainReader>;
  /** Whether the peer has taken most of what it was sent. */
  readonly #hasRoom: (peer: string) => boolean;
  readonly #send: (peer: string, answer: PeerMessage) => void;
  readonly #waiting = new Map<string, BlockRequest[]>();

  constructor(
    readers: ReadonlyMap<number, ChainReader>,
    hasRoom: (peer: string) => boolean,
    send: (peer: string, answer: PeerMessage) => void,
  ) {
    this.#readers = readers;
    this.#hasRoom = hasRoom;
    this.#send = send;
  }

  onRequest(peer: string, request: BlockRequest): void {
    const waiting = this.#waiting.get(peer);
    if (waiting === undefined && this.#hasRoom(peer))
      return this.#send(peer, this.#answer(request));
    if (waiting === undefined) this.#waiting.set(peer, [request]);
    else if (waiting.length < WAITING_MAX) waiting.push(request);
  }

  onTick(): void {
    for (const [peer, waiting] of this.#waiting) {
      while (waiting.length > 0 && this.#hasRoom(peer)) {
        this.#send(peer, this.#answer(waiting.shift() as BlockRequest));
      }
      if (waiting.length === 0) this.#waiting.delete(peer);
    }
  }

  onGone(peer: string): void {
    this.#waiting.delete(peer);
  }

  #answer(request: BlockRequest): PeerMessage {
    if (request.kind === 'wantCheckpoint') {
      const certificate = checkpointOf(this.#readerOf(ROOT_CHAIN), request.height) ?? NOTHING;
      return { kind: 'checkpoint', request: request.request, certificate };
    }
    const { chain, kind, fromHeight } = request;
    const reader = this.#readerOf(chain);
    const base = { chain, request: request.request };
    if (kind === 'wantHeaders') {
      const blocks = stored(reader, fromHeight, HEADERS_MAX, sizeOfHeader);
      const headers = blocks.map(({ header }) => header);
      const proofs = blocks.map(({ certificate }) => certificate);
      return { kind: 'headers', ...base, headers, proofs };
    }
    const blocks = stored(reader, fromHeight, request.count, ({ body }) => body.length);
    return { kind: 'bodies', ...base, bodies: blocks.map(({ body }) => body) };
  }

  #readerOf(chain: number): ChainReader {
    const reader = this.#readers.get(chain);
    assert(reader !== undefined, 'requests are for chains of this network');
    return reader;
  }
}

/** The encoded certificate of a closing block; the state tells which block has brought it. */
function checkpointOf(reader: ChainReader, height: number): Uint8Array | undefined {
  const place = reader.state(certificateKey(height));
  const value = place === undefined ? undefined : decodeStateValue(place);
  const stored = value?.kind === 'int' ? reader.block(Number(value.value)) : undefined;
  const block = stored === undefined ? undefined : decodeStoredBlock(stored);
  return block && decodeBody(block.body)?.checkpoints[0];
}

function sizeOfHeader({ header, certificate }: StoredBlock): number {
  return header.length + certificate.length;
}

/** Blocks from a height on, as many as there are and as one answer holds, one at least. */
function stored(
  reader: ChainReader,
  fromHeight: number,
  countMax: number,
  sizeOf: (block: StoredBlock) => number,
): readonly StoredBlock[] {
  const blocks: StoredBlock[] = [];
  let bytes = 0;
  // Everybody makes the block of height 0 from the genesis.
  for (let height = Math.max(1, fromHeight); blocks.length < countMax; height++) {
    const encoded = reader.block(height);
    const block = encoded === undefined ? undefined : decodeStoredBlock(encoded);
    if (block === undefined) break;
    bytes += sizeOf(block);
    if (blocks.length > 0 && bytes > FETCHED_BYTES_MAX) break;
    blocks.push(block);
  }
  return blocks;
}
