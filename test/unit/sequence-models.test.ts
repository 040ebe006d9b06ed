import { afterAll, describe, expect, test } from 'vitest'
import { createOnnxModelRuntime } from '../../src/adapters/onnxruntime/onnx-model-runtime.js'
import { createTextCodec } from '../../src/adapters/transformers/text-codec.js'
import type { TokenSequence } from '../../src/ports/text-codec.js'
import { NEVER, startFolder } from '../support/inference.js'
import {
  logitOf,
  stateOf,
  writeClassifier,
  writeEmbeddingModel,
  type MadeEmbeddingOptions,
} from '../support/made-models.js'
import { silentLogger as logger } from '../support/state.js'
import { createTemporaryFolder } from '../support/temporary.js'

const stack = new AsyncDisposableStack()
const runtime = stack.use(createOnnxModelRuntime({ logger }))
/** Where ONNX Runtime's C API cannot be loaded. */
const nodeRuntime = stack.use(createOnnxModelRuntime({ logger, generation: { native: false } }))
const codec = stack.use(createTextCodec({ logger }))
afterAll(() => stack.disposeAsync())

const createFolder = async (): Promise<string> => stack.use(await createTemporaryFolder('sequences')).path
const REQUEST = { id: 'test', tenantId: 'tenant', priority: 5 }
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

/** What a made classifier gives for a label. */
const logit = ({ ids, typeIds }: TokenSequence, label: number): number =>
  ids.reduce((total, id, i) => total + logitOf(id, typeIds?.[i] ?? 0, label), 0)

describe('a classifier of sequences', () => {
  test('of one label is a cross-encoder: pairs get the sigmoid of their logit, the texts told apart', async () => {
    const folder = await createFolder()
    const { idOf } = await writeClassifier(folder, { labels: ['LABEL_0'] })
    expect(await runtime.describe(folder)).toMatchObject({
      task: 'RERANK',
      contextTokens: 64,
      embeddingDimensions: null,
      traits: { labels: ['LABEL_0'] },
    })
    const sequences = await codec.encodePairs(folder, { first: 'the cat', seconds: ['red', 'a green bird', ''] })
    expect(sequences[0]).toEqual({
      ids: ['[CLS]', 'the', 'cat', '[SEP]', 'red', '[SEP]'].map(idOf),
      typeIds: [0, 0, 0, 0, 1, 1],
    })
    const runner = await startFolder(runtime, folder)
    const { scores } = await runner.classify({ ...REQUEST, sequences }, NEVER)
    sequences.forEach((sequence, i) => expect(scores[i]![0]).toBeCloseTo(sigmoid(logit(sequence, 0)), 6))
    await runner.stop()
  })

  test.each([
    [{}, (logits: number[]) => logits.map((x) => Math.exp(x) / logits.reduce((sum, y) => sum + Math.exp(y), 0))],
    [{ problem_type: 'multi_label_classification' }, (logits: number[]) => logits.map(sigmoid)],
    [{ sentence_transformers: { activation_fn: 'torch.nn.modules.linear.Identity' } }, (logits: number[]) => logits],
  ])('with %j gives each label its score', async (config, activate) => {
    const folder = await createFolder()
    const labels = ['animal', 'colour', 'praise']
    await writeClassifier(folder, { labels, config })
    expect(await runtime.describe(folder)).toMatchObject({ task: 'CLASSIFICATION', traits: { labels } })
    const texts = await codec.encodeForEmbedding(folder, ['good dog', 'the blue fish and the red bird'])
    const sequences = texts.map((ids) => ({ ids, typeIds: null }))
    const runner = await startFolder(runtime, folder)
    const { scores, batch } = await runner.classify({ ...REQUEST, sequences }, NEVER)
    sequences.forEach((sequence, i) => {
      const expected = activate(labels.map((_, label) => logit(sequence, label)))
      expected.forEach((score, label) => expect(scores[i]![label]).toBeCloseTo(score, 5))
    })
    expect(batch.waitMs).toBeGreaterThanOrEqual(0)
    await runner.stop()
  })

  test('shares runs among requests; each gets what it gets alone', async () => {
    const folder = await createFolder()
    await writeClassifier(folder, { labels: ['a', 'b'] })
    const runner = await startFolder(runtime, folder)
    const sequences = Array.from({ length: 64 }, (_, i) => ({
      ids: Array.from({ length: 8 + (i % 3) }, (_, place) => (i * 5 + place) % 14),
      typeIds: null,
    }))
    const results = await Promise.all(
      sequences.map((sequence, i) =>
        runner.classify({ ...REQUEST, tenantId: `${i % 3}`, sequences: [sequence] }, NEVER),
      ),
    )
    for (const [i, { scores }] of results.entries()) {
      const alone = await runner.classify({ ...REQUEST, sequences: [sequences[i]!] }, NEVER)
      // Its sum runs over the row with what fills it up: another order of the same additions.
      scores[0]!.forEach((score, label) => expect(score).toBeCloseTo(alone.scores[0]![label]!, 6))
    }
    expect(results.reduce((total, { executions }) => total + executions, 0)).toBeLessThanOrEqual(24)
    expect(Math.max(...results.map(({ batch }) => batch.size))).toBeGreaterThan(1)
    await runner.stop()
  })

  test.each([
    [{ sbert_ce_default_activation_function: 'torch.nn.modules.activation.Tanh' }, 'activation.Tanh'],
    [{ id2label: { 0: 'a', 1: 7 } }, 'label 1'],
    [{ num_labels: 200_000, id2label: null }, '200000 labels'],
  ])('whose config.json has %j is refused', async (config, problem) => {
    const folder = await createFolder()
    await writeClassifier(folder, { labels: ['a', 'b'], config })
    await expect(runtime.describe(folder)).rejects.toThrow(problem)
  })
})

