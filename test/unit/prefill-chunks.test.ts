import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nextChunkLength } from '../../src/adapters/onnxruntime/prefill-chunks.js'

test('no chunk of a prompt is a single token, unless the prompt is', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 3_000 }), fc.array(fc.integer({ min: 3, max: 300 })), (length, sizes) => {
      let left = length
      for (let i = 0; left > 0; i++) {
        const most = sizes[i % sizes.length] ?? 256
        const chunk = nextChunkLength(left, most)
        expect(chunk).toBeGreaterThanOrEqual(2)
        expect(chunk).toBeLessThanOrEqual(most)
        left -= chunk
      }
      expect(left).toBe(0)
    }),
  )
  expect(nextChunkLength(1, 256)).toBe(1)
})
