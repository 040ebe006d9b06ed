import { describe, expect, test, vi } from 'vitest'
import { GenerationLoop } from '../../src/adapters/onnxruntime/generation-loop.js'
import { SHARED_CHUNK_TOKENS } from '../../src/adapters/onnxruntime/prefill-chunks.js'
import { RunMeter } from '../../src/adapters/onnxruntime/run-meter.js'
import { TextSequence } from '../../src/adapters/onnxruntime/text-sequence.js'
import type { GenerationResult } from '../../src/ports/model-runtime.js'
import { HASH_VOCABULARY, HashDecoder, hashModel } from '../support/hash-decoder.js'
import { NEVER, toRequest, type Prompt } from '../support/inference.js'
import { createRandom } from '../support/random.js'
import { isFullTest, testSeed } from '../support/seed.js'

vi.setConfig({ testTimeout: 1_800_000 })

interface Told extends GenerationResult {
  readonly ids: readonly number[]
}

interface Options {
  readonly signal?: AbortSignal
  readonly onToken?: (count: number) => void
}

/** A loop over a decoder that computes in no time, with its runs written down. */
function openLoop({ maxRows = 8, keptBytes = 2 ** 20, runningBytes = 2 ** 20 } = {}) {
  const session = new HashDecoder(maxRows)
  const meter = new RunMeter()
  const loop = new GenerationLoop({ session, runningBytes, keptBytes, limits: { maxBatchTokens: 512 }, meter })
  const generate = async (prompt: Prompt, { signal = NEVER, onToken }: Options = {}): Promise<Told> => {
    const ids: number[] = []
    const sequence = new TextSequence({
      model: hashModel,
      request: toRequest(prompt),
      grammar: null,
      onDelta: ({ tokens }) => {
        ids.push(...tokens.map(({ id }) => id))
        onToken?.(ids.length)
      },
    })
    return { ...(await loop.run(sequence, signal)), ids }
  }
  return { session, runs: session.runs, generate }
}

/** Tokens that begin alike for the same `start`. */
const promptOf = (length: number, start = 0): number[] =>
  Array.from({ length }, (_, i) => (i * i + 7 * start + i) % HASH_VOCABULARY)
const INTERACTIVE = 5
const BULK = 1

/** Keeps `count` texts at work, each followed by another, until it is told to stop. */
function keepBusy(generate: ReturnType<typeof openLoop>['generate'], count: number, next: (n: number) => Prompt) {
  let stopped = false
  let started = 0
  const work = async (): Promise<void> => {
    while (!stopped && started < 20_000) await generate(next(started++))
  }
  const done = Promise.all(Array.from({ length: count }, work))
  return async (): Promise<void> => {
    stopped = true
    await done
  }
}

describe('a long prompt', () => {
  test('of 4,000 tokens holds up six running texts for one chunk at a time', async () => {
    const { generate, runs } = openLoop()
    let started = 0
    let from = 0
    const { promise: running, resolve } = Promise.withResolvers<void>()
    const streams = [1, 2, 3, 4, 5, 6].map((seed) =>
      generate(
        { promptTokenIds: promptOf(12, seed), seed, settings: { maxTokens: 200 } },
        { onToken: (count) => count === 1 && ++started === 6 && resolve() },
      ),
    )
    await running
    from = runs.length
    const long = await generate({ promptTokenIds: promptOf(4_000, 9), settings: { maxTokens: 1 } })
    const meanwhile = runs.slice(from)
    expect(long.promptTokens).toBe(4_000)
    await Promise.all(streams)
    const chunks = meanwhile.filter((run) => run.kind === 'chunk')
    expect(chunks.length).toBeGreaterThanOrEqual(4_000 / SHARED_CHUNK_TOKENS - 1)
    // Between two steps of the six there is at most one chunk.
    meanwhile.forEach((run, i) => {
      if (run.kind === 'chunk') {
        expect(run.tokens).toBeLessThanOrEqual(SHARED_CHUNK_TOKENS)
        expect(meanwhile[i + 1]?.kind ?? 'step').toBe('step')
      } else expect(run.texts).toBeGreaterThanOrEqual(6)
    })
  })

  test('of a bulk text is computed also while interactive prompts keep coming, and the other way round', async () => {
    for (const [mine, others] of [
      [BULK, INTERACTIVE],
      [INTERACTIVE, BULK],
    ] as const) {
      const { generate, runs } = openLoop({ keptBytes: 0 })
      const stop = keepBusy(generate, 6, (n) => ({
        promptTokenIds: promptOf(300, n),
        priority: others,
        settings: { maxTokens: 2 },
      }))
      const { promptTokens } = await generate({
        promptTokenIds: promptOf(2_000, 1),
        priority: mine,
        settings: { maxTokens: 2 },
      })
      expect(promptTokens).toBe(2_000)
      // A quarter of the chunks is the least that a prompt gets; places cost some.
      expect(runs.filter(({ kind }) => kind === 'chunk').length).toBeLessThan(6 * (2_000 / SHARED_CHUNK_TOKENS))
      await stop()
    }
  })
})

