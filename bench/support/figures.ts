export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN

/** One line of a benchmark's result: ours against the reference that was measured in turns with it. */
export function printRatio(what: string, ours: number, reference: number, wanted: number): void {
  const ratio = ours / reference
  console.log(`${what}: ratio ${ratio.toFixed(2)} (wanted at least ${wanted})`)
}
