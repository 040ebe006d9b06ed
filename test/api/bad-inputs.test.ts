import { afterAll, beforeAll, expect, test } from 'vitest'
import { CHAT_MODEL, EMBEDDING_MODEL } from '../support/models.js'
import { TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await TestServer.start({})
})
afterAll(() => server[Symbol.asyncDispose]())

const QUERY = `mutation ($input: PredictInput!) {
  predict(input: $input) { __typename ... on Problem { code message } ... on InvalidInput { path } }
}`

interface Answer {
  readonly data?: {
    readonly predict: { readonly __typename: string; readonly message: string; readonly path?: string }
  }
  readonly errors?: readonly { readonly message: string; readonly extensions: Record<string, unknown> }[]
}

/** Sends variables as they are written: JSON knows numbers that JavaScript's does not write. */
async function send(input: string): Promise<Answer> {
  const response = await fetch(server.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: `{"query":${JSON.stringify(QUERY)},"variables":{"input":${input}}}`,
  })
  return (await response.json()) as Answer
}

const USER = '{"role":"USER","content":[{"text":"Hello."}]}'
const ASKING = '{"role":"ASSISTANT","toolCalls":[{"id":"c1","name":"look","arguments":{}}]}'
const chat = (rest: string, messages = USER): string =>
  `{"chat":{"model":"${CHAT_MODEL}","messages":[${messages}]${rest === '' ? '' : `,${rest}`}}}`
const generation = (settings: string): string => chat(`"generation":{${settings}}`)
const tool = (rest: string): string => chat(`"tools":[{"name":"look"${rest}}]`)
const completion = (rest: string): string => `{"completion":{"model":"${CHAT_MODEL}",${rest}}}`

/** What does not fit its type in the schema: an error of the whole request. */
const OF_WRONG_TYPE: readonly (readonly [string, string])[] = [
  [generation('"temperature":1e999'), 'input.chat.generation.temperature'],
  [generation('"temperature":"NaN"'), 'input.chat.generation.temperature'],
  [generation('"topP":"0.5"'), 'input.chat.generation.topP'],
  [generation('"maxTokens":-1e999'), 'input.chat.generation.maxTokens'],
  [generation('"maxTokens":1.5'), 'input.chat.generation.maxTokens'],
  [generation('"maxTokens":3000000000'), 'input.chat.generation.maxTokens'],
  [generation('"seed":0.5'), 'input.chat.generation.seed'],
  [generation('"seed":1e300'), 'input.chat.generation.seed'],
  [generation('"logitBias":[{"tokenId":1,"bias":1},{"tokenId":1}]'), 'input.chat.generation.logitBias.1'],
  [generation('"heat":1'), 'input.chat.generation'],
  [chat('', '{"role":"ROBOT","content":[]}'), 'input.chat.messages.0.role'],
  [chat('', `${USER},{"role":"user","content":[]}`), 'input.chat.messages.1.role'],
  [chat('', '{"role":"USER","content":[{"text":7}]}'), 'input.chat.messages.0.content.0.text'],
  [chat('', 'null'), 'input.chat.messages.0'],
  [chat('"toolChoice":{"mode":"SOMETIMES"}'), 'input.chat.toolChoice.mode'],
  [chat('"toolChoice":{"mode":"AUTO","tool":"look"}'), 'input.chat.toolChoice'],
  [completion('"prompt":null'), 'input.completion.prompt'],
]

