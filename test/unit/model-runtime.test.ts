import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createOnnxModelRuntime } from '../../src/adapters/onnxruntime/onnx-model-runtime.js'
import { isErrorWithCode } from '../../src/kernel/errors.js'
import type { LoadProgress } from '../../src/domain/model.js'
import { copyModel, generate, NEVER, startBundled, startFolder } from '../support/inference.js'
import { bundledModel, CHAT_MODEL, EMBEDDING_MODEL, readGolden, type GoldenGeneration } from '../support/models.js'
import { silentLogger } from '../support/state.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'

const runtime = createOnnxModelRuntime({ logger: silentLogger })
afterAll(() => runtime[Symbol.asyncDispose]())
const [{ promptTokenIds }] = readGolden<GoldenGeneration>(CHAT_MODEL) as [GoldenGeneration]

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('a model process keeps nothing beside the model, and no id of the machine', async () => {
  await using folder = await createTemporaryFolder('process')
  const before = { HOME: process.env.HOME, TMPDIR: process.env.TMPDIR }
  Object.assign(process.env, { HOME: folder.path, TMPDIR: folder.path })
  try {
    await using own = createOnnxModelRuntime({ logger: silentLogger })
    await startBundled(own, EMBEDDING_MODEL)
    expect(await readdir(folder.path)).toEqual([])
  } finally {
    for (const [name, value] of Object.entries(before))
      if (value === undefined) Reflect.deleteProperty(process.env, name)
      else process.env[name] = value
  }
})

describe('a model folder', () => {
  test('is described without its weights', async () => {
    const chat = await runtime.describe(bundledModel(CHAT_MODEL).path)
    expect(chat).toMatchObject({ task: 'CHAT', dtype: 'q8', contextTokens: 8_192, embeddingDimensions: null })
    expect(chat.sizeBytes).toBe(156_977_701)
    expect(chat.inputs).toHaveLength(3 + 60)
    expect(chat.inputs[0]).toEqual({ name: 'input_ids', type: 'int64', shape: ['batch_size', 'sequence_length'] })
    expect(chat.outputs.find(({ name }) => name === 'logits')).toMatchObject({ type: 'float32' })
    const embedding = await runtime.describe(bundledModel(EMBEDDING_MODEL).path)
    expect(embedding).toMatchObject({ task: 'TEXT_EMBEDDING', contextTokens: 256, embeddingDimensions: 384 })
  })

  test('that is missing or wrong is told by the file', async () => {
    const refused = async (folder: string, file: string): Promise<void> => {
      await expect(runtime.describe(folder)).rejects.toSatisfy(
        (error) => isErrorWithCode(error, 'INVALID_INPUT') && error.details.path === file,
      )
    }
    await refused('/nowhere', 'config.json')
    await using noSize = await createTemporaryFolder('model')
    await copyModel(CHAT_MODEL, noSize.path, { vocab_size: 'many' })
    await refused(noSize.path, 'config.json')
    await using noParts = await createTemporaryFolder('model')
    const format = { use_external_data_format: { 'model_quantized.onnx': 3 } }
    await copyModel(CHAT_MODEL, noParts.path, { 'transformers.js_config': format })
    await refused(noParts.path, 'onnx/model_quantized.onnx_data_2')
    await using noGraph = await createTemporaryFolder('model')
    for (const file of ['config.json', 'tokenizer.json', 'tokenizer_config.json'])
      await writeFile(
        join(noGraph.path, file),
        JSON.stringify({ max_position_embeddings: 8, vocab_size: 8, hidden_size: 8 }),
      )
    await refused(noGraph.path, 'onnx/model_quantized.onnx')
    await mkdir(join(noGraph.path, 'onnx'))
    for (const bytes of ['', 'no graph at all', '\x3a\xff\xff\x01']) {
      await writeFile(join(noGraph.path, 'onnx/model_quantized.onnx'), bytes, 'latin1')
      await refused(noGraph.path, 'onnx/model_quantized.onnx')
    }
  })
})

