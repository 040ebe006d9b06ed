import { ROOT_CONTEXT, trace, type Context } from '@opentelemetry/api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, codesOf, TRANSPORTS, type Asked } from '../support/gateway-clients.js'
import { SECRETS } from '../support/gateway-schema.js'
import { LIMITS, startGateway, type TestGateway } from '../support/gateway.js'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({ limits: { subscriptionsPerConnection: 100 } })
})
afterAll(() => gateway[Symbol.asyncDispose]())

const many = (count: number, part: (index: number) => string): string =>
  Array.from({ length: count }, (_, i) => part(i)).join(' ')
const deep = (levels: number): string => `{ items(first: 1) { ${'parent { '.repeat(levels)}id${' }'.repeat(levels)} } }`

interface Limited {
  readonly limit: string
  readonly asked: Asked
  readonly value: number
  readonly actual?: number
}

const LIMITED: readonly Limited[] = [
  {
    limit: 'DOCUMENT_BYTES',
    asked: { query: `{ hello } #${'x'.repeat(LIMITS.documentBytes)}` },
    value: LIMITS.documentBytes,
  },
  {
    limit: 'DOCUMENT_TOKENS',
    asked: { query: `{ ${'hello '.repeat(LIMITS.documentTokens)} }` },
    value: LIMITS.documentTokens,
  },
  { limit: 'OPERATION_DEPTH', asked: { query: deep(8) }, value: 8, actual: 10 },
  {
    limit: 'OPERATION_DEPTH',
    asked: {
      query: `{ items(first: 1) { ...A } } fragment A on Item { parent { parent { parent { ...B } } } } fragment B on Item { parent { parent { parent { parent { id } } } } }`,
    },
    value: 8,
    actual: 9,
  },
  {
    limit: 'OPERATION_ALIASES',
    asked: { query: `{ items(first: 1) { ${many(6, (i) => `a${i}: id`)} } }` },
    value: 5,
    actual: 6,
  },
  {
    limit: 'OPERATION_ALIASES',
    asked: { query: '{ items(first: 1) { ...A parent { ...A } } } fragment A on Item { a: id b: id c: id }' },
    value: 5,
    actual: 6,
  },
  { limit: 'OPERATION_ROOT_FIELDS', asked: { query: `{ ${'hello '.repeat(7)} }` }, value: 6, actual: 7 },
  { limit: 'DIRECTIVES_PER_NODE', asked: { query: '{ hello @mark @mark @mark @mark }' }, value: 3, actual: 4 },
  { limit: 'LIST_ITEMS', asked: { query: '{ items(first: 101) { id } }' }, value: 100, actual: 101 },
  {
    limit: 'LIST_ITEMS',
    asked: { query: 'query ($n: Int) { items(first: $n) { id } }', variables: { n: 500 } },
    value: 100,
    actual: 500,
  },
  {
    limit: 'LIST_ITEMS',
    asked: { query: 'query ($n: Int = 200) { items(first: $n) { id } }' },
    value: 100,
    actual: 200,
  },
  {
    limit: 'LIST_ITEMS',
    asked: { query: 'query ($of: [Int!]) { numbers(of: $of) }', variables: { of: new Array(101).fill(1) } },
    value: 100,
    actual: 101,
  },
  { limit: 'LIST_ITEMS', asked: { query: `{ numbers(of: [${many(101, () => '1')}]) }` }, value: 100, actual: 101 },
  {
    limit: 'OPERATION_COST',
    asked: { query: `{ ${many(5, (i) => `i${i}: items(first: 100) { id name parent { id name } }`)} }` },
    value: 2_000,
  },
  {
    limit: 'VARIABLES_BYTES',
    asked: { query: 'query ($name: String) { hello(name: $name) }', variables: { name: 'x'.repeat(2_000) } },
    value: 2_000,
  },
]

const REFUSED: readonly {
  readonly title: string
  readonly asked: Asked
  readonly code: string
  readonly status: number
}[] = [
  { title: 'syntax', asked: { query: '{ hello' }, code: 'GRAPHQL_PARSE_FAILED', status: 200 },
  { title: 'an unknown field', asked: { query: '{ nothing }' }, code: 'GRAPHQL_VALIDATION_FAILED', status: 200 },
  { title: 'a missing argument', asked: { query: '{ wait }' }, code: 'GRAPHQL_VALIDATION_FAILED', status: 200 },
  {
    title: 'a variable of another type',
    asked: { query: 'query ($n: Int) { items(first: $n) { id } }', variables: { n: 'x' } },
    code: 'BAD_USER_INPUT',
    status: 200,
  },
  {
    title: 'a scalar that does not fit',
    asked: { query: 'query ($at: Day) { day(at: $at) }', variables: { at: 'tomorrow' } },
    code: 'BAD_USER_INPUT',
    status: 200,
  },
  {
    title: 'an unknown operation',
    asked: { query: 'query A { hello } query B { hello }', operationName: 'C' },
    code: 'OPERATION_RESOLUTION_FAILURE',
    status: 200,
  },
]

