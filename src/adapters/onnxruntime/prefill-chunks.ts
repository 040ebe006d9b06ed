/** The most tokens of a prompt computed in one run: nobody waits longer than for that. */
export const CHUNK_TOKENS = 128
/** The same while other texts wait for their next token. */
export const SHARED_CHUNK_TOKENS = 64

/**
 * How many of the `left` tokens of a prompt the next run takes: at most `most` (at least 3), and never so that a single
 * token is left over, because a run of one token rounds otherwise than a run of several.
 */
export function nextChunkLength(left: number, most: number): number {
  if (left <= most) return left
  return left === most + 1 ? most - 1 : most
}