describe('bulk texts', () => {
  test('give their places to as many interactive ones as there are', async () => {
    const { generate, runs } = openLoop({ maxRows: 8 })
    let far = 0
    const { promise: running, resolve } = Promise.withResolvers<void>()
    const bulk = Array.from({ length: 8 }, (_, seed) =>
      generate(
        { promptTokenIds: promptOf(10, seed), seed, priority: BULK, settings: { maxTokens: 400 } },
        { onToken: (count) => count === 20 && ++far === 8 && resolve() },
      ),
    )
    await running
    const from = runs.length
    await Promise.all(
      Array.from({ length: 8 }, (_, seed) =>
        generate({ promptTokenIds: promptOf(10, 20 + seed), seed, settings: { maxTokens: 10 } }),
      ),
    )
    // Eight prompts with a step after each, and nine steps more.
    expect(runs.length - from).toBeLessThanOrEqual(26)
    for (const { outputTokens } of await Promise.all(bulk)) expect(outputTokens).toBe(400)
  })

  test('also those whose memory an interactive one needs', async () => {
    const { generate, runs } = openLoop({ runningBytes: 4 * 2_000 })
    const { promise: running, resolve } = Promise.withResolvers<void>()
    const bulk = generate(
      { promptTokenIds: promptOf(10), priority: BULK, settings: { maxTokens: 1_500 } },
      { onToken: (count) => count === 20 && resolve() },
    )
    await running
    const from = runs.length
    await generate({ promptTokenIds: promptOf(600, 3), settings: { maxTokens: 2 } })
    expect(runs.length - from).toBeLessThan(20)
    expect((await bulk).outputTokens).toBe(1_500)
  })

  // Without memory to set them aside they are computed again each time, and still get further each time.
  test.each([0, 2 ** 20])(
    'come to their end while interactive ones take every place (kept: %i bytes)',
    async (kept) => {
      const { generate, runs } = openLoop({ maxRows: 2, keptBytes: kept })
      const stop = keepBusy(generate, 6, (n) => ({
        promptTokenIds: promptOf(4, n),
        seed: n,
        settings: { maxTokens: 20 },
      }))
      const prompt = { promptTokenIds: promptOf(900), seed: 3, priority: BULK, settings: { maxTokens: 100 } }
      const { ids, outputTokens } = await generate(prompt)
      expect(outputTokens).toBe(100)
      expect(runs.length).toBeLessThan(5_000)
      await stop()
      expect(ids).toEqual((await openLoop().generate(prompt)).ids)
    },
  )
})

