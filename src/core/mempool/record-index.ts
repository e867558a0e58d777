/**
 * Records of the pool by transaction id. A `Map` over strings or over 32-byte keys costs more than
 * everything else the pool does, so the key is a small integer of the id (a hash, hence evenly
 * spread) and the rare records that share one hang in a chain and are told apart by all their bytes.
 */

import type { PoolRecord } from './pool-entry.ts';

export class RecordIndex<Tag> {
  readonly #chains = new Map<number, PoolRecord<Tag>>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get(id: Uint8Array): PoolRecord<Tag> | undefined {
    let record = this.#chains.get(fingerprint(id));
    while (record !== undefined && !sameBytes(record.id, id)) record = record.next;
    return record;
  }

  /** The id must not be there yet. */
  add(record: PoolRecord<Tag>): void {
    const key = fingerprint(record.id);
    record.next = this.#chains.get(key);
    this.#chains.set(key, record);
    this.#count += 1;
  }

  /** The record must be there. */
  delete(record: PoolRecord<Tag>): void {
    const key = fingerprint(record.id);
    const first = this.#chains.get(key);
    if (first === record) {
      if (record.next === undefined) this.#chains.delete(key);
      else this.#chains.set(key, record.next);
    } else {
      let before = first;
      while (before !== undefined && before.next !== record) before = before.next;
      if (before !== undefined) before.next = record.next;
    }
    record.next = undefined;
    this.#count -= 1;
  }

  *[Symbol.iterator](): Generator<PoolRecord<Tag>> {
    for (const first of this.#chains.values()) {
      let record: PoolRecord<Tag> | undefined = first;
      while (record !== undefined) {
        const { next }: PoolRecord<Tag> = record;
        yield record;
        record = next;
      }
    }
  }
}

/** 31 bits of the id: an integer the engine keeps unboxed. */
function fingerprint(id: Uint8Array): number {
  return (
    (((id[0] as number) << 24) |
      ((id[1] as number) << 16) |
      ((id[2] as number) << 8) |
      (id[3] as number)) >>>
    1
  );
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}
