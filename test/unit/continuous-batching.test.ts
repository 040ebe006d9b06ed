import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { join } from 'node:path'
import type { DecoderSession } from '../../src/adapters/onnxruntime/decoder-session.js'
import { GenerationLoop } from '../../src/adapters/onnxruntime/generation-loop.js'
import { openDecoderSession } from '../../src/adapters/onnxruntime/open-decoder-session.js'
import { SHARED_CHUNK_TOKENS } from '../../src/adapters/onnxruntime/prefill-chunks.js'
import { RunMeter } from '../../src/adapters/onnxruntime/run-meter.js'
import { TextSequence, type TextModel } from '../../src/adapters/onnxruntime/text-sequence.js'
import { loadDetokenizer } from '../../src/adapters/transformers/detokenizer.js'
import type { GenerateRequest, GenerationDelta, GenerationResult } from '../../src/ports/model-runtime.js'
import { NEVER, toRequest, type Prompt } from '../support/inference.js'
import { bundledModel, CHAT_MODEL, readGolden, type GoldenGeneration } from '../support/models.js'
import { createRandom } from '../support/random.js'

vi.setConfig({ testTimeout: 1_800_000 })
const full = process.env.GRAPHLOOM_TEST_FULL === '1'
const folder = bundledModel(CHAT_MODEL).path
const goldens = readGolden<GoldenGeneration>(CHAT_MODEL)
const words = goldens.flatMap(({ promptTokenIds, greedyTokenIds }) => [...promptTokenIds, ...greedyTokenIds])
/** English text as tokens, another for each start. */
const promptOf = (length: number, start = 0): number[] =>
  Array.from({ length }, (_, i) => words[(start * 37 + i) % words.length]!)

/** A run of the model: how many texts took a step, or tokens of a chunk. */
interface Step {
  readonly kind: 'step'
  readonly texts: number
}
interface Chunk {
  readonly kind: 'chunk'
  readonly tokens: number
}
type Run = Step | Chunk

let session: DecoderSession
let model: TextModel
beforeAll(async () => {
  const graphFile = join(folder, 'onnx/model_quantized.onnx')
  const opened = await openDecoderSession({ graphFile, threads: 2, maxRows: 8, contextTokens: 8_192, native: true })
  session = opened.session
  // Without end tokens each text is as long as it may be.
  model = {
    detokenizer: await loadDetokenizer(folder),
    eosTokenIds: new Set(),
    contextTokens: 8_192,
    vocabularySize: 49_152,
  }
})
afterAll(() => session[Symbol.dispose]())

interface Told extends GenerationResult {
  readonly ids: readonly number[]
}

/** A loop with its runs written down. */
function openLoop({ maxRows = 8, keptBytes = 256 * 2 ** 20, runningBytes = 2 ** 31 } = {}) {
  const runs: Run[] = []
  let open = 0
  const counted: DecoderSession = {
    get maxRows() {
      return maxRows
    },
    get tokenBytes() {
      return session.tokenBytes
    },
    get executions() {
      return session.executions
    },
    openRow: () => {
      const row = open < maxRows ? session.openRow() : null
      if (row) open++
      return row
    },
    closeRow: (row) => {
      open--
      session.closeRow(row)
    },
    extend: (row, tokens, count) => {
      runs.push({ kind: 'chunk', tokens: tokens.length })
      return session.extend(row, tokens, count)
    },
    step: (rows, tokens) => {
      runs.push({ kind: 'step', texts: rows.length })
      return session.step(rows, tokens)
    },
    truncate: (row, length) => session.truncate(row, length),
    save: (row, from, to) => session.save(row, from, to),
    restore: (row, saved, count) => session.restore(row, saved, count),
    [Symbol.dispose]: () => undefined,
  }
  const loop = new GenerationLoop({
    session: counted,
    runningBytes,
    keptBytes,
    limits: { maxBatchTokens: 512 },
    meter: new RunMeter(),
  })
  const generate = async (
    prompt: Prompt,
    onToken: (count: number) => void = () => undefined,
    signal = NEVER,
  ): Promise<Told> => {
    const ids: number[] = []
    const request: GenerateRequest = toRequest(prompt)
    const onDelta = ({ tokens }: GenerationDelta): void => {
      ids.push(...tokens.map(({ id }) => id))
      onToken(ids.length)
    }
    const sequence = new TextSequence({ model, request, grammar: null, onDelta })
    return { ...(await loop.run(sequence, signal)), ids }
  }
  return { runs, generate, openRows: () => open }
}

/** Settings that do not end early. */
const free = { temperature: 1, logprobs: null }

