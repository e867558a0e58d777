/**
 * V8 gives the objects of one kind a shape, and compiles code for shapes. When it collects the whole
 * heap while no object of a shape is alive, it forgets the shape and throws away all code that was
 * compiled for it. What is made for each transaction and dropped with it is gone between two blocks,
 * so such a collection took from a shard some hundred functions at once, to be run slowly, measured
 * and compiled again. PERF: one object of each kind stays alive until the next one is made.
 */

export class KeptShape<Value> {
  /** Kept and never read. */
  latest: Value | undefined;

  of(value: Value): Value {
    this.latest = value;
    return value;
  }
}
