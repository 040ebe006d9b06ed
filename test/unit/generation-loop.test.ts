import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { DecoderSession } from '../../src/adapters/onnxruntime/decoder-session.js'
import { GenerationLoop } from '../../src/adapters/onnxruntime/generation-loop.js'
import { RunMeter } from '../../src/adapters/onnxruntime/run-meter.js'
import { TextSequence, type TextModel } from '../../src/adapters/onnxruntime/text-sequence.js'
import { loadDetokenizer } from '../../src/adapters/transformers/detokenizer.js'
import { DECODER_SESSIONS } from '../support/decoder-sessions.js'
import { NEVER, toRequest, type Prompt } from '../support/inference.js'
import { bundledModel, CHAT_MODEL, readGolden, type GoldenGeneration } from '../support/models.js'
import { isFullTest } from '../support/seed.js'

vi.setConfig({ testTimeout: 600_000 })
const words = readGolden<GoldenGeneration>(CHAT_MODEL).flatMap((golden) => golden.promptTokenIds)
const ROWS = 4

const sessions = isFullTest() ? DECODER_SESSIONS : DECODER_SESSIONS.slice(0, 2)

describe.each(sessions)('a loop over %s', (_name, openSession) => {
  let session: DecoderSession
  let model: TextModel
  beforeAll(async () => {
    session = await openSession()
    const detokenizer = await loadDetokenizer(bundledModel(CHAT_MODEL).path)
    model = { detokenizer, eosTokenIds: new Set(), contextTokens: 2_048, vocabularySize: 49_152 }
  })
  afterAll(() => session[Symbol.dispose]())

  const openLoop = (keptTokens: number) => {
    const { tokenBytes } = session
    const loop = new GenerationLoop({
      session,
      runningBytes: 2 ** 31,
      keptBytes: keptTokens * tokenBytes,
      limits: { maxBatchTokens: 512 },
      meter: new RunMeter(),
    })
    return async (prompt: Prompt, onToken: (count: number) => void = () => undefined, signal = NEVER) => {
      const ids: number[] = []
      const onDelta = ({ tokens }: { readonly tokens: readonly { readonly id: number }[] }): void => {
        ids.push(...tokens.map(({ id }) => id))
        onToken(ids.length)
      }
      const sequence = new TextSequence({ model, request: toRequest(prompt), grammar: null, onDelta })
      return { ...(await loop.run(sequence, signal)), ids }
    }
  }

  test('gives each text as it is alone: beside others, with a shared beginning, set aside and gone on with', async () => {
    const shared = words.slice(0, 70)
    const bulk = Array.from({ length: ROWS }, (_, seed): Prompt => ({
      promptTokenIds: words.slice(100 + seed, 130 + seed),
      seed,
      priority: 1,
      settings: { temperature: 1, maxTokens: 26 },
    }))
    const interactive = [1, 2].map((seed): Prompt => ({
      promptTokenIds: [...shared, ...words.slice(80, 90 + seed)],
      seed,
      settings: { temperature: 1, maxTokens: 6 },
    }))
    const expected: (readonly number[])[] = []
    for (const prompt of [...bulk, ...interactive]) expected.push((await openLoop(0)(prompt)).ids)
    // With room to set texts aside, and with room for a prefix only: then they are computed again.
    for (const keptTokens of isFullTest() ? [2_000, 100] : [2_000]) {
      const generate = openLoop(keptTokens)
      const counts = bulk.map(() => 0)
      const far = Promise.withResolvers<void>()
      const leaving = new AbortController()
      const running = bulk.map((prompt, i) =>
        generate(prompt, (count) => {
          counts[i] = count
          if (Math.min(...counts) >= 17) far.resolve()
        }),
      )
      await far.promise
      const gone = expect(
        generate(
          { promptTokenIds: words.slice(0, 40), settings: { maxTokens: 900 } },
          (count) => count === 2 && leaving.abort(new Error('gone')),
          leaving.signal,
        ),
      ).rejects.toThrow('gone')
      const texts = await Promise.all(interactive.map((prompt) => generate(prompt)))
      expect(Math.min(...counts)).toBeLessThan(26)
      await gone
      const ends = [...(await Promise.all(running)), ...texts]
      expect(ends.map(({ ids }) => ids)).toEqual(expected)
      if (keptTokens > 100) expect(texts[1]!.cachedPromptTokens).toBeGreaterThanOrEqual(64)
    }
    const rows = Array.from({ length: ROWS }, () => session.openRow()!)
    for (const row of rows) session.closeRow(row)
  })
})