describe('texts that run together', () => {
  test('share steps, and each is the text that it is alone', async () => {
    const prompts: Prompt[] = Array.from({ length: 6 }, (_, i) => ({
      promptTokenIds: promptOf(20 + (full ? 31 : 13) * i, i),
      seed: i,
      settings: { ...free, maxTokens: (full ? 30 : 12) + i },
    }))
    const alone = openLoop({ keptBytes: 0 })
    const expected: Told[] = []
    for (const prompt of prompts) expected.push(await alone.generate(prompt))
    const { runs, generate, openRows } = openLoop({ keptBytes: 0 })
    const together = await Promise.all(prompts.map((prompt) => generate(prompt)))
    expect(together.map(({ ids }) => ids)).toEqual(expected.map(({ ids }) => ids))
    expect(Math.max(...runs.map((run) => (run.kind === 'step' ? run.texts : 0)))).toBe(6)
    expect(together.reduce((total, { executions }) => total + executions, 0)).toBe(runs.length)
    expect(together[0]!.batch.size).toBe(6)
    expect(openRows()).toBe(0)
  })

  test('more than there are places wait for one', async () => {
    const { generate, runs } = openLoop({ maxRows: 2, keptBytes: 0 })
    const texts = await Promise.all(
      [1, 2, 3, 4, 5].map((seed) =>
        generate({ promptTokenIds: promptOf(20), seed, settings: { ...free, maxTokens: 6 } }),
      ),
    )
    for (const { outputTokens } of texts) expect(outputTokens).toBe(6)
    expect(Math.max(...runs.map((run) => (run.kind === 'step' ? run.texts : 0)))).toBe(2)
    expect(texts[4]!.batch.waitMs).toBeGreaterThan(texts[0]!.batch.waitMs)
  })

  test('a text that leaves is not in the next step, and one whose memory does not fit waits', async () => {
    const leaving = new AbortController()
    const { generate, runs, openRows } = openLoop({ runningBytes: session.tokenBytes * 500 })
    const long = generate(
      { promptTokenIds: promptOf(100), settings: { ...free, maxTokens: 8_000 } },
      (count) => count >= 5 && leaving.abort(new Error('enough')),
      leaving.signal,
    )
    const next = generate({ promptTokenIds: promptOf(40), settings: { ...free, maxTokens: 4 } })
    await expect(long).rejects.toThrow('enough')
    expect((await next).outputTokens).toBe(4)
    expect(runs.every((run) => run.kind === 'chunk' || run.texts === 1)).toBe(true)
    expect(openRows()).toBe(0)
  })

  test('a long prompt holds up running texts for one chunk at a time', async () => {
    const { generate, runs } = openLoop()
    const started = Promise.withResolvers<void>()
    const running = new Set<number>()
    const short = [1, 2, 3, 4, 5, 6].map((seed) =>
      generate(
        { promptTokenIds: promptOf(16, seed), seed, settings: { ...free, maxTokens: full ? 90 : 24 } },
        () => running.add(seed).size === 6 && started.resolve(),
      ),
    )
    await started.promise
    const from = runs.length
    const long = generate({ promptTokenIds: promptOf(full ? 4_000 : 640), settings: { ...free, maxTokens: 2 } })
    await Promise.all([...short, long])
    let pause: Run[] = []
    let isShared = true
    for (const run of runs.slice(from)) {
      if (run.kind === 'step' && run.texts >= 6) pause = []
      else pause.push(run)
      // Until the first of the short texts has ended.
      isShared &&= run.kind === 'chunk' || run.texts >= 6
      if (!isShared) break
      expect(pause.length).toBeLessThanOrEqual(1)
      for (const chunk of pause)
        if (chunk.kind === 'chunk') expect(chunk.tokens).toBeLessThanOrEqual(SHARED_CHUNK_TOKENS)
    }
    expect(runs.slice(from).filter((run) => run.kind === 'chunk').length).toBeGreaterThan(8)
  })

  test('interactive texts take places from bulk ones, which go on exactly as they would have', async () => {
    const bulk = [0, 1].map((i): Prompt => ({
      promptTokenIds: promptOf(90 + i, i),
      seed: i,
      priority: 1,
      settings: { ...free, maxTokens: 36 },
    }))
    const expected: (readonly number[])[] = []
    for (const prompt of bulk) expected.push((await openLoop().generate(prompt)).ids)
    // With room to set them aside, and without: then they are computed again.
    for (const keptBytes of [2 ** 28, 0]) {
      const { generate } = openLoop({ maxRows: 2, keptBytes })
      const counts = [0, 0]
      const reached = Promise.withResolvers<void>()
      const running = bulk.map((prompt, i) =>
        generate(prompt, (count) => {
          counts[i] = count
          if (count >= 12) reached.resolve()
        }),
      )
      await reached.promise
      await Promise.all(
        [5, 6].map((seed) => generate({ promptTokenIds: promptOf(30, 9), seed, settings: { ...free, maxTokens: 10 } })),
      )
      expect(Math.min(...counts)).toBeLessThan(27)
      expect((await Promise.all(running)).map(({ ids }) => ids)).toEqual(expected)
    }
  })
})

