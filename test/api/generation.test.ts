import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  EstimateDocument,
  ModelMetricsDocument,
  PredictDocument,
  PredictionTokensDocument,
  type GenerationInput,
  type PredictInput,
} from '../generated/graphql.js'
import { CHAT_MODEL, EMBEDDING_MODEL } from '../support/models.js'
import { embedding, requirePrediction, requireText } from '../support/predictions.js'
import { isFullTest } from '../support/seed.js'
import { TestServer } from '../support/server.js'

const CHATS = isFullTest() ? 64 : 24

let server: TestServer
beforeAll(async () => {
  server = await TestServer.start({})
})
afterAll(() => server[Symbol.asyncDispose]())

const predict = async (input: PredictInput) => {
  const { predict: result } = await server.request(PredictDocument, { input })
  return result
}
const complete = async (prompt: string, generation: GenerationInput) => {
  const result = await requireText(server, { completion: { model: CHAT_MODEL, prompt, generation } })
  return { ...result, text: result.output.text }
}
const executionsOf = async (name: string): Promise<number> => {
  const variables = { name, version: '1', window: 'ONE_HOUR' as const }
  return (await server.request(ModelMetricsDocument, variables)).modelVersion!.metrics.executions!
}
const jsonOf = async (id: string): Promise<unknown> => {
  const { prediction } = await server.request(PredictionTokensDocument, { id })
  return prediction?.output && 'json' in prediction.output ? prediction.output.json : undefined
}

describe('a constrained answer', () => {
  const schema = {
    type: 'object',
    properties: { city: { enum: ['Berlin', 'Bern', 'Paris'] }, people: { type: 'integer', minimum: 1, maximum: 99 } },
    required: ['city', 'people'],
    additionalProperties: false,
  }
  const messages = [{ role: 'USER' as const, content: [{ text: 'Name a city and how many people come.' }] }]

  test('is JSON by its schema, and its value can be asked for', async () => {
    const result = await requireText(server, { chat: { model: CHAT_MODEL, messages, responseSchema: schema } })
    expect(result.finishReason).toBe('STOP')
    const value = (await jsonOf(result.id)) as { city: string; people: number }
    expect(value).toEqual(JSON.parse(result.output.text))
    expect(schema.properties.city.enum).toContain(value.city)
    expect(value.people).toBeGreaterThanOrEqual(1)
    expect(value.people).toBeLessThanOrEqual(99)
  })

  test('claims nothing when it is cut off', async () => {
    const cut = await complete('A city:', { maxTokens: 3, constraint: { jsonSchema: schema } })
    expect(cut.finishReason).toBe('LENGTH')
    expect(await jsonOf(cut.id)).toBeNull()
  })

  test('follows an expression, a grammar or a list', async () => {
    expect((await complete('A code:', { constraint: { regex: '[A-Z]{3}[0-9]{2}' } })).text).toMatch(
      /^[A-Z]{3}[0-9]{2}$/,
    )
    expect((await complete('Well,', { constraint: { grammar: 'root ::= "yes" | "no"' } })).text).toMatch(/^(yes|no)$/)
    expect(['red', 'green']).toContain((await complete('A colour:', { constraint: { choice: ['red', 'green'] } })).text)
  })

  test('that cannot be honoured is refused before anything is stored', async () => {
    const refused = async (input: PredictInput, path: string, problem: RegExp): Promise<void> => {
      expect(await predict(input)).toMatchObject({
        __typename: 'InvalidInput',
        path,
        message: expect.stringMatching(problem) as string,
      })
    }
    const uniqueItems = { type: 'array', uniqueItems: true }
    await refused(
      { chat: { model: CHAT_MODEL, messages, responseSchema: uniqueItems } },
      'input.chat.responseSchema',
      /# has the keyword "uniqueItems"/,
    )
    const generation = { constraint: { regex: 'a(?=b)' } }
    const completion = { model: CHAT_MODEL, prompt: 'A', generation }
    await refused({ completion }, 'input.completion.generation.constraint', /Assertions are not supported/)
    const both = { constraint: { regex: 'a' } }
    await refused(
      { chat: { model: CHAT_MODEL, messages, responseSchema: schema, generation: both } },
      'input.chat.responseSchema',
      /beside generation.constraint/,
    )
    const estimate = server.request(EstimateDocument, { input: { completion } })
    await expect(estimate).rejects.toThrow(/Assertions are not supported/)
  })
})

describe('a message', () => {
  test('whose parts spell a control token together has it as text', async () => {
    const countTokens = async (parts: readonly string[]): Promise<number> => {
      const messages = [{ role: 'USER' as const, content: parts.map((text) => ({ text })) }]
      return (await server.request(EstimateDocument, { input: { chat: { model: CHAT_MODEL, messages } } })).estimate
        .inputTokens
    }
    const whole = await countTokens(['a<|im_end|>b'])
    expect(await countTokens(['a<|im_', 'end', '|>b'])).toBe(whole)
    // As a control token it would be one.
    expect(whole).toBeGreaterThan((await countTokens(['ab'])) + 3)
  })
})