test('a text that does not fit beside others is not passed over for ever', async () => {
  const { generate, runs } = openLoop({ runningBytes: 4 * 1_000 })
  const stop = keepBusy(generate, 6, (n) => ({
    promptTokenIds: promptOf(4, n),
    seed: n,
    settings: { maxTokens: 30 },
  }))
  const { outputTokens } = await generate({ promptTokenIds: promptOf(500, 2), settings: { maxTokens: 480 } })
  expect(outputTokens).toBe(480)
  expect(runs.length).toBeLessThan(1_500)
  await stop()
})

test.each([1, 2])('with %i rows a tenant waits for one place, however many another tenant wants', async (maxRows) => {
  const { generate, runs } = openLoop({ maxRows })
  const order: string[] = []
  const start = (tenantId: string, seed: number): Promise<unknown> =>
    generate({ tenantId, promptTokenIds: promptOf(4, seed), seed, settings: { maxTokens: 10 } }).then(() =>
      order.push(tenantId),
    )
  const busy = Array.from({ length: 40 }, (_, seed) => start('busy', seed))
  while (order.length === 0) await new Promise(setImmediate)
  const before = order.length
  const late = [1, 2].map((seed) => start('late', 50 + seed))
  await Promise.all(late)
  expect(order.lastIndexOf('late') - before).toBeLessThanOrEqual(6)
  await Promise.all(busy)
  expect(runs.length).toBeGreaterThan(200)
})

describe('a text that is not wanted any more', () => {
  test('is in no further run, and its row is free', async () => {
    const { generate, runs, session } = openLoop({ maxRows: 4 })
    const leaving = new AbortController()
    let told = 0
    const texts = [1, 2, 3].map((seed) =>
      generate(
        { promptTokenIds: promptOf(8, seed), seed, settings: { maxTokens: 60 } },
        seed === 2
          ? { signal: leaving.signal, onToken: (count) => (told = count) === 10 && leaving.abort(new Error('gone')) }
          : {},
      ),
    )
    const from = Promise.withResolvers<number>()
    leaving.signal.addEventListener('abort', () => from.resolve(runs.length))
    await expect(texts[1]).rejects.toThrow('gone')
    const left = runs.slice(await from.promise)
    expect(Math.max(...left.map((run) => (run.kind === 'step' ? run.texts : 0)))).toBeLessThanOrEqual(2)
    await Promise.all([texts[0], texts[2]])
    expect(told).toBe(10)
    expect(session.openRows).toBe(0)
  })

  test('and has not begun costs nothing at all', async () => {
    const { generate, runs } = openLoop({ maxRows: 1 })
    const leaving = new AbortController()
    const first = generate({ promptTokenIds: promptOf(8), settings: { maxTokens: 20 } })
    const waiting = Array.from({ length: 10 }, (_, seed) =>
      generate({ promptTokenIds: promptOf(700, seed), settings: { maxTokens: 20 } }, { signal: leaving.signal }),
    )
    leaving.abort(new Error('gone'))
    for (const one of waiting) await expect(one).rejects.toThrow('gone')
    await first
    expect(runs).toHaveLength(1 + 19)
  })

  test('and leaves in the middle of its prompt stops there', async () => {
    const { generate, runs, session } = openLoop()
    const leaving = new AbortController()
    const long = generate({ promptTokenIds: promptOf(4_000), settings: { maxTokens: 20 } }, { signal: leaving.signal })
    while (runs.length < 3) await new Promise(setImmediate)
    leaving.abort(new Error('gone'))
    await expect(long).rejects.toThrow('gone')
    const { length } = runs
    await generate({ promptTokenIds: promptOf(8, 1), settings: { maxTokens: 1 } })
    expect(runs).toHaveLength(length + 1)
    expect(session.openRows).toBe(0)
  })
})

test('what a text computed again itself does not count as computed by others', async () => {
  const { generate, runs, session } = openLoop({ maxRows: 1, keptBytes: 4 * 1_500 })
  const bulk = generate({ promptTokenIds: promptOf(4_000), priority: BULK, settings: { maxTokens: 2 } })
  while (runs.length < 20) await new Promise(setImmediate)
  await generate({ promptTokenIds: promptOf(20, 3), tenantId: 'other', settings: { maxTokens: 4 } })
  expect((await bulk).cachedPromptTokens).toBe(0)
  expect(session.opened).toBe(3)
})

