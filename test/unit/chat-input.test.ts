import { describe, expect, test } from 'vitest'
import { GraphloomError } from '../../src/kernel/errors.js'
import type { Json } from '../../src/kernel/json.js'
import type { ChatRequest, MessageRequest, ToolRequest } from '../../src/services/predictions/prediction-input.js'
import { parseChat } from '../../src/services/predictions/text-input.js'

const user: MessageRequest = { role: 'USER', content: ['Rain?'] }
const weather: ToolRequest = {
  name: 'weather',
  description: 'Tells it.',
  parameters: { type: 'object', title: 'Place', properties: { city: { type: 'string', description: 'Where.' } } },
}
const call = { id: 'c1', name: 'weather', arguments: { city: 'Paris' } }
const asking: MessageRequest = { role: 'ASSISTANT', content: [], toolCalls: [call] }
const result: MessageRequest = { role: 'TOOL', content: ['Sun.'], toolCallId: 'c1' }

const toRequest = (request: Partial<ChatRequest>): ChatRequest => ({
  kind: 'CHAT',
  model: 'm',
  messages: [user],
  generation: {},
  ...request,
})

const problemOf = (request: Partial<ChatRequest>): string => {
  try {
    parseChat(toRequest(request))
    return ''
  } catch (error) {
    expect(error).toBeInstanceOf(GraphloomError)
    expect((error as GraphloomError).code).toBe('INVALID_INPUT')
    return (error as GraphloomError).message
  }
}

describe('tools of a chat', () => {
  test('are told whole, and called by what the engine can honour of them', () => {
    const none = { name: 'now', parameters: { type: 'object' } }
    const { tools, settings } = parseChat(toRequest({ tools: [weather, none] }))
    expect(tools).toEqual([weather, { ...none, description: '' }])
    expect(settings.constraint).toEqual({
      kind: 'TOOLS',
      tools: [
        {
          name: 'weather',
          parameters: { type: 'object', properties: { city: { type: 'string' } }, additionalProperties: false },
        },
        { name: 'now', parameters: { type: 'object', additionalProperties: false } },
      ],
      isRequired: false,
      maxCalls: 8,
    })
  })

  test('are called as toolChoice says', () => {
    const tools = [weather, { ...weather, name: 'map' }]
    const constraintOf = (request: Partial<ChatRequest>) =>
      parseChat(toRequest({ tools, ...request })).settings.constraint
    expect(constraintOf({ toolChoice: { mode: 'AUTO' } })).toMatchObject({ isRequired: false })
    expect(constraintOf({ toolChoice: { mode: 'REQUIRED' }, maxToolCalls: 1 })).toMatchObject({
      isRequired: true,
      maxCalls: 1,
      tools: [{ name: 'weather' }, { name: 'map' }],
    })
    expect(constraintOf({ toolChoice: { tool: 'map' } })).toMatchObject({ isRequired: true, tools: [{ name: 'map' }] })
    const silent = parseChat(toRequest({ tools, toolChoice: { mode: 'NONE' }, responseSchema: { type: 'null' } }))
    expect(silent).not.toHaveProperty('tools')
    expect(silent.settings.constraint).toEqual({ kind: 'JSON_SCHEMA', schema: { type: 'null' } })
  })

  const withParameters = (parameters: unknown): Partial<ChatRequest> => ({ tools: [{ name: 'f', parameters }] })
  const deep = Array.from({ length: 70 }).reduce<Json>((inner) => ({ a: inner }), {})
  test.each<[Partial<ChatRequest>, RegExp]>([
    [{ tools: [{ name: 'f' }] }, /^input\.chat\.tools\.0\.parameters: must be a JSON Schema/],
    [withParameters(null), /^input\.chat\.tools\.0\.parameters: must be a JSON Schema/],
    [withParameters([]), /^input\.chat\.tools\.0\.parameters: must be a JSON Schema/],
    [withParameters({ type: 'string' }), /^input\.chat\.tools\.0\.parameters: must have "type": "object"/],
    [withParameters({}), /^input\.chat\.tools\.0\.parameters: must have "type": "object"/],
    [withParameters({ type: 'object', default: deep }), /^input\.chat\.tools\.0\.parameters: is nested/],
    [withParameters({ type: 'object', title: '\ud800' }), /^input\.chat\.tools\.0\.parameters: has half of a/],
    [
      withParameters({ type: 'object', properties: { x: { type: 'array', uniqueItems: true } } }),
      /^input\.chat\.tools\.0\.parameters: #\/properties\/x has the keyword "uniqueItems"/,
    ],
    [{ tools: [weather, { ...weather, name: 'a b' }] }, /^input\.chat\.tools\.1\.name: must have/],
    [{ tools: [{ ...weather, name: '' }] }, /^input\.chat\.tools\.0\.name: must have/],
    [{ tools: [weather, weather] }, /^input\.chat\.tools\.1\.name: "weather" is the name of another/],
    [{ tools: [{ ...weather, description: 'x'.repeat(8_193) }] }, /^input\.chat\.tools\.0\.description: has more/],
    [{ tools: Array.from({ length: 65 }, (_, i) => ({ ...weather, name: `f${i}` })) }, /^input\.chat\.tools: has 65/],
    [{ tools: [weather], toolChoice: { tool: 'map' } }, /^input\.chat\.toolChoice\.tool: "map" is none/],
    [{ tools: [weather], toolChoice: {} }, /^input\.chat\.toolChoice: must have exactly one/],
    [{ toolChoice: { mode: 'REQUIRED' } }, /^input\.chat\.toolChoice\.mode: is REQUIRED/],
    [{ tools: [weather], maxToolCalls: 0 }, /^input\.chat\.maxToolCalls: is 0/],
    [{ tools: [weather], maxToolCalls: 33 }, /^input\.chat\.maxToolCalls: is 33/],
    [
      { tools: [weather], responseSchema: { type: 'null' } },
      /^input\.chat\.responseSchema: is not allowed beside tools/,
    ],
    [
      { tools: [weather], generation: { constraint: { regex: 'a' } } },
      /^input\.chat\.generation\.constraint: is not allowed beside tools/,
    ],
  ])('%j is refused with its place', (request, problem) => {
    expect(problemOf(request)).toMatch(problem)
  })
})

