import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.js'
import { ask, codesOf, TRANSPORTS, type Ask } from '../support/transports.js'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

const CODES: readonly (readonly [string, Ask, string])[] = [
  ['a syntax error', { query: '{ hello(' }, 'GRAPHQL_PARSE_FAILED'],
  ['an unknown field', { query: '{ nothing }' }, 'GRAPHQL_VALIDATION_FAILED'],
  ['a missing variable', { query: 'query ($h: String!) { fail(how: $h) }' }, 'BAD_USER_INPUT'],
  [
    'a variable of another type',
    { query: 'query ($n: String) { hello(name: $n) }', variables: { n: 5 } },
    'BAD_USER_INPUT',
  ],
  [
    'a value a scalar refuses',
    { query: 'query ($d: Day) { day(at: $d) }', variables: { d: 'soon' } },
    'BAD_USER_INPUT',
  ],
  ['a literal a scalar refuses', { query: '{ day(at: "soon") }' }, 'GRAPHQL_VALIDATION_FAILED'],
  ['no such operation', { query: 'query A { hello }', operationName: 'B' }, 'OPERATION_RESOLUTION_FAILURE'],
  ['one of several unnamed', { query: 'query A { hello } query B { hello }' }, 'OPERATION_RESOLUTION_FAILURE'],
  ['a resolver that fails', { query: '{ fail(how: "error") }' }, 'INTERNAL'],
  ['an error of the catalogue', { query: '{ fail(how: "catalogue") }' }, 'OVERLOADED'],
]

describe.each(TRANSPORTS)('over %s', (transport) => {
  test('a query', async () => {
    const answer = await ask(transport, gateway, {
      query: 'query Greet($name: String) { hello(name: $name) } query Other { viewer }',
      operationName: 'Greet',
      variables: { name: 'Ada' },
    })
    expect(answer).toEqual({ status: 200, results: [{ data: { hello: 'Hello Ada' } }] })
  })

  test('a mutation runs once', async () => {
    const numbers: unknown[] = []
    for (let i = 0; i < 2; i++) {
      const { results } = await ask(transport, gateway, { query: 'mutation { increment }' })
      numbers.push(results[0]?.data?.['increment'])
    }
    expect(numbers[1]).toBe(Number(numbers[0]) + 1)
  })

  test('introspection', async () => {
    const { results } = await ask(transport, gateway, { query: '{ __schema { queryType { name } } }' })
    expect(results).toEqual([{ data: { __schema: { queryType: { name: 'Query' } } } }])
  })

  test('a partial result keeps its data and says where it failed', async () => {
    const { results, status } = await ask(transport, gateway, { query: '{ hello fail(how: "catalogue") }' })
    expect(status).toBe(200)
    expect(results).toEqual([
      {
        data: { hello: 'Hello you', fail: null },
        errors: [
          {
            message: 'The queue is full.',
            path: ['fail'],
            locations: [{ line: 1, column: 9 }],
            extensions: {
              code: 'OVERLOADED',
              retryable: true,
              retryAfterMs: 1_500,
              inputPath: 'input.text',
              limit: { name: 'QUEUE', value: 5, actual: 6 },
            },
          },
        ],
      },
    ])
  })

  test.each(CODES)('%s', async (_name, request, code) => {
    const answer = await ask(transport, gateway, request)
    expect(codesOf(answer)).toEqual([code])
    expect(answer.results[0]?.errors?.[0]?.extensions?.['retryable']).toBe(code === 'OVERLOADED')
  })
})

describe.each(['websocket', 'sse'] as const)('subscriptions over %s', (transport) => {
  const count = async (query: string) => (await ask(transport, gateway, { query })).results

  test('every item in order, then the end', async () => {
    expect(await count('subscription { count(to: 50) }')).toEqual(
      Array.from({ length: 50 }, (_, i) => ({ data: { count: i + 1 } })),
    )
  })

  test('going on after a place', async () => {
    expect(await count('subscription { count(to: 5, after: 3) }')).toEqual([
      { data: { count: 4 } },
      { data: { count: 5 } },
    ])
  })

  test('one that has nothing', async () => {
    expect(await count('subscription { count(to: 0) }')).toEqual([])
  })

  test('one that cannot be opened', async () => {
    const answer = await ask(transport, gateway, { query: 'subscription { fail(how: "open:catalogue") }' })
    expect(codesOf({ ...answer, results: answer.results.slice(-1) })).toEqual(['OVERLOADED'])
  })

  test('one that breaks between items', async () => {
    const { results } = await ask(transport, gateway, { query: 'subscription { fail(how: "catalogue") }' })
    expect(results[0]).toEqual({ data: { fail: 1 } })
    expect(codesOf({ status: 200, results: results.slice(1) })).toEqual(['OVERLOADED'])
  })
})

test('a subscription over plain HTTP is refused', async () => {
  const { status, results } = await ask('http', gateway, { query: 'subscription { count(to: 1) }' })
  expect(status).toBeGreaterThanOrEqual(400)
  expect(status).toBeLessThan(500)
  expect(results[0]?.data).toBeUndefined()
})

test('a mutation by GET over server-sent events is refused', async () => {
  const response = await fetch(`${gateway.streamUrl}?query=${encodeURIComponent('mutation { increment }')}`, {
    headers: { accept: 'text/event-stream' },
  })
  expect(response.status).toBe(405)
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'METHOD_NOT_ALLOWED' } }] })
})

test('a batch is answered in order', async () => {
  const response = await fetch(gateway.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ query: '{ hello }' }, { query: '{ nothing }' }, { query: '{ numbers(of: [1, 2]) }' }]),
  })
  expect(await response.json()).toMatchObject([
    { data: { hello: 'Hello you' } },
    { errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] },
    { data: { numbers: 2 } },
  ])
})

test('the operator’s routes', async () => {
  const get = async (path: string) => {
    const response = await fetch(`${gateway.url}${path}`)
    return {
      status: response.status,
      text: await response.text(),
      policy: response.headers.get('content-security-policy'),
    }
  }
  expect(await get('/health/live')).toMatchObject({ status: 200 })
  expect(JSON.parse((await get('/health/ready')).text)).toMatchObject({
    ready: true,
    checks: [{ name: 'state store' }],
  })
  expect((await get('/metrics')).text).toContain('graphloom_up 1')
  expect((await get('/schema.graphql')).text).toContain('type Query')
  const page = await get('/')
  expect(page.text).toContain('1.2.3')
  expect(page.text).toContain('&#60;traces&#62;')
  const nonce = /script-src 'nonce-([^']+)'/.exec(page.policy ?? '')?.[1]
  expect(page.text).toContain(`<script nonce="${nonce}">`)
  expect(await get('/nothing')).toMatchObject({ status: 404 })
  const response = await fetch(`${gateway.url}/health/live`, { method: 'POST' })
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET'])
})
