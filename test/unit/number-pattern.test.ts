import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toIntegerPattern, toNumberPattern } from '../../src/adapters/grammar/number-pattern.js'

const bound = fc.oneof(fc.integer({ min: -1_200, max: 1_200 }), fc.integer({ min: -2_000_000, max: 2_000_000 }))
const bounds = fc.tuple(bound, bound).map(([a, b]) => ({ low: Math.min(a, b), high: Math.max(a, b) }))
const matches = (pattern: string, text: string): boolean => new RegExp(`^${pattern}$`, 'u').test(text)

test('whole numbers within bounds match, and no others', () => {
  fc.assert(
    fc.property(bounds, fc.integer({ min: -2_100_000, max: 2_100_000 }), ({ low, high }, any) => {
      const pattern = toIntegerPattern({ low, high })
      for (const value of [low - 1, low, low + 1, high - 1, high, high + 1, any, 0, Math.trunc((low + high) / 2)])
        expect(matches(pattern, String(value)), `${value} of ${low} to ${high}`).toBe(value >= low && value <= high)
      for (const text of ['', '-', '-0', '00', '007', '1.5', '+1']) expect(matches(pattern, text)).toBe(false)
    }),
  )
})

test('decimals that match lie within bounds, and those near the bounds match', () => {
  fc.assert(
    fc.property(bounds, fc.double({ min: -3_000, max: 3_000, noNaN: true }), ({ low, high }, any) => {
      const pattern = toNumberPattern({ low, high })
      const texts = [any, low - 0.5, low + 0.5, high - 0.25, high + 0.25, 0.5, -0.5].map((value) => value.toFixed(2))
      for (const text of texts) {
        const value = Number(text)
        const isMatch = matches(pattern, text)
        if (isMatch) expect(value >= low && value <= high, `${text} of ${low} to ${high}`).toBe(true)
        else expect(Number.isInteger(value) || value < low || value > high, `${text} of ${low} to ${high}`).toBe(true)
      }
    }),
  )
})

test('a bound may be missing', () => {
  expect(matches(toIntegerPattern({ low: 7, high: Infinity }), '123456789012345')).toBe(true)
  expect(matches(toIntegerPattern({ low: 7, high: Infinity }), '6')).toBe(false)
  expect(matches(toIntegerPattern({ low: -Infinity, high: -3 }), '-3')).toBe(true)
  expect(matches(toIntegerPattern({ low: -Infinity, high: -3 }), '-2')).toBe(false)
  expect(matches(toNumberPattern({ low: -Infinity, high: 2 }), '1.75')).toBe(true)
  expect(matches(toNumberPattern({ low: -Infinity, high: 2 }), '2.1')).toBe(false)
})
