import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LogHistogram } from '../../src/kernel/log-histogram.js'
import { isFullTest, testSeed } from '../support/seed.js'

const runs = { seed: testSeed(), numRuns: isFullTest() ? 5_000 : 300 }
const SHARES = [0.01, 0.5, 0.9, 0.99, 1]
/** Stated in the schema: within 1.1 %. */
const ERROR = 0.011

const histogramOf = (values: readonly number[]): LogHistogram => {
  const histogram = new LogHistogram()
  for (const value of values) histogram.add(value)
  return histogram
}

/** By the nearest-rank method. */
const exact = (values: readonly number[], p: number): number =>
  values.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(p * values.length)) - 1]!

/** Values of all sizes, some of them equal, some exactly at a bucket's bound. */
const value = fc.oneof(
  fc.double({ min: 2 ** -10, max: 2 ** 30, noNaN: true }),
  fc.integer({ min: -10, max: 30 }).map((exponent) => 2 ** exponent),
  fc.integer({ min: -320, max: 960 }).map((i) => 2 ** (i / 32)),
  fc.integer({ min: 1, max: 100 }),
  // Next to a power of two.
  fc.integer({ min: -10, max: 30 }).map((exponent) => 2 ** exponent * (1 + Number.EPSILON)),
  fc.integer({ min: -9, max: 30 }).map((exponent) => 2 ** exponent * (1 - Number.EPSILON)),
)
const values = fc.array(value, { minLength: 1, maxLength: 300 })

test('percentiles are within 1.1 % of the exact ones; count, mean and largest are exact', () => {
  fc.assert(
    fc.property(values, (given) => {
      const histogram = histogramOf(given)
      for (const p of SHARES) {
        const expected = exact(given, p)
        expect(Math.abs(histogram.percentile(p)! - expected)).toBeLessThanOrEqual(ERROR * expected)
      }
      expect(histogram.count).toBe(given.length)
      expect(histogram.max).toBe(Math.max(...given))
      expect(histogram.sum).toBe(given.reduce((total, one) => total + one, 0))
    }),
    runs,
  )
})

test('several joined are the one of all their values', () => {
  fc.assert(
    fc.property(fc.array(values, { maxLength: 5 }), (parts) => {
      const joined = new LogHistogram()
      for (const part of parts) joined.addAll(histogramOf(part))
      const whole = histogramOf(parts.flat())
      expect(joined.count).toBe(whole.count)
      expect(joined.max).toBe(whole.max)
      for (const p of SHARES) expect(joined.percentile(p)).toBe(whole.percentile(p))
      for (let exponent = -10; exponent <= 30; exponent++)
        expect(joined.countUpTo(exponent)).toBe(whole.countUpTo(exponent))
    }),
    runs,
  )
})

test('counts up to a power of two are exact', () => {
  fc.assert(
    fc.property(values, fc.integer({ min: -10, max: 29 }), (given, exponent) => {
      expect(histogramOf(given).countUpTo(exponent)).toBe(given.filter((one) => one <= 2 ** exponent).length)
    }),
    runs,
  )
})

test('whole numbers up to 45 are exact when rounded', () => {
  for (let size = 1; size <= 45; size++) {
    const histogram = histogramOf([1, size, size, size, 64])
    expect(Math.round(histogram.percentile(0.5)!)).toBe(size)
  }
})

test('one value is itself, none is null, what is no number above 0 counts as 0', () => {
  expect(histogramOf([123.456]).percentile(0.5)).toBe(123.456)
  expect(histogramOf([]).percentile(0.5)).toBeNull()
  const odd = histogramOf([-5, 0, NaN, -Infinity])
  expect([odd.count, odd.sum, odd.max, odd.percentile(0.99)]).toEqual([4, 0, 0, 0])
  const huge = histogramOf([2 ** 40, 1])
  expect([huge.percentile(0.1), huge.max]).toEqual([1, 2 ** 40])
})
