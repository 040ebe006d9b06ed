import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createOnnxModelRuntime } from '../../src/adapters/onnxruntime/onnx-model-runtime.js'
import { createTextCodec } from '../../src/adapters/transformers/text-codec.js'
import { isErrorWithCode } from '../../src/kernel/errors.js'
import type { OutputToken } from '../../src/domain/prediction.js'
import type { ModelRunner } from '../../src/ports/model-runtime.js'
import { copyModel, generate, startBundled, startFolder, toRequest } from '../support/inference.js'
import { bundledModel, CHAT_MODEL, firstRealDifference, readGolden, type GoldenGeneration } from '../support/models.js'
import { silentLogger } from '../support/state.js'
import { createTemporaryFolder } from '../support/temporary.js'

vi.setConfig({ testTimeout: 600_000 })
const full = process.env.GRAPHLOOM_TEST_FULL === '1'
const stack = new AsyncDisposableStack()
const runtime = stack.use(createOnnxModelRuntime({ logger: silentLogger, generation: { maxRows: 4 } }))
const codec = stack.use(createTextCodec({ logger: silentLogger }))
const goldens = readGolden<GoldenGeneration>(CHAT_MODEL)
const promptTokenIds = goldens[1]!.promptTokenIds
const drawn = { temperature: 0.8, topP: 0.95, maxTokens: 40 }

let runner: ModelRunner
beforeAll(async () => {
  runner = await startBundled(runtime, CHAT_MODEL)
})
afterAll(() => stack.disposeAsync())

/** English text as tokens. */
async function longPrompt(count: number): Promise<number[]> {
  const text = goldens.map((golden) => `${golden.prompt}\n${golden.text}\n`).join('')
  const ids = await codec.encodeText(bundledModel(CHAT_MODEL).path, text.repeat(3))
  expect(ids.length).toBeGreaterThanOrEqual(count)
  return ids.slice(0, count)
}

const emittedOf = (tokens: readonly OutputToken[]) => tokens.map(({ id, text }) => ({ id, text }))

describe('greedy texts', () => {
  test('tokens are those of the file, alone and several at once', async () => {
    for (let from = 0; from < goldens.length; from += 3) {
      const some = goldens.slice(from, from + 3)
      const texts = await Promise.all(some.map((golden) => generate(runner, golden)))
      texts.forEach(({ ids, promptTokens }, i) => {
        expect(firstRealDifference(some[i]!, ids)).toBe(-1)
        expect(promptTokens).toBe(some[i]!.promptTokenIds.length)
      })
    }
  })

  test('the end token ends the text and is not part of it', async () => {
    const golden = goldens.find(({ prompt }) => prompt === 'What is 2 + 2?')!
    const { text, ids, outputTokens, finishReason } = await generate(runner, golden)
    expect(finishReason).toBe('STOP')
    expect(outputTokens).toBe(ids.length + 1)
    expect(ids).not.toContain(2)
    expect(text).not.toContain('<|im_end|>')
  })

  test('log-probabilities come with alternatives, the chosen token the likeliest of them', async () => {
    const { tokens } = await generate(runner, { promptTokenIds, settings: { maxTokens: 5, logprobs: 3 } })
    for (const { id, text, logprob, alternatives } of tokens) {
      expect(logprob).toBeLessThanOrEqual(0)
      expect(alternatives).toHaveLength(3)
      expect(alternatives?.[0]).toEqual({ id, text, logprob })
    }
    const { tokens: bare } = await generate(runner, { promptTokenIds, settings: { maxTokens: 2 } })
    for (const token of bare) expect(Object.keys(token).sort()).toEqual(['id', 'text'])
  })
})

