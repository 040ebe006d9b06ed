import { setImmediate as nextTurn } from 'node:timers/promises'

/** Differences of which every choice of signs is looked at. */
const MOST_EXACT = 13
const TRIALS = 10_000
const SEED = 0x9e3779b9
/** Signs that are chosen before others have a turn. */
const SIGNS_AT_ONCE = 1_000_000
/** Sums that differ by less are the same: they are sums of the same numbers in another order. */
const ROUNDING = 1e-12

/**
 * Fisher's paired randomisation test, two-sided (Smucker, Allan and Carterette 2007): how likely it is that a mean
 * difference as large as this one, or larger, comes when the sign of each question's difference is left to chance. All
 * choices of signs are counted for up to 13 differences other than 0, 10,000 drawn ones above that; they are the same
 * ones each time.
 */
export async function testRandomisation(differences: readonly number[]): Promise<number> {
  const nonzero = differences.filter((difference) => difference !== 0)
  const least = Math.abs(nonzero.reduce((sum, difference) => sum + difference, 0)) * (1 - ROUNDING)
  return nonzero.length <= MOST_EXACT ? countAll(nonzero, least) : drawSome(nonzero, least)
}

function countAll(differences: readonly number[], least: number): number {
  const choices = 1 << differences.length
  let extreme = 0
  for (let choice = 0; choice < choices; choice++) {
    const sum = differences.reduce((total, difference, i) => total + ((choice >> i) & 1 ? difference : -difference), 0)
    if (Math.abs(sum) >= least) extreme++
  }
  return extreme / choices
}

/** The differences as they are count as one of the draws, so that no probability is 0. */
async function drawSome(differences: readonly number[], least: number): Promise<number> {
  const draw = createBits(SEED)
  const trialsAtOnce = Math.max(1, Math.floor(SIGNS_AT_ONCE / differences.length))
  let extreme = 1
  for (let trial = 0; trial < TRIALS; trial++) {
    if (trial % trialsAtOnce === trialsAtOnce - 1) await nextTurn()
    let sum = 0
    let bits = 0
    for (let i = 0; i < differences.length; i++) {
      bits = (i & 31) === 0 ? draw() : bits >>> 1
      sum += bits & 1 ? differences[i]! : -differences[i]!
    }
    if (Math.abs(sum) >= least) extreme++
  }
  return extreme / (TRIALS + 1)
}

/** 32 random bits at a time (mulberry32). */
function createBits(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return bits ^ (bits >>> 14)
  }
}
