import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  PredictionDocument,
  PredictionEventsDocument,
  type ChatInput,
  type PredictInput,
  type ToolCallDeltaPartsFragment,
} from '../generated/graphql.js'
import { CHAT_MODEL } from '../support/models.js'
import { requireText, startChat } from '../support/predictions.js'
import { TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await TestServer.start({})
})
afterAll(() => server[Symbol.asyncDispose]())

const WEATHER = {
  name: 'get_weather',
  description: 'Tells the weather in a city.',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string', maxLength: 20 }, days: { type: 'integer', minimum: 1, maximum: 7 } },
    required: ['city', 'days'],
  },
}
const QUESTION = { role: 'USER' as const, content: [{ text: 'What is the weather in Paris tomorrow?' }] }
const REQUIRED = { mode: 'REQUIRED' as const }

const toInput = (chat: Partial<ChatInput>, generation: ChatInput['generation'] = {}): PredictInput => ({
  chat: {
    model: CHAT_MODEL,
    messages: [QUESTION],
    tools: [WEATHER],
    toolChoice: REQUIRED,
    ...chat,
    generation: { temperature: 0, maxTokens: 80, ...generation },
  },
})

const predict = (input: PredictInput) => requireText(server, input)

describe('tools', () => {
  test('are called, and what they give is answered', async () => {
    const first = await predict(toInput({ maxToolCalls: 1 }))
    expect(first).toMatchObject({ finishReason: 'TOOL_CALLS', output: { text: '', openToolCall: null } })
    const [call] = first.output.toolCalls
    expect(call).toEqual({
      id: `call_${first.id.slice('pred_'.length)}_0_0`,
      name: 'get_weather',
      arguments: { city: expect.any(String) as string, days: expect.any(Number) as number },
    })
    const { prediction } = await server.request(PredictionDocument, { id: first.id })
    expect(prediction!.output).toEqual(first.output)

    const messages = [
      QUESTION,
      { role: 'ASSISTANT' as const, toolCalls: [call!] },
      { role: 'TOOL' as const, toolCallId: call!.id, content: [{ text: 'Sunny, 21 °C.' }] },
    ]
    const second = await predict(toInput({ messages, toolChoice: { mode: 'AUTO' } }, { maxTokens: 40 }))
    expect(second.output.text).toMatch(/[Ss]unny|21/)
    expect(second.output.toolCalls).toEqual([])
    expect(second.usage.cachedInputTokens).toBeGreaterThan(0)
  })

  test('that are not to be called are not', async () => {
    const { output, finishReason, usage } = await predict(toInput({ toolChoice: { mode: 'NONE' } }, { maxTokens: 8 }))
    expect(output.toolCalls).toEqual([])
    expect(finishReason).not.toBe('TOOL_CALLS')
    const told = await predict(toInput({ toolChoice: { mode: 'AUTO' } }, { maxTokens: 8 }))
    expect(told.usage.inputTokens).toBeGreaterThan(usage.inputTokens + 50)
  })

  test('a call that is cut off is none', async () => {
    const { output, finishReason } = await predict(toInput({}, { maxTokens: 22 }))
    expect(finishReason).toBe('LENGTH')
    expect(output).toMatchObject({ text: '', toolCalls: [] })
    expect(output.openToolCall).toMatchObject({ index: 0, name: 'get_weather' })
    expect(output.openToolCall!.arguments).toMatch(/^\{"city/)
  })
})

type Delta = ToolCallDeltaPartsFragment

/** What a client knows of a text and its calls from a stream. */
class CallsReader {
  text = ''
  state = ''
  readonly calls: { id: string; name: string; arguments: string }[] = []
  readonly cursors: string[] = []

  async read(id: string, after: string | null): Promise<this> {
    for await (const { predictionEvents: item } of server.subscribe(PredictionEventsDocument, { id, after })) {
      this.cursors.push(item.cursor)
      if (item.__typename === 'TokensDelta') {
        this.text += item.text
        item.toolCalls.forEach((delta) => this.add(delta))
      }
      if (item.__typename === 'PredictionChanged') this.state = item.prediction.state
      if (item.__typename === 'PredictionSnapshot' && item.prediction.output && 'text' in item.prediction.output) {
        const { text, toolCalls, openToolCall } = item.prediction.output
        this.text = text
        toolCalls.forEach((call, index) => this.add({ ...call, index, arguments: JSON.stringify(call.arguments) }))
        if (openToolCall) this.add(openToolCall)
      }
    }
    return this
  }

  add({ index, id, name, arguments: written }: Delta): void {
    const call = (this.calls[index] ??= { id, name, arguments: '' })
    expect([call.id, call.name]).toEqual([id, name])
    call.arguments += written
  }
}

describe('a call that is being written', () => {
  test('can be followed, from any place in it', async () => {
    const { id } = await startChat(server, toInput({ maxToolCalls: 2 }, { maxTokens: 60, seed: 4, temperature: 1 }))
    const whole = await new CallsReader().read(id, null)
    const { prediction } = await server.request(PredictionDocument, { id })
    const output = prediction!.output as Extract<NonNullable<typeof prediction>['output'], { text: string }>
    expect(whole.text).toBe(output.text)
    const { toolCalls, openToolCall } = output
    expect(toolCalls.length).toBeGreaterThan(0)
    expect(
      whole.calls
        .slice(0, toolCalls.length)
        .map((call) => ({ ...call, arguments: JSON.parse(call.arguments) as unknown })),
    ).toEqual(toolCalls)
    expect(whole.calls.length).toBe(toolCalls.length + (openToolCall ? 1 : 0))
    // Each cursor leads to what came after it, in as many pieces or in fewer.
    const rests = await Promise.all(whole.cursors.slice(0, -1).map((cursor) => new CallsReader().read(id, cursor)))
    const joined = whole.calls.map((call) => call.arguments).join('')
    let length = Infinity
    for (const rest of rests) {
      expect(whole.text.endsWith(rest.text)).toBe(true)
      const written = rest.calls.map((call) => call?.arguments ?? '').join('')
      expect(joined.endsWith(written)).toBe(true)
      expect(written.length).toBeLessThanOrEqual(length)
      length = written.length
    }
    expect(new Set(rests.map((rest) => rest.calls.map((call) => call?.arguments ?? '').join(''))).size).toBeGreaterThan(
      3,
    )
  })

  test('is in the snapshot of who comes later, and goes on from there', async () => {
    const { id } = await startChat(server, toInput({ maxToolCalls: 1 }))
    const early = new CallsReader().read(id, null)
    for await (const { predictionEvents: item } of server.subscribe(PredictionEventsDocument, { id })) {
      const isOpen = item.__typename === 'TokensDelta' && item.toolCalls.some((call) => call.arguments.length > 0)
      if (isOpen || item.__typename === 'StreamEnd') break
    }
    const late = await new CallsReader().read(id, null)
    const parsed = ({ calls }: CallsReader) =>
      calls.map((call) => ({ ...call, arguments: JSON.parse(call.arguments) as unknown }))
    expect(parsed(late)).toEqual(parsed(await early))
  })
})

describe('a message of the assistant at the end', () => {
  test('is continued', async () => {
    const begun = [
      { role: 'USER' as const, content: [{ text: 'Count from one to ten in words.' }] },
      { role: 'ASSISTANT' as const, content: [{ text: 'One, two, three, four,' }] },
    ]
    const { output } = await predict(toInput({ messages: begun, tools: [], toolChoice: null }, { maxTokens: 6 }))
    expect(output.text).toMatch(/^ five, six/)
  })
})
