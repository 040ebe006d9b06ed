import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.js'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

const send = async (body: unknown, accept: string, search = ''): Promise<Record<string, unknown>> => {
  const response = await fetch(`${gateway.url}/graphql${search}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify(body),
  })
  const { date: _date, ...headers } = Object.fromEntries(response.headers)
  // Ids that each failure gets anew.
  const text = (await response.text()).replaceAll(/"(errorId|traceId)":"[^"]*"/g, '"$1":"…"')
  return { status: response.status, headers: { ...headers, 'content-length': null }, text }
}

/** Apollo negotiates what the quality of a media type asks for; the plain form needs no negotiation. */
const PLAIN = ['application/json', '*/*']
const NEGOTIATED = 'application/json;q=0.9'

test.each<[string, unknown]>([
  ['a query', { query: '{ hello }' }],
  ['an alias and a name', { query: 'query A { a: hello } query B { b: hello }', operationName: 'B' }],
  ['variables', { query: 'query ($yes: Boolean!) { hello @include(if: $yes) }', variables: { yes: false } }],
  ['nulls for what is left out', { query: '{ hello }', variables: null, operationName: null, extensions: null }],
  [
    'a variable that does not fit',
    { query: 'query ($yes: Boolean!) { hello @include(if: $yes) }', variables: { yes: 1 } },
  ],
  ['variables that are no object', { query: '{ hello }', variables: 'x' }],
  ['extensions that are no object', { query: '{ hello }', extensions: 'x' }],
  ['a persisted query', { query: '{ hello }', extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } }],
  ['an unknown field', { query: '{ missing }' }],
  ['no GraphQL', { query: '{' }],
  ['no query', {}],
  ['an empty query', { query: '' }],
  ['a name that is not there', { query: '{ hello }', operationName: 'X' }],
  ['an empty name', { query: '{ hello }', operationName: '' }],
  ['several operations and no name', { query: 'query A { hello } query B { hello }' }],
  ['a subscription', { query: 'subscription { topic { number } }' }],
  ['a list', [{ query: '{ hello }' }]],
  ['nothing', null],
  ['a failure of a field', { query: '{ hello fail(how: "error") }' }],
  ['an error of the catalogue in a field', { query: '{ hello fail(how: "catalogue") }' }],
  ['a schema query', { query: '{ __schema { queryType { name } } __typename }' }],
  ['too deep', { query: `{ __schema { types ${'{ ofType '.repeat(40)} { name } ${'}'.repeat(40)} } }` }],
])('%s is answered in plain form as Apollo answers it', async (_case, body) => {
  const wanted = await send(body, NEGOTIATED)
  for (const accept of PLAIN) expect(await send(body, accept)).toEqual(wanted)
})

test('an address with a query is Apollo’s', async () => {
  const body = { query: '{ hello }' }
  expect(await send(body, 'application/json', '?query={hello}')).toEqual(await send(body, NEGOTIATED, '?query={hello}'))
})

test('a mutation is done once', async () => {
  const counts = [await send({ query: 'mutation { increment }' }, 'application/json')]
  counts.push(await send({ query: 'mutation { increment }' }, 'application/json'))
  const [first, second] = counts.map(({ text }) => JSON.parse(text as string) as { data: { increment: number } })
  expect(second!.data.increment).toBe(first!.data.increment + 1)
})
