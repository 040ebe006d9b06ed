import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createOnnxModelRuntime } from '../../src/adapters/onnxruntime/onnx-model-runtime.js'
import { createTextCodec } from '../../src/adapters/transformers/text-codec.js'
import { parseWrittenArguments, toToolCallText, type WrittenToolCall } from '../../src/domain/tool-call.js'
import { spacedJson, type Json } from '../../src/kernel/json.js'
import type { ModelRunner } from '../../src/ports/model-runtime.js'
import type { ChatRequest, ToolRequest } from '../../src/services/predictions/prediction-input.js'
import { parseChat } from '../../src/services/predictions/text-input.js'
import { ToolCallParser } from '../../src/services/predictions/tool-call-parser.js'
import { joinTokens, type TokensData } from '../../src/services/predictions/tokens-data.js'
import { generate, startBundled } from '../support/inference.js'
import { bundledModel, CHAT_MODEL } from '../support/models.js'
import { silentLogger } from '../support/state.js'

vi.setConfig({ testTimeout: 600_000 })
const full = process.env.GRAPHLOOM_TEST_FULL === '1'

/** What a parser gives for a text in these pieces. */
function parse(pieces: readonly string[]): { readonly text: string; readonly toolCalls: readonly WrittenToolCall[] } {
  const parser = new ToolCallParser()
  const parts = pieces.map((piece): TokensData => ({ ...parser.push(piece), tokens: [] }))
  const { text, toolCalls = [] } = joinTokens([...parts, { text: parser.end(), tokens: [] }])
  return { text, toolCalls: toolCalls.map(({ name, arguments: written }) => ({ name, arguments: written })) }
}

describe('calls in a text', () => {
  const json = fc.dictionary(fc.string(), fc.jsonValue() as fc.Arbitrary<Json>, { maxKeys: 3 })
  const call = fc.record({ name: fc.constantFrom('a', 'get_weather', 'x-1'), arguments: json })
  const plain = fc.oneof(fc.string(), fc.constantFrom('<', '<tool', '<tool_call', '</tool_call>', '<<tool_ca<', '}'))
  const piecesOf = fc.array(fc.tuple(plain, fc.option(call, { nil: null })), { maxLength: 4 })

  test('are told from it, however it is cut into pieces', () => {
    fc.assert(
      fc.property(piecesOf, fc.array(fc.nat({ max: 9 }), { maxLength: 200 }), (parts, lengths) => {
        const written = parts.map(([text, asked]) =>
          [text, asked ? toToolCallText(asked.name, spacedJson(asked.arguments)) : ''].join(''),
        )
        const whole = written.join('')
        const pieces: string[] = []
        let at = 0
        for (const length of lengths) pieces.push(whole.slice(at, (at += length)))
        pieces.push(whole.slice(at))
        const calls = parts.flatMap(([, asked]) => (asked ? [asked] : []))
        expect(parse(pieces)).toEqual({
          text: parts.map(([text]) => text).join(''),
          toolCalls: calls.map((one) => ({ name: one.name, arguments: spacedJson(one.arguments) })),
        })
      }),
    )
  })

  test('have each character of their arguments as soon as it is there, and text that may be a call not before', () => {
    const parser = new ToolCallParser()
    expect(parser.push('So <tool_ca')).toEqual({ text: 'So ', toolCalls: [] })
    expect(parser.push('ll>\n{"name": "f", "argum')).toEqual({ text: '', toolCalls: [] })
    expect(parser.push('ents": {"a": "}</tool')).toEqual({
      text: '',
      toolCalls: [
        { index: 0, name: 'f', arguments: '' },
        { index: 0, name: 'f', arguments: '{"a": "}</tool' },
      ],
    })
    expect(parser.push('_call>"}}\n</tool_call> <').toolCalls).toEqual([{ index: 0, name: 'f', arguments: '_call>"}' }])
    expect(parser.end()).toBe('<')
  })
})

