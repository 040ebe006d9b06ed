import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestServer } from '../support/server.js'

interface Answer {
  readonly finishReason?: string
  readonly output?: { readonly text: string; readonly json?: { readonly city: string; readonly people: number } }
  readonly usage?: { readonly outputTokens: number }
  readonly draft?: { readonly acceptedTokens: number }
}

let server: TestServer
const operations = new Map<string, string>()
beforeAll(async () => {
  server = await TestServer.start({})
  const guide = await readFile(join(import.meta.dirname, '../../../docs/generated-text.md'), 'utf8')
  for (const [, text = ''] of guide.matchAll(/^```graphql\n(.*?)^```$/gms)) {
    const [definition] = parse(text).definitions
    operations.set(definition?.kind === 'OperationDefinition' ? definition.name!.value : '', text)
  }
})
afterAll(() => server[Symbol.asyncDispose]())

async function run(name: string): Promise<Answer> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: operations.get(name) }),
  })
  const { data, errors } = (await response.json()) as { data?: { predict: Answer }; errors?: unknown }
  expect(errors).toBeUndefined()
  return data!.predict
}

test('the operations of the guide do what it says', async () => {
  expect([...operations.keys()]).toEqual(['City', 'Judge', 'Code', 'Quote'])
  const city = await run('City')
  expect(city).toMatchObject({ finishReason: 'STOP', output: { json: JSON.parse(city.output!.text) as object } })
  expect(['Berlin', 'Paris', 'Rome']).toContain(city.output!.json!.city)
  expect(['positive', 'negative', 'neutral']).toContain((await run('Judge')).output!.text)
  expect((await run('Code')).output!.text).toMatch(/^[A-Z]{2}-[0-9]{4}$/)
  const quote = await run('Quote')
  expect(quote.usage!.outputTokens).toBeGreaterThan(10)
  expect(quote.draft!.acceptedTokens).toBeGreaterThan(5)
})