describe.each(TRANSPORTS)('over %s', (transport) => {
  test.each(REFUSED)('refuses $title', async ({ asked, code }) => {
    const answer = await ask(gateway, transport, asked)
    expect(codesOf(answer)[0]).toBe(code)
    for (const { errors, data } of answer.results) {
      expect(data ?? null).toBeNull()
      for (const error of errors ?? []) expect(error.extensions).toMatchObject({ retryable: false })
    }
  })

  test.each(LIMITED)('limits $limit', async ({ limit, asked, value, actual }) => {
    const answer = await ask(gateway, transport, asked)
    expect(codesOf(answer)).toEqual(['LIMIT_EXCEEDED'])
    const name = `GRAPHLOOM_LIMIT_${limit}`
    expect(answer.results[0]?.errors?.[0]?.extensions?.['limit']).toMatchObject({
      ...{ name, value },
      ...(actual !== undefined && { actual }),
    })
    if (answer.status !== null) expect(answer.status).toBe(400)
  })

  test.each(['error', 'cause', 'text', 'object', 'wrapped', 'internal'])(
    'tells nothing of a failure: %s',
    async (how) => {
      const before = gateway.log.length
      const answer = await ask(gateway, transport, {
        query: 'query ($how: String!) { fail(how: $how) }',
        variables: { how },
      })
      expect(codesOf(answer)).toEqual(['INTERNAL'])
      const text = JSON.stringify(answer)
      for (const secret of SECRETS) expect(text).not.toContain(secret)
      expect(text).not.toMatch(/\.js|stack|node_modules/)
      const errorId = answer.results[0]?.errors?.[0]?.extensions?.['errorId']
      expect(answer.results[0]?.errors?.[0]?.path).toEqual(['fail'])
      expect(gateway.log.slice(before).some((line) => line['errorId'] === errorId && errorId !== undefined)).toBe(true)
    },
  )

  test('an error of the catalogue with what a client may know', async () => {
    const answer = await ask(gateway, transport, { query: '{ hello fail(how: "catalogue") }' })
    expect(answer.results).toMatchObject([
      {
        data: { hello: 'Hello you', fail: null },
        errors: [
          {
            message: 'The queue is full.',
            path: ['fail'],
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
    for (const secret of SECRETS) expect(JSON.stringify(answer)).not.toContain(secret)
  })

  test('a budget of a field counts aliases', async () => {
    await using own = await startGateway()
    const answer = await ask(own, transport, { query: '{ a: limited b: limited c: limited d: limited }' })
    expect(codesOf(answer)).toEqual(['RATE_LIMITED'])
    const [error] = answer.results.flatMap(({ errors }) => errors ?? [])
    expect(error?.extensions).toMatchObject({ retryable: true, limit: { value: 3 } })
    expect(error?.extensions?.['retryAfterMs']).toBeGreaterThan(0)
    const later = await ask(own, transport, { query: 'mutation { limitedMutation }' })
    expect(later.results).toEqual([{ data: { limitedMutation: 1 } }])
  })

  test('introspection can be switched off', async () => {
    await using own = await startGateway({ limits: { introspection: false } })
    for (const query of [
      '{ __schema { queryType { name } } }',
      '{ ...A } fragment A on Query { __type(name: "Item") { name } }',
    ])
      expect(codesOf(await ask(own, transport, { query }))).toEqual(['GRAPHQL_VALIDATION_FAILED'])
    expect((await ask(own, transport, { query: '{ __typename }' })).results).toEqual([
      { data: { __typename: 'Query' } },
    ])
  })

  test('the trace that a client names goes on', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    const traceparent = `00-${traceId}-b7ad6b7169203331-01`
    const seen: (string | undefined)[] = []
    await using own = await startGateway({ toTrace: (given) => (seen.push(given), toContext(given)) })
    const answer = await ask(own, transport, { query: '{ fail(how: "error") }', extensions: { traceparent } })
    expect(seen).toContain(traceparent)
    expect(answer.results[0]?.errors?.[0]?.extensions?.['traceId'] ?? traceId).toBe(traceId)
  })
})

function toContext(traceparent: string | undefined): Context {
  const [, traceId, spanId] = traceparent?.split('-') ?? []
  if (traceId === undefined || spanId === undefined) return ROOT_CONTEXT
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: 1, isRemote: true })
}

describe.each(['websocket', 'event-stream'] as const)('subscriptions over %s', (transport) => {
  test('give every item in order and complete', async () => {
    const { results } = await ask(gateway, transport, { query: 'subscription { count(to: 50) }' })
    expect(results.map(({ data }) => data?.['count'])).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
  })

  test.each(['open:error', 'error', 'wrapped', 'text', 'cause'])(
    'tell nothing of a failing source: %s',
    async (how) => {
      const answer = await ask(gateway, transport, {
        query: 'subscription ($how: String!) { fail(how: $how) }',
        variables: { how },
      })
      expect(codesOf(answer)).toEqual(['INTERNAL'])
      for (const secret of SECRETS) expect(JSON.stringify(answer)).not.toContain(secret)
    },
  )
})