describe('a model with tools', () => {
  const stack = new AsyncDisposableStack()
  const runtime = stack.use(createOnnxModelRuntime({ logger: silentLogger }))
  const codec = stack.use(createTextCodec({ logger: silentLogger }))
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  let runner: ModelRunner
  beforeAll(async () => {
    runner = await startBundled(runtime, CHAT_MODEL)
  })
  afterAll(() => stack.disposeAsync())

  const properties = { city: { type: 'string', maxLength: 16 }, days: { type: 'integer', minimum: 1, maximum: 14 } }
  const weather = { type: 'object', properties, required: ['city', 'days'] }
  const tree = {
    type: 'object',
    properties: { root: { $ref: '#/$defs/node' } },
    required: ['root'],
    $defs: {
      node: {
        type: 'object',
        properties: {
          größe: { enum: ['klein', '大'] },
          child: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] },
        },
        required: ['größe'],
      },
    },
  }
  const TOOLS: readonly ToolRequest[] = [
    { name: 'get', description: 'Gets "it".', parameters: { type: 'object' } },
    { name: 'get_weather', description: 'Tells the weather of the next days.', parameters: weather },
    { name: 'get_weather_map', parameters: { type: 'object', properties: { zoom: { enum: [1, 2, 3] } } } },
    { name: 'get-tree', parameters: tree },
    {
      name: 'getCode',
      parameters: { type: 'object', properties: { code: { type: 'string', pattern: '^[A-Z]{2}$' } } },
    },
    ...Array.from({ length: 12 }, (_, i) => ({ name: `get_${i}`, parameters: { type: 'object', properties: {} } })),
  ]

  async function ask(request: Partial<ChatRequest>) {
    const messages = [{ role: 'USER', content: ['What is the weather in Paris this week?'] }] as const
    const generation = { temperature: 0, maxTokens: 160, ...request.generation }
    const chat = parseChat({ kind: 'CHAT', model: 'm', messages, tools: TOOLS, ...request, generation })
    await codec.checkConstraint(chat.settings.constraint!)
    const codecMessages = messages.map(({ content }) => ({ role: 'user' as const, content: content.join('') }))
    const { path } = bundledModel(CHAT_MODEL)
    const promptTokenIds = await codec.encodeChat(path, { messages: codecMessages, tools: chat.tools ?? [] })
    const written = await generate(runner, { promptTokenIds, settings: chat.settings })
    return { ...written, ...parse([written.text]) }
  }

  const expectValid = (calls: readonly WrittenToolCall[]): void => {
    for (const { name, arguments: written } of calls) {
      const tool = TOOLS.find((one) => one.name === name)
      expect(tool, name).toBeDefined()
      expect(ajv.validate(tool!.parameters as object, JSON.parse(written)), `${name} ${written}`).toBe(true)
    }
  }

  test('begins with a well-formed call where it has to, of any tool', async () => {
    const names = ['get', 'get_weather', 'get_weather_map', 'getCode', 'get_11']
    const asked = names.map(async (name) => {
      const { toolCalls, endedByModel } = await ask({ toolChoice: { tool: name }, maxToolCalls: 1 })
      expect([toolCalls.length, endedByModel]).toEqual([1, true])
      expectValid(toolCalls)
      return toolCalls[0]!.name
    })
    expect(await Promise.all(asked)).toEqual(names)
  })

  test('writes nothing but valid calls of the tools that there are, and no more than it may', async () => {
    let calls = 0
    const seeds = Array.from({ length: full ? 40 : 3 }, (_, seed) => seed)
    const texts = seeds.map(async (seed) => {
      const generation = { temperature: 1.5, maxTokens: 90, frequencyPenalty: 0.2, seed }
      const { toolCalls, text } = await ask({ toolChoice: { mode: 'REQUIRED' }, maxToolCalls: 3, generation })
      const whole = toolCalls.filter((one) => parseWrittenArguments(one) !== null)
      expectValid(whole)
      expect(whole.length).toBeLessThanOrEqual(3)
      expect(text).not.toContain('<tool_call>')
      calls += whole.length
    })
    await Promise.all(texts)
    expect(calls).toBeGreaterThan(seeds.length / 2)
  })

  test('ends after the last call that it may write', async () => {
    const bias = [{ tokenId: 2, bias: -100 }]
    const { toolCalls, endedByModel, text } = await ask({
      toolChoice: { tool: 'get_1' },
      maxToolCalls: 1,
      generation: { logitBias: bias },
    })
    expect({ toolCalls, endedByModel, text }).toEqual({
      toolCalls: [{ name: 'get_1', arguments: '{}' }],
      endedByModel: true,
      text: '',
    })
  })

  test('has a call that is cut off not as a whole one', async () => {
    const { toolCalls, finishReason } = await ask({
      toolChoice: { tool: 'get_weather' },
      generation: { maxTokens: 24 },
    })
    expect(finishReason).toBe('LENGTH')
    expect(toolCalls).toHaveLength(1)
    expect(parseWrittenArguments(toolCalls[0]!)).toBeNull()
  })

  test('writes what a call has to have without choosing it, where it may draft', async () => {
    const request = { toolChoice: { tool: 'get_weather' }, maxToolCalls: 1 } as const
    const plain = await ask(request)
    const drafted = await ask({ ...request, generation: { draft: true } })
    expectValid(drafted.toolCalls)
    expect(drafted.executions).toBeLessThan(plain.executions - 5)
  })
})