test('the schemas of all tools together are bounded', () => {
  const large = { type: 'object', properties: { x: { enum: ['x'.repeat(50_000)] } } }
  const tools = ['a', 'b', 'c'].map((name) => ({ name, parameters: large }))
  expect(problemOf({ tools: tools.slice(0, 2) })).toBe('')
  expect(problemOf({ tools })).toMatch(/^input\.chat\.tools: has schemas of 150\d{3} characters; at most 131072/)
})

describe('messages of a chat', () => {
  test('may have calls and their results, and a beginning to go on with', () => {
    const { messages } = parseChat(toRequest({ messages: [user, asking, result] }))
    expect(messages).toEqual([
      { role: 'USER', content: 'Rain?' },
      { role: 'ASSISTANT', content: '', toolCalls: [call] },
      { role: 'TOOL', content: 'Sun.', toolCallId: 'c1', name: 'weather' },
    ])
    const begun: MessageRequest = { role: 'ASSISTANT', content: ['It is'] }
    expect(parseChat(toRequest({ messages: [user, begun] })).messages[1]).toEqual({
      role: 'ASSISTANT',
      content: 'It is',
    })
    const empty = { ...result, content: [] }
    expect(problemOf({ messages: [user, asking, empty] })).toBe('')
  })

  const other = { ...call, id: 'c2' }
  const callWith = (changed: object): MessageRequest => ({ ...asking, toolCalls: [{ ...call, ...changed }] })
  test.each<[readonly MessageRequest[], RegExp]>([
    [[], /^input\.chat\.messages: must have at least one/],
    [[{ role: 'SYSTEM', content: ['Be brief.'] }], /^input\.chat\.messages\.0\.role: the last message/],
    [[user, { role: 'SYSTEM', content: ['x'] }], /^input\.chat\.messages\.1\.role: SYSTEM is allowed for the first/],
    [[user, { role: 'ASSISTANT', content: [] }], /^input\.chat\.messages\.1\.content: must not be empty/],
    [[user, asking], /^input\.chat\.messages\.1\.toolCalls: must be answered/],
    [[{ ...user, toolCalls: [call] }], /^input\.chat\.messages\.0\.toolCalls: is allowed for role ASSISTANT/],
    [[{ ...user, toolCallId: 'c1' }], /^input\.chat\.messages\.0\.toolCallId: is allowed for role TOOL/],
    [[{ ...user, name: 'ada' }], /^input\.chat\.messages\.0\.name: is allowed for role TOOL/],
    [[user, result], /^input\.chat\.messages\.1\.toolCallId: "c1" is no call/],
    [[user, asking, { ...result, toolCallId: 'c2' }], /^input\.chat\.messages\.2\.toolCallId: "c2" is no call/],
    [[user, asking, { role: 'TOOL', content: ['x'] }], /^input\.chat\.messages\.2\.toolCallId: must be given/],
    [[user, asking, result, result], /^input\.chat\.messages\.3\.toolCallId: "c1" is no call/],
    [[user, asking, user, result], /^input\.chat\.messages\.3\.toolCallId: "c1" is no call/],
    [[user, asking, { ...result, name: 'map' }], /^input\.chat\.messages\.2\.name: is "map"; the call is of "weather"/],
    [[user, asking, result, asking, result], /^input\.chat\.messages\.3\.toolCalls\.0\.id: "c1" is the id of another/],
    [
      [user, { ...asking, toolCalls: [call, other, call] }, result],
      /^input\.chat\.messages\.1\.toolCalls\.2\.id: "c1" is the id of another/,
    ],
    [[user, callWith({ id: '' }), result], /^input\.chat\.messages\.1\.toolCalls\.0\.id: must have 1 to 256/],
    [[user, callWith({ name: 'a b' }), result], /^input\.chat\.messages\.1\.toolCalls\.0\.name: must have/],
    [
      [user, callWith({ arguments: [1] }), result],
      /^input\.chat\.messages\.1\.toolCalls\.0\.arguments: must be an object/,
    ],
    [
      [user, callWith({ arguments: { a: 'x'.repeat(65_536) } }), result],
      /^input\.chat\.messages\.1\.toolCalls\.0\.arguments: has more than 65536/,
    ],
    [
      [user, { ...asking, toolCalls: Array.from({ length: 65 }, (_, i) => ({ ...call, id: `c${i}` })) }],
      /^input\.chat\.messages\.1\.toolCalls: has 65 calls/,
    ],
  ])('%j are refused with the place', (messages, problem) => {
    expect(problemOf({ messages })).toMatch(problem)
  })
})
