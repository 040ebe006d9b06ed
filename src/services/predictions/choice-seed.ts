import { createHash } from 'node:crypto'

const SEED_BYTES = 6

/**
 * Seed of one of several texts for a prompt: the first has the prediction's own, another the first 48 bits of SHA-256
 * of `seed/choice`. So each is the text that its seed gives alone.
 */
export function toChoiceSeed(seed: number, choice: number): number {
  if (choice === 0) return seed
  return createHash('sha256').update(`${seed}/${choice}`).digest().readUIntBE(0, SEED_BYTES)
}