describe('a runner process', () => {
  test('tells how its loading goes, and gives everything back when it is stopped', async () => {
    const told: LoadProgress[] = []
    const runner = await startBundled(runtime, EMBEDDING_MODEL, (progress) => told.push(progress))
    expect([...new Set(told.map(({ phase }) => phase))]).toEqual(['STARTING', 'VERIFYING', 'READING', 'WARMING'])
    const verified = told.filter(({ phase }) => phase === 'VERIFYING').map(({ doneBytes }) => doneBytes)
    expect(verified).toEqual(verified.toSorted((a, b) => a - b))
    expect(told.at(-1)?.doneBytes).toBe(told.at(-1)?.totalBytes)
    expect(runner.fingerprint).toMatch(/^ONNX Runtime \d+\.\d+\.\d+, C API \/ \w+ \w+ \/ .+/)
    expect(runner.residentBytes()).toBeGreaterThan(20_000_000)
    await runner.stop()
    expect(await runner.exited).toMatchObject({ expected: true })
    expect(isRunning(runner.pid)).toBe(false)
    await runner.stop()
  })

  test('with one thread loads beside all that its own thread does meanwhile, and gives the same text', async () => {
    const { path, checksums } = bundledModel(CHAT_MODEL)
    const texts: string[] = []
    for (const threads of [1, 2]) {
      const runner = await startFolder(runtime, path, { checksums, threads })
      texts.push((await generate(runner, { promptTokenIds })).text)
      await runner.stop()
    }
    expect(texts[0]).toBe(texts[1])
  })

  test('that is killed rejects what it worked on and what comes later', async () => {
    const doomed = await startBundled(runtime, CHAT_MODEL)
    const first = Promise.withResolvers<void>()
    const settings = { maxTokens: 4_000, temperature: 1 }
    const running = generate(doomed, { promptTokenIds, settings }, { onToken: () => first.resolve() })
    await first.promise
    process.kill(doomed.pid, 'SIGKILL')
    await expect(running).rejects.toSatisfy((error) => isErrorWithCode(error, 'RUNNER_CRASHED'))
    expect(await doomed.exited).toEqual({ expected: false, reason: 'signal SIGKILL' })
    expect(doomed.residentBytes()).not.toBe(0)
    await expect(doomed.embed({ id: 'x', tenantId: 'tenant', priority: 5, tokenIds: [[1]] }, NEVER)).rejects.toSatisfy(
      (error) => isErrorWithCode(error, 'RUNNER_CRASHED'),
    )
    await doomed.stop()
  })

  test('does what its model is for, and nothing else', async () => {
    const runner = await startBundled(runtime, EMBEDDING_MODEL)
    await expect(generate(runner, { promptTokenIds })).rejects.toSatisfy((error) => isErrorWithCode(error, 'CONFLICT'))
    await runner.stop()
  })

  test('does not load files that are not those that were registered', async () => {
    const { path, checksums } = bundledModel(EMBEDDING_MODEL)
    for (const [file, sums] of [
      ['config.json', { ...checksums, 'config.json': '0'.repeat(64) }],
      ['gone.json', { ...checksums, 'gone.json': '0'.repeat(64) }],
    ] as const)
      await expect(startFolder(runtime, path, { checksums: sums })).rejects.toSatisfy(
        (error) => isErrorWithCode(error, 'MODEL_LOAD_FAILED') && error.message.includes(file),
      )
  })

  test('is gone when the loading is given up, or cannot be done', async () => {
    const { path, checksums } = bundledModel(CHAT_MODEL)
    const leaving = new AbortController()
    const onProgress = (): void => leaving.abort(new Error('enough'))
    await expect(startFolder(runtime, path, { checksums, onProgress, signal: leaving.signal })).rejects.toThrow(
      'enough',
    )
    await using folder = await createTemporaryFolder('model')
    await copyModel(CHAT_MODEL, folder.path, { architectures: ['BertModel'] })
    await expect(startFolder(runtime, folder.path)).rejects.toSatisfy((error) =>
      isErrorWithCode(error, 'MODEL_LOAD_FAILED'),
    )
    await using closing = createOnnxModelRuntime({ logger: silentLogger })
    const { pid } = await startBundled(closing, EMBEDDING_MODEL)
    await closing[Symbol.asyncDispose]()
    await waitFor('the runner to be gone', () => !isRunning(pid))
    await expect(startBundled(closing, EMBEDDING_MODEL)).rejects.toSatisfy((error) =>
      isErrorWithCode(error, 'UNAVAILABLE'),
    )
  })
})
