/**
 * The virtual clock of a simulation: items leave in the order of their times, and items of one time
 * in the order they were put in, so that a history depends on the seed alone. A binary heap.
 */

type Entry<Item> = { readonly time: number; readonly sequence: number; readonly item: Item };

export class EventQueue<Item> {
  readonly #heap: Entry<Item>[] = [];
  #sequence = 0;
  #now = 0;

  /** Time of the item taken last. */
  get now(): number {
    return this.#now;
  }

  get size(): number {
    return this.#heap.length;
  }

  get nextTime(): number | undefined {
    return this.#heap[0]?.time;
  }

  /** `time` before now counts as now. */
  push(time: number, item: Item): void {
    const entry = { time: Math.max(time, this.#now), sequence: this.#sequence, item };
    this.#sequence += 1;
    const heap = this.#heap;
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const above = (index - 1) >>> 1;
      if (isBefore(heap[above] as Entry<Item>, entry)) break;
      heap[index] = heap[above] as Entry<Item>;
      index = above;
    }
    heap[index] = entry;
  }

  /** Takes the next item and moves the clock to its time. */
  pop(): Item | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined) return undefined;
    this.#now = first.time;
    if (heap.length > 0) this.#sink(last);
    return first.item;
  }

  /** Moves the clock past a stretch in which nothing happens. */
  advanceTo(time: number): void {
    if (time > this.#now && time <= (this.nextTime ?? time)) this.#now = time;
  }

  #sink(entry: Entry<Item>): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      const right = heap[below + 1];
      if (below >= heap.length) break;
      if (right !== undefined && isBefore(right, heap[below] as Entry<Item>)) below += 1;
      if (isBefore(entry, heap[below] as Entry<Item>)) break;
      heap[index] = heap[below] as Entry<Item>;
      index = below;
    }
    heap[index] = entry;
  }
}

function isBefore<Item>(left: Entry<Item>, right: Entry<Item>): boolean {
  return left.time < right.time || (left.time === right.time && left.sequence < right.sequence);
}
