export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN

/** One line of a benchmark's result: ours against the reference that was measured in turns with it. */
export function printRatio(what: string, ours: number, reference: number, wanted?: number): void {
  const aim = wanted === undefined ? '' : ` (wanted at least ${wanted})`
  console.log(`${what}: ratio ${(ours / reference).toFixed(2)}${aim}`)
}
