import { expect, test } from 'vitest'
import { diversify } from '../../src/domain/diversity.js'

const item = (score: number, ...components: number[]) => ({ score, vector: Float32Array.from(components) })

const ITEMS = [item(1, 1, 0), item(0.9, 2, 0.1), item(0.5, 0, 3), item(0, 0.5, -0.5)]

test.each([
  ['relevance alone', 1, [0, 1, 2, 3]],
  ['both', 0.5, [0, 2, 1, 3]],
  ['difference alone', 0, [0, 2, 3, 1]],
])('by %s', (_title, lambda, order) => {
  expect(diversify(ITEMS, lambda, 10)).toEqual(order)
  expect(diversify(ITEMS, lambda, 2)).toEqual(order.slice(0, 2))
})

test('nothing, and equal scores, are no trouble', () => {
  expect(diversify([], 0.5, 3)).toEqual([])
  expect(diversify([item(2, 0, 0), item(2, 1, 1)], 0.5, 3)).toEqual([0, 1])
})