describe('an embedding model', () => {
  const TEXT = 'the red cat'

  /** Its vector of a text, with the states of the text's tokens. */
  async function embed(options: MadeEmbeddingOptions, dimensions?: number, by = runtime) {
    const folder = await createFolder()
    await writeEmbeddingModel(folder, options)
    const tokenIds = await codec.encodeForEmbedding(folder, [TEXT, 'cat'])
    const runner = await startFolder(by, folder)
    const request = { ...REQUEST, tokenIds, ...(dimensions !== undefined && { dimensions }) }
    const { vectors } = await runner.embed(request, NEVER)
    await runner.stop()
    const states = tokenIds.map((ids) => ids.map((id) => stateOf(id, options.size)))
    return { vectors: vectors.map((vector) => Array.from(vector)), states }
  }

  const mean = (states: number[][]): number[] =>
    states[0]!.map((_, i) => states.reduce((total, state) => total + state[i]!, 0) / states.length)
  const normalized = (vector: number[]): number[] => vector.map((value) => value / Math.hypot(...vector))
  const expectNear = (vectors: number[][], expected: number[][]): void =>
    vectors.forEach((vector, i) => {
      expect(vector).toHaveLength(expected[i]!.length)
      vector.forEach((value, place) => expect(value).toBeCloseTo(expected[i]![place]!, 6))
    })

  test.each<[string, MadeEmbeddingOptions, (states: number[][]) => number[]]>([
    ['the mean', {}, (states) => normalized(mean(states))],
    ['the mean as it is', { isNormalized: false }, mean],
    ['the mean, with a cache that is empty', { hasCache: true }, (states) => normalized(mean(states))],
    ['the first token', { pooling: 'cls' }, (states) => normalized(states[0]!)],
    ['the last token', { pooling: 'lasttoken', isNormalized: false }, (states) => states.at(-1)!],
    [
      'its graph’s own',
      { givesSentences: true, isNormalized: false },
      (states) => mean(states).map((x) => x * states.length),
    ],
  ])('takes %s', async (_what, options, expected) => {
    const { vectors, states } = await embed(options)
    expectNear(vectors, states.map(expected))
  })

  test('cuts vectors, and brings what is left to length 1 where its files say so', async () => {
    const whole = await embed({ size: 8, isNormalized: false }, 3)
    expectNear(
      whole.vectors,
      whole.states.map((states) => mean(states).slice(0, 3)),
    )
    const unit = await embed({ size: 8 }, 3)
    expectNear(
      unit.vectors,
      unit.states.map((states) => normalized(mean(states).slice(0, 3))),
    )
  })

  test('gives the same through onnxruntime-node', async () => {
    const { vectors, states } = await embed({ hasCache: true }, undefined, nodeRuntime)
    expectNear(
      vectors,
      states.map((all) => normalized(mean(all))),
    )
  })

  test('is described with its prompts and the sizes that its vectors may be cut to', async () => {
    const folder = await createFolder()
    await writeEmbeddingModel(folder, {
      size: 8,
      config: { matryoshka_dimensions: [8, 2, 4, 'x'] },
      files: {
        'config_sentence_transformers.json': {
          prompts: { query: 'query: ', passage: 'passage: ', other: 'other: ' },
          default_prompt_name: 'other',
        },
      },
    })
    expect(await runtime.describe(folder)).toMatchObject({
      task: 'TEXT_EMBEDDING',
      embeddingDimensions: 8,
      traits: { shorterDimensions: [2, 4, 8], prompts: { query: 'query: ', document: 'passage: ', other: 'other: ' } },
    })
  })

  test('is one by its modules, whatever its architecture', async () => {
    const folder = await createFolder()
    await writeEmbeddingModel(folder, { pooling: 'lasttoken', config: { architectures: ['Qwen3ForCausalLM'] } })
    expect((await runtime.describe(folder)).task).toBe('TEXT_EMBEDDING')
  })

  test.each<[string, MadeEmbeddingOptions, string]>([
    ['another pooling', { pooling: 'max' }, 'the pooling max'],
    [
      'two poolings',
      { files: { '1_Pooling/config.json': { pooling_mode_cls_token: true, pooling_mode_mean_tokens: true } } },
      'mean and cls together',
    ],
    ['no size', { config: { vocab_size: undefined } }, 'vocab_size'],
    [
      'prompts that are not pooled',
      {
        files: {
          '1_Pooling/config.json': { pooling_mode_mean_tokens: true, include_prompt: false },
          'config_sentence_transformers.json': { prompts: { query: 'find ' } },
        },
      },
      'include_prompt',
    ],
  ])('with %s is refused by name', async (_what, options, problem) => {
    const folder = await createFolder()
    await writeEmbeddingModel(folder, options)
    await expect(runtime.describe(folder)).rejects.toThrow(problem)
  })

  test('with a module that its graph does not compute is not loaded', async () => {
    const folder = await createFolder()
    const types = ['Transformer', 'Pooling', 'Dense', 'Normalize']
    const modules = types.map((name) => ({ type: `sentence_transformers.models.${name}` }))
    await writeEmbeddingModel(folder, { files: { 'modules.json': modules } })
    await expect(startFolder(runtime, folder)).rejects.toThrow('module Dense')
  })
})
