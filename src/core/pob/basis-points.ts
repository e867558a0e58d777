/** 10,000 basis points are all of it. */
export const BASIS_POINTS = 10_000n;