describe('what a prediction tells of its run', () => {
  test('a repeated beginning is not computed again', async () => {
    const prompt = Array.from({ length: 120 }, (_, i) => `line ${i} of the log`).join('\n')
    const generation = { maxTokens: 2 }
    const first = await complete(prompt, generation)
    const second = await complete(`${prompt} and more`, generation)
    expect(first.usage.cachedInputTokens).toBe(0)
    expect(second.usage.cachedInputTokens).toBeGreaterThan(512)
    expect(second.usage.cachedInputTokens).toBeLessThan(second.usage.inputTokens)
    expect(second.timings.prefillMs!).toBeLessThan(first.timings.prefillMs!)
  })

  test('texts that run together say so, and drafted ones what was guessed', async () => {
    const texts = await Promise.all([1, 2, 3].map((seed) => complete(`Story ${seed}:`, { seed, maxTokens: 30 })))
    expect(Math.max(...texts.map(({ batch }) => batch!.size))).toBeGreaterThan(1)
    for (const { batch, draft, reproducible } of texts) {
      expect(batch!.position).toBeLessThan(batch!.size)
      expect(draft).toBeNull()
      expect(reproducible).toBe(true)
    }
    const lines = 'The lake is deep and cold. '.repeat(8)
    const { draft, replayDiverged, reproducible } = await complete(lines, {
      temperature: 0,
      maxTokens: 24,
      draft: true,
    })
    expect(reproducible).toBe(false)
    expect(draft!.acceptedTokens).toBeGreaterThan(5)
    expect(draft!.proposedTokens).toBeGreaterThanOrEqual(draft!.acceptedTokens)
    expect(replayDiverged).toBe(false)
  })

  test('64 texts at once are embedded in at most 24 runs, each bit for bit as it is alone', async () => {
    const embed = async (text: string, priority: number) => {
      const { output, batch } = await requirePrediction(server, embedding(text), { priority })
      if (output?.__typename !== 'EmbeddingOutput') throw new Error(JSON.stringify(output))
      return { values: output.vectors[0]!.values, batch: batch! }
    }
    const texts = Array.from({ length: 64 }, (_, i) => `Text ${i}: ${'some more words '.repeat((i * 7) % 30)}`)
    await embed('The model is loaded by this.', 5)
    const embedTogether = async () => {
      const before = await executionsOf(EMBEDDING_MODEL)
      const embedded = await Promise.all(texts.map((text, i) => embed(text, i % 10)))
      return { embedded, runs: (await executionsOf(EMBEDDING_MODEL)) - before }
    }
    // On a busy machine those that come late miss the runs of the others: then once more.
    let { embedded: together, runs } = await embedTogether()
    for (let more = 0; runs > 24 && more < 4; more++) ({ embedded: together, runs } = await embedTogether())
    expect(runs).toBeLessThanOrEqual(24)
    for (const { batch } of together) {
      expect(batch.position).toBeLessThan(batch.size)
      expect(batch.tokens).toBeGreaterThanOrEqual(batch.size)
      expect(batch.waitMs).toBeGreaterThanOrEqual(0)
    }
    for (const [i, text] of texts.entries()) expect((await embed(text, 5)).values).toEqual(together[i]!.values)
  })

  test(`${CHATS} chats at once get the greedy texts that they get alone, in shared steps`, async () => {
    const ask = async (i: number) => {
      const content = [{ text: `Say ${'more '.repeat((i * 5) % 17)}about the number ${i}.` }]
      const generation = { temperature: 0, maxTokens: 2 + (i % 3) }
      const messages = [{ role: 'USER' as const, content }]
      const { output, batch } = await requireText(server, { chat: { model: CHAT_MODEL, messages, generation } })
      return { text: output.text, batch: batch! }
    }
    const numbers = Array.from({ length: CHATS }, (_, i) => i)
    await ask(0)
    const before = await executionsOf(CHAT_MODEL)
    const together = await Promise.all(numbers.map(ask))
    const shared = (await executionsOf(CHAT_MODEL)) - before
    expect(together.filter(({ batch }) => batch.size > 1).length).toBeGreaterThan(0.75 * CHATS)
    for (const { batch } of together) {
      expect(batch.position).toBeLessThan(batch.size)
      expect(batch.size).toBeLessThanOrEqual(8)
    }
    expect(together.at(-1)!.batch.waitMs).toBeGreaterThan(0)
    for (const i of numbers) expect((await ask(i)).text).toBe(together[i]!.text)
    // Prompts have their own runs; the steps, one for each token but the first, are shared.
    const alone = (await executionsOf(CHAT_MODEL)) - before - shared
    expect(shared).toBeLessThan(alone)
  })

  test('a bias and penalties change what is said', async () => {
    const plain = await complete('One two three four', { temperature: 0, maxTokens: 12 })
    const [first] = (await server.request(PredictionTokensDocument, { id: plain.id })).prediction!.output!
      .tokens as unknown as { id: number }[]
    const barred = await complete('One two three four', {
      temperature: 0,
      maxTokens: 12,
      logitBias: [{ tokenId: first!.id, bias: -100 }],
    })
    expect(barred.text.startsWith(plain.text.slice(0, 3))).toBe(false)
    const repeating = 'la la la la la la la la la la'
    const again = await complete(repeating, { temperature: 0, maxTokens: 20 })
    const fresh = await complete(repeating, { temperature: 0, maxTokens: 20, presencePenalty: 2, frequencyPenalty: 2 })
    expect(fresh.text).not.toBe(again.text)
  })
})
