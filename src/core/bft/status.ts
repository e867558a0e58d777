/** What operators see of an instance. */
export type BftStatus = {
  readonly view: number;
  /** Index of the leader of that view. */
  readonly leader: number;
  readonly finalView: number;
  readonly finalHeight: number;
  /** Estimate of the largest delay, and average time from entering a view to its notarization. */
  readonly deltaMs: number;
  readonly latencyMs: number;
  /** Views that ended without a block since this instance started. */
  readonly viewsNullified: number;
  /** Views in memory. */
  readonly viewsHeld: number;
  /** By member: views since anything was heard of it; 0 for ourselves. */
  readonly silentViews: readonly number[];
  readonly isHalted: boolean;
};
