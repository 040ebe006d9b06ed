import { join } from 'node:path'
import { openOrtLibrary, type OrtLibrary, type Pointer } from '../../src/adapters/onnxruntime/ort-library.js'

/** Measures one greedy text of the bundled chat model. */
export interface BareDecoder extends AsyncDisposable {
  /** Feeds the prompt, then decodes `count` tokens; the time is that of the decoding alone. */
  decode(promptTokenIds: readonly number[], count: number): Promise<{ tokens: number[]; decodeMs: number }>
}

const LAYERS = 30
const HEADS = 3
const HEAD_SIZE = 64
const VOCABULARY = 49_152
const CAPACITY = 512

/**
 * The shortest loop that decodes on the bundled SmolLM2 graph through ONNX Runtime's C API with the cache in place: no
 * process, no sampling but the likeliest token, no text. What a stream through the server is measured against.
 */
export async function openBareDecoder(modelFolder: string, threads: number): Promise<BareDecoder> {
  const library = openOrtLibrary()
  const session = await library.createSession(join(modelFolder, 'onnx/model_quantized.onnx'), {
    threads,
    config: { 'session.intra_op.spin_duration_us': '20' },
  })
  const logits = new Float32Array(VOCABULARY)
  const { binding, caches } = bindCaches(library, session, logits)
  return {
    decode: async (promptTokenIds, count) => {
      const step = createStep({ library, session, binding, logits })
      let token = await step(promptTokenIds)
      const tokens = [token]
      const startedAt = performance.now()
      while (tokens.length <= count) tokens.push((token = await step([token])))
      return { tokens, decodeMs: performance.now() - startedAt }
    },
    [Symbol.asyncDispose]: () => {
      library.releaseBinding(binding)
      library.releaseSession(session)
      // They were to be there until now.
      caches.length = 0
      return Promise.resolve()
    },
  }
}

function bindCaches(library: OrtLibrary, session: Pointer, logits: Float32Array) {
  const binding = library.createBinding(session)
  const names = Array.from({ length: LAYERS }, (_, layer) => [`${layer}.key`, `${layer}.value`]).flat()
  const caches = names.map((name) => {
    const cache = new Float32Array(HEADS * CAPACITY * HEAD_SIZE)
    const value = library.createTensor(cache, [1, HEADS, CAPACITY, HEAD_SIZE])
    library.bindInput(binding, `past_key_values.${name}`, value)
    library.bindOutput(binding, `present.${name}`, value)
    return cache
  })
  library.bindOutput(binding, 'logits', library.createTensor(logits, [1, 1, VOCABULARY]))
  return { binding, caches }
}

interface Bound {
  readonly library: OrtLibrary
  readonly session: Pointer
  readonly binding: Pointer
  readonly logits: Float32Array
}

function createStep({ library, session, binding, logits }: Bound): (tokens: readonly number[]) => Promise<number> {
  const mask = new BigInt64Array(CAPACITY).fill(1n)
  const ids = new BigInt64Array(CAPACITY)
  const kept = new BigInt64Array(new ArrayBuffer(8)).fill(1n)
  let length = 0
  return async (tokens) => {
    length += tokens.length
    tokens.forEach((id, i) => (ids[i] = BigInt(id)))
    const values = [
      ['input_ids', library.createTensor(ids.subarray(0, tokens.length), [1, tokens.length])],
      ['attention_mask', library.createTensor(mask.subarray(0, length), [1, length])],
      ['num_logits_to_keep', library.createTensor(kept, [])],
    ] as const
    for (const [name, value] of values) library.bindInput(binding, name, value)
    await library.run(session, binding)
    for (const [, value] of values) library.releaseValue(value)
    let best = 0
    for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i
    return best
  }
}
