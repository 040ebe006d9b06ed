import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { afterAll, expect, test } from 'vitest'
import { createOnnxModelRuntime } from '../../src/adapters/onnxruntime/onnx-model-runtime.js'
import { createTextCodec } from '../../src/adapters/transformers/text-codec.js'
import type { BundledModel } from '../../src/services/models/registry.js'
import { generate, NEVER, startFolder } from '../support/inference.js'
import {
  ALPHABET,
  logitOf,
  stateOf,
  writeCatalogue,
  writeChatModel,
  writeClassifier,
  writeEmbeddingModel,
  writeTensorModel,
} from '../support/made-models.js'
import type { Graph } from '../support/onnx-writer.js'
import { silentLogger as logger } from '../support/state.js'
import { createTemporaryFolder } from '../support/temporary.js'

const stack = new AsyncDisposableStack()
const runtime = stack.use(createOnnxModelRuntime({ logger }))
const codec = stack.use(createTextCodec({ logger }))
afterAll(() => stack.disposeAsync())

const IDENTITY: Graph = {
  inputs: [{ name: 'x', type: 'int8', shape: ['rows', 2] }],
  outputs: [{ name: 'y', type: 'int8', shape: ['rows', 2] }],
  nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
}

const createFolder = async (): Promise<string> => stack.use(await createTemporaryFolder('made')).path

test('a made decoder is described, loaded by its catalogue and answers', async () => {
  const directory = await createFolder()
  const folder = join(directory, 'alphabet')
  await writeChatModel(folder, { weightBytes: 1_000_000 })
  await writeCatalogue(directory)
  const [model] = JSON.parse(await readFile(join(directory, 'catalogue.json'), 'utf8')) as BundledModel[]
  expect(model).toMatchObject({ name: 'alphabet', version: '1', folder: 'alphabet' })
  const description = await runtime.describe(folder)
  expect(description).toMatchObject({ task: 'CHAT', contextTokens: 2_048 })
  expect(description.sizeBytes).toBeGreaterThanOrEqual(1_000_000)
  const promptTokenIds = await codec.encodeChat(folder, {
    messages: [{ role: 'user', content: 'The letters, please.' }],
  })
  const runner = await startFolder(runtime, folder, { checksums: model!.checksums })
  const { text, finishReason } = await generate(runner, { promptTokenIds })
  expect({ text, finishReason }).toEqual({ text: ALPHABET, finishReason: 'STOP' })
  await runner.stop()
})

test('a cache of half precision serves as well', async () => {
  const folder = await createFolder()
  await writeChatModel(folder, { cacheType: 'float16' })
  const promptTokenIds = await codec.encodeChat(folder, {
    messages: [{ role: 'user', content: 'The letters again, please.' }],
  })
  const runner = await startFolder(runtime, folder)
  const first = await generate(runner, { promptTokenIds })
  // The second time the beginning of the prompt comes out of what was kept.
  const second = await generate(runner, { promptTokenIds })
  expect([first.text, second.text]).toEqual([ALPHABET, ALPHABET])
  expect(second.cachedPromptTokens).toBeGreaterThan(0)
  await runner.stop()
})

test('a made embedding model gives the mean of its words', async () => {
  const folder = await createFolder()
  const { idOf } = await writeEmbeddingModel(folder)
  const sequences = await codec.encodeForEmbedding(folder, ['The red cat'])
  expect(sequences).toEqual([['[CLS]', 'the', 'red', 'cat', '[SEP]'].map(idOf)])
  const runner = await startFolder(runtime, folder)
  const { vectors } = await runner.embed({ id: 'a', tenantId: 't', priority: 5, tokenIds: sequences }, NEVER)
  const sum = [0, 1, 2, 3].map((i) => sequences[0]!.reduce((total, id) => total + stateOf(id)[i]!, 0))
  sum.forEach((value, i) => expect(vectors[0]![i]).toBeCloseTo(value / Math.hypot(...sum), 6))
  await runner.stop()
})

test('a made classifier adds up what each token says, by the text of the pair that it is of', async () => {
  const folder = await createFolder()
  const { idOf } = await writeClassifier(folder, { labels: ['animal', 'colour'] })
  const ids = ['[CLS]', 'cat', '[SEP]', 'red', '[SEP]', '[PAD]'].map(idOf)
  const types = [0, 0, 0, 1, 1, 0]
  const toTensor = (values: readonly number[]): Tensor => new Tensor('int64', values, [1, values.length])
  const session = await InferenceSession.create(join(folder, 'onnx/model.onnx'))
  const feeds = { input_ids: ids, attention_mask: [1, 1, 1, 1, 1, 0], token_type_ids: types }
  const { logits } = await session.run(
    Object.fromEntries(Object.entries(feeds).map(([name, values]) => [name, toTensor(values)])),
  )
  for (const label of [0, 1]) {
    const expected = ids.slice(0, 5).reduce((total, id, i) => total + logitOf(id, types[i]!, label), 0)
    expect(Number(logits!.data[label])).toBeCloseTo(expected, 5)
  }
  await session.release()
})

test('made models of all kinds pass the inspection of models that are not trusted', async () => {
  const folder = await createFolder()
  const write: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
    CHAT: (path) => writeChatModel(path),
    TEXT_EMBEDDING: (path) => writeEmbeddingModel(path, { hasCache: true }),
    RERANK: (path) => writeClassifier(path, { labels: ['a'] }),
    CLASSIFICATION: (path) => writeClassifier(path, { labels: ['a', 'b'] }),
    TENSOR: (path) => writeTensorModel(path, IDENTITY),
  }
  for (const [task, writeFolder] of Object.entries(write)) {
    await writeFolder(join(folder, task))
    const inspection = await runtime.inspect({ folder: join(folder, task), root: folder, signal: NEVER })
    expect(inspection.description).toEqual(await runtime.describe(join(folder, task)))
    expect(inspection.description.task).toBe(task)
    expect(Object.keys(inspection.checksums)).toContain(task === 'TENSOR' ? 'model.onnx' : 'onnx/model.onnx')
  }
})

test('a made graph of tensors runs', async () => {
  const folder = await createFolder()
  await writeTensorModel(folder, IDENTITY)
  const session = await InferenceSession.create(join(folder, 'model.onnx'))
  const { y } = await session.run({ x: new Tensor('int8', Int8Array.of(-128, 0, 1, 127), [2, 2]) })
  expect(y!.data).toEqual(Int8Array.of(-128, 0, 1, 127))
  await session.release()
})
