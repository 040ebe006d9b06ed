/** The n-th largest of the values; 0 when they are fewer. Sorting all of them would cost more than scoring them. */
export function nthLargest(values: readonly number[], n: number): number {
  if (values.length < n) return 0
  // In a heap the least is first, as in what is sorted.
  const heap = Float64Array.from(values.slice(0, n)).sort()
  for (let i = n; i < values.length; i++) if (values[i]! > heap[0]!) replaceLeast(heap, values[i]!)
  return heap[0]!
}

function replaceLeast(heap: Float64Array, value: number): void {
  let at = 0
  for (let child = 1; child < heap.length; child = 2 * at + 1) {
    if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++
    if (heap[child]! >= value) break
    heap[at] = heap[child]!
    at = child
  }
  heap[at] = value
}