/** What is of its type and makes no sense: `InvalidInput`. */
const OF_WRONG_VALUE: readonly (readonly [string, string])[] = [
  [generation('"temperature":-1'), 'input.chat.generation.temperature'],
  [generation('"temperature":2.5'), 'input.chat.generation.temperature'],
  [generation('"maxTokens":-5'), 'input.chat.generation.maxTokens'],
  [generation('"maxTokens":0'), 'input.chat.generation.maxTokens'],
  [generation('"n":0'), 'input.chat.generation.n'],
  [generation('"n":-3'), 'input.chat.generation.n'],
  [generation('"n":9'), 'input.chat.generation.n'],
  [generation('"topK":-1'), 'input.chat.generation.topK'],
  [generation('"topP":0'), 'input.chat.generation.topP'],
  [generation('"minP":1.01'), 'input.chat.generation.minP'],
  [generation('"repetitionPenalty":0'), 'input.chat.generation.repetitionPenalty'],
  [generation('"presencePenalty":-2.1'), 'input.chat.generation.presencePenalty'],
  [generation('"logprobs":-1'), 'input.chat.generation.logprobs'],
  [generation('"seed":-1'), 'input.chat.generation.seed'],
  [generation('"stop":["",""]'), 'input.chat.generation.stop.0'],
  [generation('"logitBias":[{"tokenId":-1,"bias":0}]'), 'input.chat.generation.logitBias.0.tokenId'],
  [
    generation('"logitBias":[{"tokenId":1,"bias":0},{"tokenId":49152,"bias":0}]'),
    'input.chat.generation.logitBias.1.tokenId',
  ],
  [
    generation('"logitBias":[{"tokenId":1,"bias":0},{"tokenId":1,"bias":2}]'),
    'input.chat.generation.logitBias.1.tokenId',
  ],
  [generation('"constraint":{"regex":""}'), 'input.chat.generation.constraint.regex'],
  [generation('"constraint":{"regex":"(a"}'), 'input.chat.generation.constraint'],
  [generation('"constraint":{"grammar":"root = 1"}'), 'input.chat.generation.constraint'],
  [generation('"constraint":{"grammar":"root ::= root"}'), 'input.chat.generation.constraint'],
  [generation('"constraint":{"grammar":"root ::= [z-a]"}'), 'input.chat.generation.constraint'],
  [generation('"constraint":{"jsonSchema":{"$ref":"#"}}'), 'input.chat.generation.constraint'],
  [generation('"constraint":{"jsonSchema":{"type":"string","pattern":"("}}'), 'input.chat.generation.constraint'],
  [generation('"constraint":{"choice":["a","a"]}'), 'input.chat.generation.constraint.choice'],
  [generation('"constraint":{"jsonSchema":{"not":{}}}'), 'input.chat.generation.constraint'],
  [chat('"responseSchema":{"type":"array","uniqueItems":true}'), 'input.chat.responseSchema'],
  [chat('"responseSchema":7'), 'input.chat.responseSchema'],
  [chat('"responseSchema":{"type":"string","pattern":"("}'), 'input.chat.responseSchema'],
  [chat('"responseSchema":{"minLength":"a"}'), 'input.chat.responseSchema'],
  [
    chat('"responseSchema":{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}'),
    'input.chat.responseSchema',
  ],
  [chat('', ''), 'input.chat.messages'],
  [chat('', '{"role":"USER","content":[]}'), 'input.chat.messages.0.content'],
  [chat('', '{"role":"USER","content":[{"text":"\\ud800"}]}'), 'input.chat.messages.0.content'],
  [chat('', '{"role":"SYSTEM","content":[{"text":"Be brief."}]}'), 'input.chat.messages.0.role'],
  [chat('', `${USER},{"role":"SYSTEM","content":[{"text":"x"}]}`), 'input.chat.messages.1.role'],
  [chat('', `${USER},${ASKING}`), 'input.chat.messages.1.toolCalls'],
  [chat('', `${USER},{"role":"TOOL","toolCallId":"c1"}`), 'input.chat.messages.1.toolCallId'],
  [chat('', `${USER},${ASKING},{"role":"TOOL","toolCallId":"c2"}`), 'input.chat.messages.2.toolCallId'],
  [chat('', `${USER},${ASKING},{"role":"TOOL"}`), 'input.chat.messages.2.toolCallId'],
  [tool(''), 'input.chat.tools.0.parameters'],
  [tool(',"parameters":null'), 'input.chat.tools.0.parameters'],
  [tool(',"parameters":{"type":"array"}'), 'input.chat.tools.0.parameters'],
  [tool(',"parameters":{"type":"object","properties":{"a":{"multipleOf":2}}}'), 'input.chat.tools.0.parameters'],
  [
    tool(',"parameters":{"type":"object","properties":{"a":{"type":"string","pattern":"(?=a)"}}}'),
    'input.chat.tools.0.parameters',
  ],
  [chat('"tools":[{"name":"no good","parameters":{"type":"object"}}]'), 'input.chat.tools.0.name'],
  [chat('"toolChoice":{"mode":"REQUIRED"}'), 'input.chat.toolChoice.mode'],
  [chat('"maxToolCalls":-1'), 'input.chat.maxToolCalls'],
  [chat('', `{"role":"USER","content":[{"text":"${'word '.repeat(9_000)}"}]}`), 'input.chat.messages'],
  [completion('"prompt":""'), 'input.completion.prompt'],
  [completion(`"prompt":"${'word '.repeat(9_000)}"`), 'input.completion.prompt'],
  [completion('"prompt":"x","generation":{"temperature":-0.5}'), 'input.completion.generation.temperature'],
  [completion('"prompt":"x","generation":{"n":99}'), 'input.completion.generation.n'],
  [`{"chat":{"model":"${EMBEDDING_MODEL}","messages":[${USER}]}}`, 'input.chat.model'],
  [`{"chat":{"model":"a:b@c","messages":[${USER}]}}`, 'input.chat.model'],
  ['{"completion":{"model":"a:b@c","prompt":"x"}}', 'input.completion.model'],
]

test.each(OF_WRONG_TYPE)('%.120s is an error that names its place', async (input, path) => {
  const { data, errors = [] } = await send(input)
  expect(data).toBeUndefined()
  expect(errors[0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT', inputPath: path, retryable: false })
})

test.each(OF_WRONG_VALUE)('%.120s is refused by its place', async (input, path) => {
  const { data, errors } = await send(input)
  expect(errors).toBeUndefined()
  expect(data!.predict).toMatchObject({ __typename: 'InvalidInput', code: 'INVALID_INPUT', path })
  expect(data!.predict.message.startsWith(`${path}: `)).toBe(true)
})

test('a number beyond all numbers, written in the operation itself, is refused too', async () => {
  const literal = `mutation { predict(input: { chat: { model: "${CHAT_MODEL}", messages: [{ role: USER, content: [{ text: "x" }] }],
    generation: { temperature: 1e999 } } }) { ... on InvalidInput { path } } }`
  const response = await fetch(server.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: literal }),
  })
  expect(await response.json()).toMatchObject({ data: { predict: { path: 'input.chat.generation.temperature' } } })
})

test('a constraint that only the model cannot honour fails with its place', async () => {
  const query = QUERY.replace('__typename', '__typename ... on Prediction { state error { code message } }')
  const variables = JSON.stringify({
    input: JSON.parse(generation('"constraint":{"regex":"\\\\u{50000}"}')) as unknown,
  })
  const response = await fetch(server.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: `{"query":${JSON.stringify(query)},"variables":${variables}}`,
  })
  expect(await response.json()).toMatchObject({
    data: {
      predict: {
        state: 'FAILED',
        error: {
          code: 'INVALID_INPUT',
          message: expect.stringMatching(
            /^input\.chat\.generation\.constraint: .*nothing that the model has tokens for/,
          ) as string,
        },
      },
    },
  })
})

test('the server serves on', async () => {
  expect(await send(generation('"maxTokens":1'))).toMatchObject({ data: { predict: { __typename: 'Prediction' } } })
})
