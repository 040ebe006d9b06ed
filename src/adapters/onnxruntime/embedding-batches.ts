/** Rows times the longest of them, in one run: what a cancel may have to wait for. */
export const BATCH_TOKENS = 1_024

/** Indexes of sequences, by length, in batches of at most `BATCH_TOKENS`; a longer sequence has its own. */
export function toBatches(lengths: readonly number[]): number[][] {
  const order = [...lengths.keys()].sort((a, b) => lengths[a]! - lengths[b]! || a - b)
  const batches: number[][] = []
  for (const index of order) {
    const batch = batches.at(-1)
    if (batch && (batch.length + 1) * lengths[index]! <= BATCH_TOKENS) batch.push(index)
    else batches.push([index])
  }
  return batches
}
