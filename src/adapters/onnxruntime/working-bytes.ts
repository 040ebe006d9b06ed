import type { ModelDescription } from '../../ports/model-runtime.js'
import type { GenerationLimits } from './runner-protocol.js'

const ELEMENT_BYTES: Readonly<Record<string, number>> = { float16: 2, bfloat16: 2 }
const FLOAT32_BYTES = 4

/**
 * Memory that a version's process may come to need for its work: the keys and values of all texts that it may generate
 * at once (at least of one as long as the model allows, which runs alone), and kept prompts. Other models need little.
 */
export function workingBytes(
  { task, contextTokens, inputs }: Pick<ModelDescription, 'task' | 'contextTokens' | 'inputs'>,
  { maxRows, runningBytes, keptBytes }: Pick<GenerationLimits, 'maxRows' | 'runningBytes' | 'keptBytes'>,
): number {
  if (task !== 'CHAT') return 0
  const caches = inputs.filter(({ name }) => name.startsWith('past_key_values.'))
  const tokenBytes = caches.reduce((bytes, { type, shape }) => {
    const sizes = shape.filter((size) => typeof size === 'number')
    return bytes + sizes.reduce((product, size) => product * size, ELEMENT_BYTES[type] ?? FLOAT32_BYTES)
  }, 0)
  const one = contextTokens * tokenBytes
  const all = maxRows * one
  return Math.max(one, Math.min(all, runningBytes)) + Math.min(all, keptBytes)
}
