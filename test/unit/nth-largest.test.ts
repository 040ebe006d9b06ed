import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nthLargest } from '../../src/adapters/sqlite-text/nth-largest.js'

test('the n-th largest is the one that sorting gives', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 30 })), fc.integer({ min: 1, max: 12 }), (values, n) => {
      const sorted = values.toSorted((a, b) => b - a)
      expect(nthLargest(values, n)).toBe(sorted[n - 1] ?? 0)
    }),
  )
})