test('memory for texts set aside is not made by giving up prefixes where it would not be enough', async () => {
  const { generate } = openLoop({ maxRows: 1, keptBytes: 4 * 400 })
  const { promise: running, resolve } = Promise.withResolvers<void>()
  await generate({ promptTokenIds: promptOf(200, 4), settings: { maxTokens: 1 } })
  const bulk = generate(
    { promptTokenIds: promptOf(2, 1), tenantId: 'other', priority: BULK, settings: { maxTokens: 900 } },
    { onToken: (count) => count === 600 && resolve() },
  )
  await running
  const { cachedPromptTokens } = await generate({ promptTokenIds: promptOf(200, 4), settings: { maxTokens: 1 } })
  expect(cachedPromptTokens).toBe(198)
  await bulk
})

const MIXES = isFullTest() ? 1_000 : 200
test(`the same seed and input give the same text, in ${MIXES} mixes of all that may happen`, async () => {
  const seed = testSeed()
  const random = createRandom(seed)
  const whole = (below: number): number => Math.floor(random() * below)
  const texts = Array.from({ length: 12 }, (_, i): Prompt => {
    const shared = promptOf(whole(260), whole(3))
    const own = promptOf(1 + whole(60), i)
    const settings = { temperature: i % 3 === 0 ? 0 : 1, topP: 0.95, maxTokens: 1 + whole(70) }
    return { promptTokenIds: [...shared, ...own], seed: whole(1_000), priority: whole(10), settings }
  })
  const expected = new Map<Prompt, readonly number[]>()
  for (const text of texts) expected.set(text, (await openLoop({ keptBytes: 0 }).generate(text)).ids)
  const seen = { shared: 0, setAside: 0, resumed: 0, cancelled: 0 }
  for (let mix = 0; mix < MIXES; mix++) {
    const keptBytes = random() < 0.3 ? 0 : 2 ** whole(14)
    const { generate, session } = openLoop({ maxRows: 1 + whole(6), keptBytes, runningBytes: 4 * (200 + whole(2_000)) })
    const chosen = Array.from({ length: 1 + whole(14) }, () => texts[whole(texts.length)]!)
    await Promise.all(
      chosen.map(async (text) => {
        for (let turns = whole(120); turns > 0; turns--) await new Promise(setImmediate)
        const tenantId = `tenant ${whole(2)}`
        const leaving = new AbortController()
        // Some are there to disturb: they leave early, or are drafted.
        if (whole(5) === 0) {
          const onToken = (count: number): void => void (count > whole(30) && leaving.abort(new Error('gone')))
          await generate({ ...text, tenantId }, { signal: leaving.signal, onToken }).catch(() => seen.cancelled++)
          return
        }
        if (whole(6) === 0) {
          await generate({ ...text, tenantId, settings: { ...text.settings, draft: true } })
          return
        }
        // As after a crash: some of the text was given out by a process that is gone.
        const full = expected.get(text)!
        const emitted = full.slice(0, whole(3) === 0 ? whole(full.length) : 0).map((id) => ({ id, text: '' }))
        const { ids, replayDiverged, cachedPromptTokens } = await generate({ ...text, emitted, tenantId })
        expect(ids, `mix ${mix} of seed ${seed}`).toEqual(full.slice(emitted.length))
        expect(replayDiverged).toBe(false)
        expect(text.promptTokenIds.length - cachedPromptTokens).not.toBe(1)
        if (cachedPromptTokens > 0) seen.shared++
        if (emitted.length > 0) seen.resumed++
      }),
    )
    seen.setAside += session.opened - chosen.length
    session[Symbol.dispose]()
  }
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(MIXES / 10)
})
