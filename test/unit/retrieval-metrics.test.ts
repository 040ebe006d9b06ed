import { expect, test } from 'vitest'
import { testRandomisation } from '../../src/domain/randomisation-test.js'
import { averageMetrics, rateRanking } from '../../src/domain/retrieval-metrics.js'

/** 3 relevant documents, one of them never found; one that was judged not to be relevant. */
const GRADES = new Map([
  ['a', 2],
  ['b', 1],
  ['lost', 1],
  ['no', 0],
])
/** b, unjudged, no, a. */
const FOUND = [1, null, 0, 2]

test('metrics are what they are by hand', () => {
  const ideal = 2 + 1 / Math.log2(3) + 1 / 2
  const rated = { found: FOUND, grades: GRADES, relevantFrom: 1 }
  expect(rateRanking(rated, 4)).toEqual({
    depth: 4,
    ndcg: (1 + 2 / Math.log2(5)) / ideal,
    recall: 2 / 3,
    precision: 2 / 4,
    reciprocalRank: 1,
    averagePrecision: (1 + 2 / 4) / 3,
  })
  expect(rateRanking(rated, 1)).toEqual({
    depth: 1,
    ndcg: 1 / 2,
    recall: 1 / 3,
    precision: 1,
    reciprocalRank: 1,
    averagePrecision: 1 / 3,
  })
})

test('only grades from a bound on count as relevant, and every grade for nDCG', () => {
  const rated = { found: FOUND, grades: GRADES, relevantFrom: 2 }
  expect(rateRanking(rated, 4)).toMatchObject({
    recall: 1,
    precision: 1 / 4,
    reciprocalRank: 1 / 4,
    averagePrecision: 1 / 4,
    ndcg: rateRanking({ ...rated, relevantFrom: 1 }, 4).ndcg,
  })
})

test('where less is found than looked at, precision is by the depth; nothing relevant is 0', () => {
  const grades = new Map([['a', 1]])
  expect(rateRanking({ found: [1], grades, relevantFrom: 1 }, 10)).toMatchObject({ precision: 0.1, ndcg: 1, recall: 1 })
  const none = { ndcg: 0, recall: 0, precision: 0, reciprocalRank: 0, averagePrecision: 0 }
  expect(rateRanking({ found: [], grades, relevantFrom: 1 }, 10)).toMatchObject(none)
  expect(rateRanking({ found: [0, -1], grades: new Map([['a', -1]]), relevantFrom: 1 }, 2)).toMatchObject(none)
})

test('means are over questions, depth by depth', () => {
  const one = rateRanking({ found: [1], grades: new Map([['a', 1]]), relevantFrom: 1 }, 2)
  const none = rateRanking({ found: [], grades: new Map([['a', 1]]), relevantFrom: 1 }, 2)
  expect(averageMetrics([[one], [none]])).toEqual([
    { depth: 2, ndcg: 0.5, recall: 0.5, precision: 0.25, reciprocalRank: 0.5, averagePrecision: 0.5 },
  ])
})

test('the randomisation test counts all choices of signs where they are few', async () => {
  // Of 32 choices, all plus and all minus are as extreme.
  expect(await testRandomisation([0.1, 0.2, 0.3, 0.1, 0.2, 0, 0])).toBe(2 / 32)
  // |sum| is 1 for +1 −2 +2: so it is for 6 of 8 choices, or 5 for the two others.
  expect(await testRandomisation([1, -2, 2])).toBe(1)
  expect(await testRandomisation([3, 2, -1])).toBe(4 / 8)
  expect(await testRandomisation([0, 0])).toBe(1)
  expect(await testRandomisation([])).toBe(1)
})

test('for many questions it draws, the same each time, and close to what counting gives', async () => {
  const differences = Array.from({ length: 14 }, (_, i) => (i % 4 === 0 ? -0.1 : 0.07 + i / 100))
  const drawn = await testRandomisation(differences)
  expect(await testRandomisation(differences)).toBe(drawn)
  const sum = differences.reduce((total, one) => total + one, 0)
  let extreme = 0
  for (let choice = 0; choice < 2 ** 14; choice++)
    if (Math.abs(differences.reduce((total, one, i) => total + ((choice >> i) & 1 ? one : -one), 0)) >= sum - 1e-9)
      extreme++
  expect(Math.abs(drawn - extreme / 2 ** 14)).toBeLessThan(0.01)
  // More than one draw of bits.
  const large = Array.from({ length: 100 }, (_, i) => (i % 10 === 0 ? -1 : 1))
  expect(await testRandomisation(large)).toBe(1 / 10_001)
  const even = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? -1 : 1.01))
  expect(await testRandomisation(even)).toBeGreaterThan(0.8)
})
