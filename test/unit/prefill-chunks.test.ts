import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BATCH_TOKENS, toBatches } from '../../src/adapters/onnxruntime/embedding-batches.js'
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

test('batches of sequences hold each once, within their tokens', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 2_000 }), { maxLength: 200 }), (lengths) => {
      const batches = toBatches(lengths)
      expect(batches.flat().sort((a, b) => a - b)).toEqual([...lengths.keys()])
      for (const batch of batches) {
        const longest = Math.max(...batch.map((index) => lengths[index]!))
        expect(batch.length === 1 || batch.length * longest <= BATCH_TOKENS).toBe(true)
      }
    }),
  )
})
