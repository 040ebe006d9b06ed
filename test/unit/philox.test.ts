import { describe, expect, test } from 'vitest'
import { philox4x32, uniformAt } from '../../src/adapters/onnxruntime/philox.js'

describe('Philox4x32-10', () => {
  // The known answers that its authors publish with Random123 (kat_vectors).
  test.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ] as const)('counter %j and key %j give %j', (counter, key, answer) => {
    expect(philox4x32(counter, key)).toEqual(answer)
  })

  test('numbers are even over [0, 1) and differ by seed and position', () => {
    const counts = new Uint32Array(10)
    const numbers = new Set<number>()
    for (let seed = 0; seed < 50; seed++)
      for (let position = 0; position < 200; position++) {
        const number = uniformAt(seed * 2 ** 40, position)
        counts[Math.floor(number * 10)]!++
        numbers.add(number)
      }
    expect(numbers.size).toBe(10_000)
    // Six standard deviations of a binomial distribution with n = 10,000 and p = 0.1.
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(180)
  })
})
