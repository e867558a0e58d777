/**
 * Token bucket per client address. A bucket fills at the configured rate and holds `burst`; a
 * request takes tokens by its cost. IPv6 clients own whole networks, so they share one bucket per
 * /64. The table is bounded: at the bound the address that was quiet for longest is forgotten,
 * which can only ever be in its favour.
 */

const ADDRESSES_MAX = 16_384;

type Bucket = { tokens: number; updatedMs: number };

export class RateLimiter {
  readonly #perMs: number;
  readonly #burst: number;
  /** In order of last use: a Map keeps insertion order and a used entry is inserted again. */
  readonly #buckets = new Map<string, Bucket>();

  /** `perSecond` tokens, of which two seconds' worth may be saved up. */
  constructor(perSecond: number, burst: number = perSecond * 2) {
    this.#perMs = perSecond / 1000;
    this.#burst = burst;
  }

  /** Takes `cost` tokens; `false` where the address has to wait. */
  take(address: string, nowMs: number, cost = 1): boolean {
    const key = bucketKey(address);
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      this.#evict();
      bucket = { tokens: this.#burst, updatedMs: nowMs };
    } else {
      this.#buckets.delete(key);
      const earned = Math.max(0, nowMs - bucket.updatedMs) * this.#perMs;
      bucket.tokens = Math.min(this.#burst, bucket.tokens + earned);
      bucket.updatedMs = nowMs;
    }
    this.#buckets.set(key, bucket);
    // A request dearer than the whole bucket passes when the bucket is full, else it never could.
    const price = Math.min(cost, this.#burst);
    if (bucket.tokens < price) return false;
    bucket.tokens -= price;
    return true;
  }

  #evict(): void {
    if (this.#buckets.size < ADDRESSES_MAX) return;
    const oldest = this.#buckets.keys().next().value;
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}

/** IPv4 as it is, also inside IPv6; of other IPv6 addresses the network part. */
export function bucketKey(address: string): string {
  if (!address.includes(':')) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) while (groups.length < 4) groups.push('0');
  return groups.slice(0, 4).join(':');
}
