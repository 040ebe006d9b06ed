import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createOnnxModelRuntime } from '../../src/adapters/onnxruntime/onnx-model-runtime.js'
import { isErrorWithCode } from '../../src/kernel/errors.js'
import type { ModelRunner } from '../../src/ports/model-runtime.js'
import { NEVER, startBundled } from '../support/inference.js'
import { cosine, EMBEDDING_MODEL, readGolden, type GoldenEmbedding } from '../support/models.js'
import { silentLogger } from '../support/state.js'

const golden = readGolden<GoldenEmbedding>(EMBEDDING_MODEL)

/** The same tests for each way to call ONNX Runtime. */
describe.each([
  ['C API', true],
  ['onnxruntime-node', false],
])('%s', (binding, native) => {
  const runtime = createOnnxModelRuntime({ logger: silentLogger, generation: { native } })
  let runner: ModelRunner
  beforeAll(async () => {
    runner = await startBundled(runtime, EMBEDDING_MODEL)
  })
  afterAll(() => runtime[Symbol.asyncDispose]())

  const embed = async (tokenIds: readonly (readonly number[])[], signal = NEVER): Promise<readonly Float32Array[]> =>
    (await runner.embed({ id: 'test', tenantId: 'tenant', priority: 5, tokenIds }, signal)).vectors

  test('vectors are those of the file, in order and of length 1', async () => {
    const vectors = await embed(golden.map((item) => item.tokenIds))
    golden.forEach((item, i) => {
      const vector = Array.from(vectors[i]!)
      expect(cosine(vector, item.embedding)).toBeGreaterThanOrEqual(0.9999)
      expect(Math.hypot(...vector)).toBeCloseTo(1, 6)
    })
  })

  test('a vector is bit for bit the same alone and in any batch', async () => {
    const texts = golden.map((item) => item.tokenIds)
    const alone: Float32Array[] = []
    for (const tokenIds of texts) alone.push((await embed([tokenIds]))[0]!)
    const mixed = Array.from({ length: 40 }, (_, i) => (i * 5) % texts.length)
    for (const order of [texts.map((_, i) => i), mixed, mixed.slice(7, 10)]) {
      const vectors = await embed(order.map((i) => texts[i]!))
      order.forEach((i, place) => expect(vectors[place]).toEqual(alone[i]))
    }
  })

  test('a cancelled call ends at once, and the next one is served', async () => {
    const leaving = new AbortController()
    const long = golden.at(-1)!.tokenIds
    const running = embed(new Array<readonly number[]>(2_000).fill(long), leaving.signal)
    leaving.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
    expect(await embed([[101, 102]])).toHaveLength(1)
    expect(await embed([])).toEqual([])
  })

  test('sequences that the model cannot take are refused', async () => {
    for (const wrong of [[], new Array<number>(257).fill(101), [30_522], [-1]])
      await expect(embed([[101, 102], wrong])).rejects.toSatisfy(
        (error) => isErrorWithCode(error, 'INVALID_INPUT') && error.details.path === 'tokenIds.1',
      )
  })

  test('texts of many requests share runs, each with the vector that it has alone', async () => {
    const texts = Array.from({ length: 64 }, (_, i) => {
      const { tokenIds } = golden[i % golden.length]!
      return tokenIds.slice(0, 2 + ((i * 29) % Math.max(1, tokenIds.length - 2)))
    })
    const alone: Float32Array[] = []
    for (const tokenIds of texts) alone.push((await embed([tokenIds]))[0]!)
    const results = await Promise.all(
      texts.map((tokenIds, i) =>
        runner.embed({ id: `text ${i}`, tenantId: `tenant ${i % 3}`, priority: i % 10, tokenIds: [tokenIds] }, NEVER),
      ),
    )
    results.forEach(({ vectors }, i) => expect(vectors[0]).toEqual(alone[i]))
    expect(results.reduce((total, { executions }) => total + executions, 0)).toBeLessThanOrEqual(24)
    for (const { batch } of results) expect(batch.position).toBeLessThan(batch.size)
  })

  test('is the interface that was asked for', () => {
    expect(runner.fingerprint).toContain(binding)
  })
})
