import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TypedDocumentString } from '../generated/graphql.js'
import { TestServer } from '../support/server.js'

interface Call {
  readonly id: string
  readonly name: string
  readonly arguments: Readonly<Record<string, unknown>>
}

interface Answer {
  readonly finishReason?: string
  readonly output?: {
    readonly text: string
    readonly json?: { readonly city: string; readonly people: number }
    readonly toolCalls?: readonly Call[]
    readonly choices?: readonly { readonly index: number; readonly seed: number; readonly text: string }[]
  }
  readonly usage?: { readonly inputTokens: number; readonly cachedInputTokens: number; readonly outputTokens: number }
  readonly draft?: { readonly acceptedTokens: number }
}

let server: TestServer
beforeAll(async () => {
  server = await TestServer.start({})
})
afterAll(() => server[Symbol.asyncDispose]())

/** The operations of a guide by their names, and its variables. */
async function readGuide(file: string) {
  const guide = await readFile(join(import.meta.dirname, '../../../docs', file), 'utf8')
  const operations = new Map<string, string>()
  for (const [, text = ''] of guide.matchAll(/^```graphql\n(.*?)^```$/gms)) {
    const [definition] = parse(text).definitions
    operations.set(definition?.kind === 'OperationDefinition' ? definition.name!.value : '', text)
  }
  const variables = /^```json\n(.*?)^```$/ms.exec(guide)?.[1] ?? '{}'
  return { operations, variables: JSON.parse(variables) as { readonly calls: readonly Call[] } }
}

const runOperation = async <T>(text: string | undefined, variables: object = {}): Promise<T> =>
  server.request(new TypedDocumentString<T, object>(text ?? ''), variables)

test('the guide to generated text does what it says', async () => {
  const { operations } = await readGuide('generated-text.md')
  const run = async (name: string): Promise<Answer> =>
    (await runOperation<{ readonly predict: Answer }>(operations.get(name))).predict
  expect([...operations.keys()]).toEqual(['Titles', 'GoOn', 'Quote'])
  const titles = await run('Titles')
  expect(titles.output!.choices!.map(({ index }) => index)).toEqual([0, 1, 2])
  expect(titles.output!.choices![0]!.seed).toBe(7)
  const promptTokens = titles.usage!.inputTokens / 3
  expect(titles.usage!.cachedInputTokens).toBe(2 * (promptTokens - 2))
  expect((await run('GoOn')).output!.text).toMatch(/^ five, six/)
  const quote = await run('Quote')
  expect(quote.usage!.outputTokens).toBeGreaterThan(10)
  expect(quote.draft!.acceptedTokens).toBeGreaterThan(5)
})

test('the guide to structured output and tools does what it says', async () => {
  const { operations, variables } = await readGuide('structured-output-and-tools.md')
  const run = async (name: string, given: object = {}): Promise<Answer> =>
    (await runOperation<{ readonly predict: Answer }>(operations.get(name), given)).predict
  expect([...operations.keys()]).toEqual(['City', 'Judge', 'Code', 'Ask', 'Answer', 'Start', 'Follow'])
  const city = await run('City')
  expect(city).toMatchObject({ finishReason: 'STOP', output: { json: JSON.parse(city.output!.text) as object } })
  expect(['Berlin', 'Paris', 'Rome']).toContain(city.output!.json!.city)
  expect(['positive', 'negative', 'neutral']).toContain((await run('Judge')).output!.text)
  expect((await run('Code')).output!.text).toMatch(/^[A-Z]{2}-[0-9]{4}$/)

  const asked = await run('Ask')
  expect(asked).toMatchObject({ finishReason: 'TOOL_CALLS', output: { text: '' } })
  const calls = asked.output!.toolCalls!
  expect(calls).toEqual([
    { id: expect.any(String) as string, name: 'get_weather', arguments: expect.any(Object) as object },
  ])
  const example = variables.calls[0]!
  expect(Object.keys(calls[0]!.arguments)).toEqual(Object.keys(example.arguments))
  for (const given of [{ ...variables, calls, callId: calls[0]!.id }, variables])
    expect((await run('Answer', given)).output!.text).toMatch(/[Ss]unny|21/)

  const { startPrediction } = await runOperation<{ readonly startPrediction: { readonly id: string } }>(
    operations.get('Start'),
  )
  const follow = new TypedDocumentString<{ predictionEvents: Item }, object>(operations.get('Follow')!)
  let written = ''
  let reason = ''
  for await (const { predictionEvents: item } of server.subscribe(follow, { id: startPrediction.id })) {
    const { prediction, toolCalls = [] } = item
    const open = prediction?.output?.openToolCall
    for (const delta of [...(open ? [open] : []), ...toolCalls]) written += delta.arguments
    for (const call of prediction?.output?.toolCalls ?? []) written += JSON.stringify(call.arguments)
    reason ||= item.reason ?? ''
  }
  expect(reason).toBe('FINISHED')
  expect(JSON.parse(written)).toEqual({ note: expect.any(String) as string })
})

/** What the guide asks of a stream. */
interface Item {
  readonly prediction?: {
    readonly output?: {
      readonly toolCalls?: readonly Call[]
      readonly openToolCall?: { readonly arguments: string } | null
    } | null
  }
  readonly toolCalls?: readonly { readonly arguments: string }[]
  readonly reason?: string
}