describe('prompts that begin alike', () => {
  const shared = promptOf(full ? 512 : 192)
  const later = [...shared, ...promptOf(40, 7)]
  const settings = { ...free, maxTokens: 8 }

  test('compute the beginning once, within a tenant', async () => {
    const { generate, runs } = openLoop()
    const promptTokens = (from: number): number =>
      runs.slice(from).reduce((total, run) => total + (run.kind === 'chunk' ? run.tokens : 0), 0)
    const first = await generate({ promptTokenIds: [...shared, ...promptOf(20, 5)], settings })
    expect(first.cachedPromptTokens).toBe(0)
    const cold = await openLoop({ keptBytes: 0 }).generate({ promptTokenIds: later, settings })
    let from = runs.length
    const second = await generate({ promptTokenIds: later, settings })
    expect(second.cachedPromptTokens).toBeGreaterThanOrEqual(shared.length)
    expect(promptTokens(from)).toBe(later.length - second.cachedPromptTokens)
    expect(second.ids).toEqual(cold.ids)
    from = runs.length
    const same = await generate({ promptTokenIds: later, settings })
    expect(promptTokens(from)).toBe(2)
    expect(same.ids).toEqual(cold.ids)
    from = runs.length
    const other = await generate({ tenantId: 'other', promptTokenIds: later, settings })
    expect(other.cachedPromptTokens).toBe(0)
    expect(promptTokens(from)).toBe(later.length)
    expect(other.ids).toEqual(cold.ids)
  })

  test('compute it once also when they come at once', async () => {
    const { generate, runs } = openLoop()
    const texts = await Promise.all([1, 2, 3, 4].map((seed) => generate({ promptTokenIds: shared, seed, settings })))
    const reused = shared.length - 2
    expect(texts.map(({ cachedPromptTokens }) => cachedPromptTokens)).toEqual([0, reused, reused, reused])
    expect(runs.reduce((total, run) => total + (run.kind === 'chunk' ? run.tokens : 0), 0)).toBe(shared.length + 3 * 2)
    expect(new Set(texts.map(({ ids }) => ids.join())).size).toBe(4)
  })

  test('keep no more than their budget', async () => {
    const { generate } = openLoop({ keptBytes: session.tokenBytes * 200 })
    for (let start = 0; start < 4; start++)
      await generate({ promptTokenIds: promptOf(150, start), settings: { maxTokens: 1 } })
    const { cachedPromptTokens } = await generate({ promptTokenIds: promptOf(150, 3), settings: { maxTokens: 1 } })
    expect(cachedPromptTokens).toBe(148)
    const { cachedPromptTokens: gone } = await generate({
      promptTokenIds: promptOf(150, 0),
      settings: { maxTokens: 1 },
    })
    expect(gone).toBeLessThan(150)
  })
})

test('drafted tokens are those that the text has without them, and cost fewer runs where it repeats its prompt', async () => {
  const promptTokenIds = Array.from({ length: 6 }, () => promptOf(30)).flat()
  const { generate, runs } = openLoop({ keptBytes: 0 })
  const drafted = await generate({ promptTokenIds, settings: { maxTokens: 60, draft: true } })
  const chunks = runs.filter((run) => run.kind === 'chunk')
  expect(drafted).toMatchObject({ outputTokens: 60, executions: runs.length, replayDiverged: false })
  expect(drafted.draft.acceptedTokens).toBeGreaterThan(30)
  expect(drafted.draft.proposedTokens).toBe(chunks.slice(2).reduce((total, { tokens }) => total + tokens - 1, 0))
  expect(runs).toHaveLength(2 + 59 - drafted.draft.acceptedTokens)
})

test('the same seed and input give the same text in any mix', async () => {
  const seed = Number(process.env.GRAPHLOOM_TEST_SEED ?? 11)
  const random = createRandom(seed)
  const whole = (below: number): number => Math.floor(random() * below)
  const texts = Array.from({ length: 8 }, (_, i): Prompt => {
    const base = promptOf(2 + whole(full ? 200 : 90), whole(3))
    const settings = { temperature: i % 3 === 0 ? 0 : 0.9, topP: 0.95, maxTokens: 4 + whole(20) }
    return { promptTokenIds: [...base, ...promptOf(whole(60), i)], seed: whole(1_000), priority: whole(10), settings }
  })
  const expected = new Map<Prompt, readonly number[]>()
  for (const text of texts) expected.set(text, (await openLoop({ keptBytes: 0 }).generate(text)).ids)
  for (let mix = 0; mix < (full ? 200 : 3); mix++) {
    const { generate } = openLoop({ maxRows: 1 + whole(8), keptBytes: random() < 0.3 ? 0 : 2 ** whole(28) })
    const chosen = Array.from({ length: 1 + whole(10) }, () => texts[whole(texts.length)]!)
    await Promise.all(
      chosen.map(async (text) => {
        for (let turns = whole(30); turns > 0; turns--) await new Promise(setImmediate)
        const known = whole(3) === 0 ? whole(expected.get(text)!.length) : 0
        const emitted = expected
          .get(text)!
          .slice(0, known)
          .map((id) => ({ id, text: '' }))
        const { ids, replayDiverged } = await generate({ ...text, emitted, tenantId: `tenant ${whole(2)}` })
        expect(ids, `mix ${mix} of seed ${seed}`).toEqual(expected.get(text)!.slice(emitted.length))
        expect(replayDiverged).toBe(false)
      }),
    )
  }
})
