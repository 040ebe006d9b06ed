import { expect, test } from 'vitest'
import { DEFAULT_FUSION, fuse } from '../../src/domain/fusion.js'

interface Item {
  readonly id: string
  readonly score: number
}

const list = (ranked: Readonly<Record<string, number>>): Item[] =>
  Object.entries(ranked).map(([id, score]) => ({ id, score }))

const DEFAULTS = { ...DEFAULT_FUSION, candidates: 100 }

const fusedOf = (...args: Parameters<typeof fuse<Item>>) => fuse(...args).map(({ item, score }) => [item.id, score])

test('a list alone keeps its scores and order', () => {
  const alone = fuse(list({ a: 0.9, b: 0.2 }), null, DEFAULTS)
  expect(alone.map(({ item, score, vector, text }) => [item.id, score, vector?.rank, text])).toEqual([
    ['a', 0.9, 1, null],
    ['b', 0.2, 2, null],
  ])
})

test('reciprocal ranks are summed with their weights', () => {
  const settings = { method: 'RRF', rankConstant: 10, vectorWeight: 1, textWeight: 0.5, candidates: 2 } as const
  expect(fusedOf(list({ a: 3, b: 2 }), list({ b: 7, c: 1 }), settings)).toEqual([
    ['b', 1 / 12 + 0.5 / 11],
    ['a', 1 / 11],
    ['c', 0.5 / 12],
  ])
})

test('weighted scores are parts of the highest; lists that have all there is say nothing of others', () => {
  const settings = { ...DEFAULTS, vectorWeight: 0.5, textWeight: 0.25 }
  const fused = fuse(list({ a: 0.8, b: 0.4, d: -0.1 }), list({ c: 8, a: 4 }), settings)
  expect(fused.map(({ item, score }) => [item.id, score])).toEqual([
    ['a', 0.5 + 0.125],
    ['b', 0.25],
    ['c', 0.25],
    ['d', 0],
  ])
  expect(fused[2]).toMatchObject({ vector: null, text: { score: 8, rank: 1 } })
})

test('whom a list has no room for counts with the lowest score of it', () => {
  const settings = { ...DEFAULTS, vectorWeight: 0.5, textWeight: 0.5, candidates: 2 }
  expect(fusedOf(list({ a: 0.8, b: 0.4 }), list({ c: 8, a: 4 }), settings)).toEqual([
    ['a', 0.5 + 0.25],
    ['c', 0.5 + 0.25],
    ['b', 0.25 + 0.25],
  ])
})

test('equal scores come in the order of ids; lists without a score above 0 say nothing', () => {
  expect(fusedOf(list({ b: 0, a: 0 }), list({}), DEFAULTS)).toEqual([
    ['a', 0],
    ['b', 0],
  ])
})
