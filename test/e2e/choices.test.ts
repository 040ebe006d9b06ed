import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  CancelPredictionDocument,
  EstimateDocument,
  ModelDocument,
  PredictionChoicesDocument,
  PredictionDocument,
  PredictionEventsDocument,
  type ChatInput,
  type PredictInput,
} from '../generated/graphql.js'
import { CHAT_MODEL } from '../support/models.js'
import { requirePrediction, startChat } from '../support/predictions.js'
import { findFreePort, TestServer, type Environment } from '../support/server.js'
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary.js'

let folder: TemporaryFolder
let environment: Environment
let server: TestServer
beforeAll(async () => {
  folder = await createTemporaryFolder('choices')
  environment = { GRAPHLOOM_DATA_DIR: folder.path, GRAPHLOOM_PORT: String(await findFreePort()) }
  server = await TestServer.start(environment)
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

const QUESTION =
  'Tell me in a few words what a fox does all day long in the forest, and what it likes to eat when winter comes.'
const toInput = (generation: ChatInput['generation'], chat: Partial<ChatInput> = {}): PredictInput => ({
  chat: {
    model: CHAT_MODEL,
    messages: [{ role: 'USER', content: [{ text: QUESTION }] }],
    ...chat,
    generation: { temperature: 1, maxTokens: 24, seed: 5, ...generation },
  },
})

async function predict(input: PredictInput) {
  const result = await requirePrediction(server, input)
  return { ...result, choices: await readChoices(result.id) }
}

async function readChoices(id: string) {
  const { prediction } = await server.request(PredictionChoicesDocument, { id })
  if (!prediction?.output || !('choices' in prediction.output)) throw new Error(`${id} has no texts.`)
  return prediction.output.choices
}

/** The texts as a stream tells them, from a cursor on. */
class ChoicesReader {
  readonly texts: string[] = []
  cursor: string | null = null
  state = ''

  async read(id: string, until: (reader: ChoicesReader) => boolean = () => false): Promise<this> {
    for await (const { predictionEvents: item } of server.subscribe(PredictionEventsDocument, {
      id,
      after: this.cursor,
    })) {
      this.cursor = item.cursor
      if (item.__typename === 'PredictionChanged') this.state = item.prediction.state
      if (item.__typename === 'TokensDelta') {
        this.texts[item.choice] = (this.texts[item.choice] ?? '') + item.text
      }
      if (until(this)) break
    }
    return this
  }

  get length(): number {
    return this.texts.join('').length
  }
}

describe('several texts for one prompt', () => {
  test('are each the text of its seed alone, and compute the prompt once', async () => {
    const n = 4
    const several = await predict(toInput({ n }))
    const { usage, choices } = several
    expect(choices.map(({ index }) => index)).toEqual([0, 1, 2, 3])
    expect(several).toMatchObject({ finishReason: choices[0]!.finishReason, seed: choices[0]!.seed })
    expect(several.output).toMatchObject({ text: choices[0]!.text })
    expect(new Set(choices.map(({ text }) => text)).size).toBeGreaterThan(1)
    // All but the last two tokens of the prompt came from the first text.
    const promptTokens = usage.inputTokens / n
    expect(usage).toEqual({
      inputTokens: n * promptTokens,
      cachedInputTokens: (n - 1) * (promptTokens - 2),
      outputTokens: expect.any(Number) as number,
    })
    expect(usage.outputTokens).toBeGreaterThanOrEqual(choices.reduce((sum, { tokens }) => sum + tokens.length, 0))
    expect(several.batch!.size).toBe(n)
    for (const { seed, text, finishReason, tokens } of choices) {
      expect(tokens.map((token) => token.text).join('')).toBe(text)
      const alone = await predict(toInput({ seed }))
      expect(alone.choices).toHaveLength(1)
      expect(alone.choices[0]).toMatchObject({ text, finishReason, seed })
    }
    const { estimate } = await server.request(EstimateDocument, { input: toInput({ n }) })
    expect(estimate.inputTokens).toBe(usage.inputTokens)
  })

  test('each keep to their form, with calls of their own', async () => {
    const responseSchema = { type: 'object', properties: { animal: { enum: ['fox', 'owl'] } }, required: ['animal'] }
    const { choices } = await predict(toInput({ n: 3 }, { responseSchema }))
    for (const { json, text, finishReason } of choices) {
      expect(finishReason).toBe('STOP')
      expect(json).toEqual(JSON.parse(text))
    }
    const tools = [{ name: 'look', parameters: { type: 'object', properties: { at: { enum: ['fox', 'owl'] } } } }]
    const called = await predict(
      toInput({ n: 2, maxTokens: 60 }, { tools, toolChoice: { tool: 'look' }, maxToolCalls: 1 }),
    )
    const body = called.id.slice('pred_'.length)
    expect(called.choices.map(({ toolCalls }) => toolCalls.map(({ id }) => id))).toEqual([
      [`call_${body}_0_0`],
      [`call_${body}_1_0`],
    ])
    expect(called.choices.map(({ finishReason }) => finishReason)).toEqual(['TOOL_CALLS', 'TOOL_CALLS'])
  })

  test('end together when they are cancelled, with what there was of each', async () => {
    const { id } = await startChat(server, toInput({ n: 3, maxTokens: 2_000 }))
    const reader = new ChoicesReader()
    await reader.read(id, ({ texts }) => texts.length === 3 && texts.every((text) => text?.length > 10))
    const following = reader.read(id)
    await server.request(CancelPredictionDocument, { input: { id } })
    await following
    expect(reader.state).toBe('CANCELLED')
    const choices = await readChoices(id)
    expect(choices.map(({ text }) => text)).toEqual(reader.texts)
    expect(choices.map(({ finishReason }) => finishReason)).toEqual(['CANCELLED', 'CANCELLED', 'CANCELLED'])
  })

  test('and their calls go on as they would have, when runner and server are killed', async () => {
    const parameters = { type: 'object', properties: { words: { type: 'string', minLength: 60, maxLength: 90 } } }
    const tools = [{ name: 'tell', parameters: { ...parameters, required: ['words'] } }]
    const input = toInput({ n: 3, maxTokens: 60 }, { tools, toolChoice: { tool: 'tell' }, maxToolCalls: 1 })
    const withoutIds = (choices: Awaited<ReturnType<typeof readChoices>>) =>
      choices.map(({ toolCalls, ...rest }) => ({
        ...rest,
        calls: toolCalls.map(({ name, arguments: value }) => [name, value]),
      }))
    const expected = withoutIds((await predict(input)).choices)

    const { id } = await startChat(server, input)
    const readTokens = async (wanted: number): Promise<void> => {
      let tokens = 0
      for await (const { predictionEvents: item } of server.subscribe(PredictionEventsDocument, { id })) {
        if (item.__typename === 'TokensDelta') tokens += item.tokens.length
        if (tokens >= wanted || item.__typename === 'StreamEnd') break
      }
    }
    await readTokens(15)
    const { model } = await server.request(ModelDocument, { name: CHAT_MODEL })
    process.kill(model!.version!.runner!.pid, 'SIGKILL')
    await readTokens(15)
    await server.kill()
    server = await TestServer.start(environment)
    await new ChoicesReader().read(id)
    const { prediction } = await server.request(PredictionDocument, { id })
    expect(prediction).toMatchObject({ state: 'SUCCEEDED', replayDiverged: false })
    expect(withoutIds(await readChoices(id))).toEqual(expected)
  })
})
