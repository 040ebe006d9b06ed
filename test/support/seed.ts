/** Long counts (`npm run test:full`) instead of the small fixed ones. */
export const isFullTest = (): boolean => process.env.GRAPHLOOM_TEST_FULL === '1'

const DEFAULT_SEED = 20_260_101

/** Seed of everything random in this run; `GRAPHLOOM_TEST_SEED` repeats an earlier one. */
export function testSeed(): number {
  const given = process.env.GRAPHLOOM_TEST_SEED
  if (given === undefined || given === '') return DEFAULT_SEED
  const seed = Number(given)
  if (!Number.isSafeInteger(seed)) throw new Error(`GRAPHLOOM_TEST_SEED must be a whole number, not "${given}".`)
  return seed
}
