/**
 * Which epoch a height belongs to. Epochs of a chain have a fixed number of blocks, and the last one
 * closes the epoch: it names the group that makes the blocks after it (protocol.md §2.3, handover).
 * The genesis block belongs to no epoch; the first block after it begins epoch 0.
 */

/** Height ≥ 1. */
export function epochOf(height: number, epochBlocks: number): number {
  return Math.floor((height - 1) / epochBlocks);
}

export function closingHeight(epoch: number, epochBlocks: number): number {
  return (epoch + 1) * epochBlocks;
}

/** Whether the block ends an epoch, or is the genesis block, which is what the first one starts from. */
export function isClosing(height: number, epochBlocks: number): boolean {
  return height % epochBlocks === 0;
}

/** The first closing block above the height. */
export function closingAfter(height: number, epochBlocks: number): number {
  return closingHeight(epochOf(height + 1, epochBlocks), epochBlocks);
}
