import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toChoiceSeed } from '../../src/services/predictions/choice-seed.js'
import { joinByChoice, toTextOutput, type TokensData } from '../../src/services/predictions/tokens-data.js'

describe('the texts for one prompt', () => {
  test('have seeds of their own, as documented', () => {
    expect(toChoiceSeed(7, 0)).toBe(7)
    const digest = createHash('sha256').update('7/1').digest('hex')
    expect(toChoiceSeed(7, 1)).toBe(Number.parseInt(digest.slice(0, 12), 16))
    const seeds = Array.from({ length: 8 }, (_, choice) => toChoiceSeed(Number.MAX_SAFE_INTEGER, choice))
    expect(new Set(seeds).size).toBe(8)
    expect(seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0)).toBe(true)
  })

  test('are put together from parts in any mix, those without a choice being of the first', () => {
    const delta = fc.record({
      index: fc.nat({ max: 1 }),
      name: fc.constant('f'),
      arguments: fc.string({ maxLength: 3 }),
    })
    const part: fc.Arbitrary<TokensData> = fc.record(
      {
        choice: fc.nat({ max: 3 }),
        text: fc.string({ maxLength: 4 }),
        tokens: fc.array(fc.record({ id: fc.nat(), text: fc.string({ maxLength: 2 }) }), { maxLength: 2 }),
        toolCalls: fc.array(delta, { maxLength: 2 }),
      },
      { requiredKeys: ['text', 'tokens'] },
    )
    const parts = fc.array(part, { maxLength: 12 })
    fc.assert(
      fc.property(parts, parts, (before, after) => {
        const output = toTextOutput(joinByChoice([...before, ...after]))
        // Where it is cut between two reads makes no difference.
        expect(toTextOutput(joinByChoice([...joinByChoice(before), ...joinByChoice(after)]))).toEqual(output)
        if (output.kind !== 'TEXT') throw new Error('It is no text.')
        const texts = [output, ...(output.others ?? [])]
        texts.forEach((text, choice) => {
          const own = [...before, ...after].filter((one) => (one.choice ?? 0) === choice)
          expect(text.text).toBe(own.map((one) => one.text).join(''))
          expect(text.tokens).toEqual(own.flatMap((one) => one.tokens))
          for (const index of [0, 1]) {
            const deltas = own.flatMap((one) => one.toolCalls ?? []).filter((one) => one.index === index)
            const call = text.toolCalls?.find((one) => 'index' in one && one.index === index)
            expect(call?.arguments).toBe(deltas.length > 0 ? deltas.map((one) => one.arguments).join('') : undefined)
          }
        })
      }),
    )
  })
})
