import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toLogprobs } from '../../src/adapters/onnxruntime/logprobs.js'
import { argmax, sampleToken, selectCandidates, type SamplingSettings } from '../../src/adapters/onnxruntime/sampler.js'
import type { Scores } from '../../src/adapters/onnxruntime/token-selection.js'

const PLAIN: SamplingSettings = {
  temperature: 1,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  presencePenalty: 0,
  frequencyPenalty: 0,
  logitBias: [],
}
const NO_COUNTS: ReadonlyMap<number, number> = new Map()
const NOTHING_SEEN: ReadonlySet<number> = new Set()

/** Logits with many ties: multiples of a quarter. */
const logits = fc
  .array(fc.integer({ min: -400, max: 120 }), { minLength: 1, maxLength: 300 })
  .map((quarters) => Float32Array.from(quarters, (quarter) => quarter / 4))
const limits = fc.record({
  topK: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 320 })),
  topP: fc.oneof(fc.constant(1), fc.double({ min: 0.01, max: 1, noNaN: true })),
  minP: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })),
})

const scoresOf = (values: Float32Array, temperature: number): Scores => ({
  logits: values,
  max: values[argmax(values)]!,
  temperature,
})

/** The rules as they are defined, by sorting everything; more than one answer where rounding decides. */
function candidatesByDefinition(
  { logits: values, max, temperature }: Scores,
  { topK, topP, minP }: Pick<SamplingSettings, 'topK' | 'topP' | 'minP'>,
): number[][] {
  const distances = Float64Array.from(values, (value) => (max - value) * (1 / temperature))
  const all = [...distances.keys()].sort((a, b) => distances[a]! - distances[b]! || a - b)
  const ids = topK > 0 ? all.slice(0, topK) : all
  const mass = ids.reduce((total, id) => total + Math.exp(-distances[id]!), 0)
  const lengthFor = (share: number): number => {
    let reached = 0
    const index = ids.findIndex((id) => (reached += Math.exp(-distances[id]!)) >= share * mass)
    return index < 0 ? ids.length : index + 1
  }
  const shortest = topP < 1 ? lengthFor(topP * (1 - 1e-12)) : ids.length
  const longest = topP < 1 ? lengthFor(topP * (1 + 1e-12)) : ids.length
  return Array.from({ length: longest - shortest + 1 }, (_, more) =>
    ids
      .slice(0, shortest + more)
      .filter((id) => minP <= 0 || distances[id]! <= -Math.log(minP))
      .sort((a, b) => a - b),
  )
}

describe('sampling', () => {
  test('candidates are those of the definition of topK, topP and minP', () => {
    fc.assert(
      fc.property(logits, fc.double({ min: 0.1, max: 2, noNaN: true }), limits, (values, temperature, settings) => {
        const scores = scoresOf(values, temperature)
        const candidates = [...selectCandidates(scores, settings).ids]
        expect(candidates).toContain(argmax(values))
        expect(candidatesByDefinition(scores, settings)).toContainEqual(candidates)
      }),
      { numRuns: 500 },
    )
  })

  test('temperature 0 is the likeliest token, the first of equals', () => {
    fc.assert(
      fc.property(logits, limits, fc.nat(), (values, settings, seed) => {
        const likeliest = values.indexOf(Math.max(...values))
        const draw = { seed, position: 3, seen: NOTHING_SEEN, counts: NO_COUNTS }
        expect(sampleToken(values.slice(), { ...PLAIN, ...settings, temperature: 0 }, draw)).toBe(likeliest)
      }),
    )
  })

  test('the same arguments choose the same token, and one of the candidates', () => {
    fc.assert(
      fc.property(logits, limits, fc.maxSafeNat(), fc.nat({ max: 8_192 }), (values, settings, seed, position) => {
        const all = { ...PLAIN, temperature: 0.7, ...settings }
        const choose = (): number =>
          sampleToken(values.slice(), all, { seed, position, seen: NOTHING_SEEN, counts: NO_COUNTS })
        const chosen = choose()
        expect(choose()).toBe(chosen)
        expect([...selectCandidates(scoresOf(values, 0.7), settings).ids]).toContain(chosen)
      }),
    )
  })

  test('tokens come as often as their probabilities say', () => {
    const values = Float32Array.from([1, 2, 3, 0.5], Math.log)
    const counts = [0, 0, 0, 0]
    const draws = 13_000
    for (let position = 0; position < draws; position++)
      counts[sampleToken(values.slice(), PLAIN, { seed: 11, position, seen: NOTHING_SEEN, counts: NO_COUNTS })]!++
    for (const [id, weight] of [1, 2, 3, 0.5].entries()) {
      const share = weight / 6.5
      const deviation = Math.sqrt(draws * share * (1 - share))
      expect(Math.abs(counts[id]! - draws * share)).toBeLessThan(5 * deviation)
    }
  })

  test('the penalty lowers seen tokens, positive and negative', () => {
    const settings = { ...PLAIN, temperature: 0, repetitionPenalty: 2 }
    const choose = (values: number[], seen: number[]): number =>
      sampleToken(Float32Array.from(values), settings, { seed: 0, position: 0, seen: new Set(seen), counts: NO_COUNTS })
    expect(choose([5, 3], [0])).toBe(1)
    expect(choose([5, 2], [0])).toBe(0)
    expect(choose([-1, -1.5], [0])).toBe(1)
    expect(choose([5, 3], [0, 1, 99])).toBe(0)
  })
})

test('presence and frequency penalties are taken off, biases added', () => {
  const counts = new Map([
    [0, 1],
    [1, 3],
  ])
  const choose = (values: number[], settings: Partial<SamplingSettings>): number =>
    sampleToken(
      Float32Array.from(values),
      { ...PLAIN, temperature: 0, ...settings },
      { seed: 0, position: 0, seen: NOTHING_SEEN, counts },
    )
  expect(choose([5, 5.4, 4], { presencePenalty: 0.9 })).toBe(1)
  expect(choose([5, 5.4, 4], { frequencyPenalty: 0.3 })).toBe(0)
  expect(choose([5, 5.4, 4], { presencePenalty: 1, frequencyPenalty: 0.3 })).toBe(2)
  expect(choose([5, 5.4, 4], { logitBias: [{ tokenId: 2, bias: 1.5 }] })).toBe(2)
  expect(choose([5, 5.4, 4], { logitBias: [{ tokenId: 99, bias: 100 }] })).toBe(1)
})

describe('log-probabilities', () => {
  test('are those of the softmax, the alternatives in order', () => {
    fc.assert(
      fc.property(logits, fc.nat({ max: 20 }), (values, count) => {
        const total = values.reduce((sum, value) => sum + Math.exp(value), 0)
        const expected = [...values.keys()]
          .sort((a, b) => values[b]! - values[a]! || a - b)
          .slice(0, count)
          .map((id) => ({ id, logprob: values[id]! - Math.log(total) }))
        const { logprob, alternatives } = toLogprobs(values, 0, count)
        expect(logprob).toBeCloseTo(values[0]! - Math.log(total), 9)
        expect(alternatives.map(({ id }) => id)).toEqual(expected.map(({ id }) => id))
        alternatives.forEach((one, i) => expect(one.logprob).toBeCloseTo(expected[i]!.logprob, 9))
      }),
    )
  })
})