describe('replay', () => {
  test('what was emitted is not chosen again, and the same text follows, also beside others', async () => {
    const whole = await generate(runner, { promptTokenIds, settings: drawn })
    expect(whole.ids).toHaveLength(40)
    const others = [1, 9].map((priority) =>
      generate(runner, { promptTokenIds, seed: priority, priority, settings: { temperature: 1, maxTokens: 60 } }),
    )
    const lengths = full ? [...Array(40).keys()] : [0, 1, 17, 39]
    for (const known of lengths) {
      const emitted = emittedOf(whole.tokens.slice(0, known))
      const rest = await generate(runner, { promptTokenIds, settings: drawn, emitted })
      expect(rest.tokens).toEqual(whole.tokens.slice(known))
      expect(rest).toMatchObject({ outputTokens: 40, replayDiverged: false, finishReason: whole.finishReason })
    }
    await Promise.all(others)
    const otherSeed = await generate(runner, { promptTokenIds, settings: drawn, seed: 8 })
    expect(otherSeed.ids).not.toEqual(whole.ids)
  })

  test('a prompt of several chunks gives the same text alone and beside others', async () => {
    const long = await longPrompt(600)
    const alone = await generate(runner, { promptTokenIds: long, settings: { ...drawn, maxTokens: 12 } })
    const [beside] = await Promise.all([
      generate(runner, { promptTokenIds: long, settings: { ...drawn, maxTokens: 12 } }),
      generate(runner, { promptTokenIds, settings: { maxTokens: 40 } }),
    ])
    expect(beside.tokens).toEqual(alone.tokens)
  })

  test('everything emitted leaves only the end to tell', async () => {
    const whole = await generate(runner, { promptTokenIds, settings: { ...drawn, maxTokens: 6 } })
    const again = await generate(runner, {
      promptTokenIds,
      settings: { ...drawn, maxTokens: 6 },
      emitted: emittedOf(whole.tokens),
    })
    expect(again).toMatchObject({ tokens: [], outputTokens: 6, finishReason: 'LENGTH', timeToFirstTokenMs: null })
  })

  test('another token than the one computed here is told, and followed', async () => {
    const { tokens } = await generate(runner, { promptTokenIds, settings: { maxTokens: 3 } })
    const emitted = [{ id: tokens[0]!.id + 1, text: 'x' }]
    const diverged = await generate(runner, { promptTokenIds, settings: { maxTokens: 3 }, emitted })
    expect(diverged).toMatchObject({ replayDiverged: true, outputTokens: 3 })
  })
})

describe('where a text ends', () => {
  test('a stop string ends it before itself, and no part of it is given out; a replay ends there too', async () => {
    const whole = await generate(runner, { promptTokenIds })
    const stop = whole.text.slice(40, 52)
    const settings = { stop: ['never there', stop] }
    const stopped = await generate(runner, { promptTokenIds, settings })
    expect(stopped.text).toBe(whole.text.slice(0, whole.text.indexOf(stop)))
    expect(stopped.finishReason).toBe('STOP')
    const again = await generate(runner, { promptTokenIds, settings, emitted: emittedOf(stopped.tokens) })
    expect(again).toMatchObject({ text: '', finishReason: 'STOP', outputTokens: stopped.outputTokens })
  })

  test('so does the end of the context', async () => {
    await using folder = await createTemporaryFolder('context')
    const contextTokens = promptTokenIds.length + 5
    await copyModel(CHAT_MODEL, folder.path, { max_position_embeddings: contextTokens })
    const small = await startFolder(runtime, folder.path)
    const whole = await generate(small, { promptTokenIds })
    expect(whole).toMatchObject({ outputTokens: 5, finishReason: 'LENGTH' })
    const tooLong = generate(small, { promptTokenIds: promptTokenIds.concat(promptTokenIds) })
    await expect(tooLong).rejects.toSatisfy((error) => isErrorWithCode(error, 'INVALID_INPUT'))
    await small.stop()
  })

  test('prompts may end anywhere in a chunk', async () => {
    const ids = await longPrompt(513)
    for (const length of [1, 2, 255, 256, 257, 258, 513]) {
      const prompt = { promptTokenIds: ids.slice(0, length), settings: { maxTokens: 2 } }
      expect(await generate(runner, prompt)).toMatchObject({ promptTokens: length })
    }
  })

  test('tokens that the model does not have are refused', async () => {
    for (const wrong of [[], [49_152], [-1], [1.5]])
      await expect(generate(runner, { promptTokenIds: wrong })).rejects.toSatisfy((error) =>
        isErrorWithCode(error, 'INVALID_INPUT'),
      )
  })
})

describe('a cancel', () => {
  test('nothing is told after a cancel, and what was told is the beginning of the text', async () => {
    const leaving = new AbortController()
    const told: number[] = []
    const settings = { ...drawn, maxTokens: 400 }
    const running = runner.generate(
      toRequest({ promptTokenIds, settings }),
      (delta) => {
        told.push(...delta.tokens.map((token) => token.id))
        if (told.length >= 3) leaving.abort(new Error('enough'))
      },
      leaving.signal,
    )
    await expect(running).rejects.toThrow('enough')
    const count = told.length
    const { ids } = await generate(runner, { promptTokenIds, settings: { ...drawn, maxTokens: count + 5 } })
    expect(told).toHaveLength(count)
    expect(ids.slice(0, count)).toEqual(told)
    await expect(runner.generate(toRequest({ promptTokenIds }), () => undefined, leaving.signal)).rejects.toThrow()
  })
})
