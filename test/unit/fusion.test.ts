import { expect, test } from 'vitest'
import { DEFAULT_FUSION, fuse, type ScoredList } from '../../src/domain/fusion.js'

interface Item {
  readonly id: string
  readonly score: number
}

const list = (
  ranked: Readonly<Record<string, number>>,
  others: Readonly<Record<string, number>> = {},
): ScoredList<Item> => {
  const toItems = (scores: Readonly<Record<string, number>>) =>
    Object.entries(scores).map(([id, score]) => ({ id, score }))
  return { ranked: toItems(ranked), others: toItems(others) }
}

const fusedOf = (...args: Parameters<typeof fuse<Item>>) => fuse(...args).map(({ item, score }) => [item.id, score])

test('a list alone keeps its scores and order', () => {
  const alone = fuse(list({ a: 0.9, b: 0.2 }), null, DEFAULT_FUSION)
  expect(alone.map(({ item, score, vector, text }) => [item.id, score, vector?.rank, text])).toEqual([
    ['a', 0.9, 1, null],
    ['b', 0.2, 2, null],
  ])
})

test('reciprocal ranks are summed with their weights', () => {
  const settings = { method: 'RRF', rankConstant: 10, vectorWeight: 1, textWeight: 0.5 } as const
  expect(fusedOf(list({ a: 3, b: 2 }), list({ b: 7, c: 1 }), settings)).toEqual([
    ['b', 1 / 12 + 0.5 / 11],
    ['a', 1 / 11],
    ['c', 0.5 / 12],
  ])
})

test('weighted scores are brought to 0 … 1 over all candidates, of which none need be listed twice', () => {
  const settings = { ...DEFAULT_FUSION, vectorWeight: 0.5, textWeight: 0.5 }
  const fused = fuse(list({ a: 0.9, b: 0.5 }, { c: 0.1 }), list({ c: 8, a: 4 }), settings)
  expect(fused.map(({ item, score }) => [item.id, score])).toEqual([
    ['a', 0.5 + 0.25],
    ['c', 0.5],
    ['b', 0.25],
  ])
  expect(fused[1]).toMatchObject({ vector: { score: 0.1, rank: null }, text: { score: 8, rank: 1 } })
})

test('equal scores come in the order of ids, and say nothing', () => {
  expect(fusedOf(list({ b: 1, a: 1 }), list({}), DEFAULT_FUSION)).toEqual([
    ['a', 0],
    ['b', 0],
  ])
})
