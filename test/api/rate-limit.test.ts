import { expect, test } from 'vitest'
import { EnqueueTaskDocument, ModelsDocument, SearchDocument, StartPredictionDocument } from '../generated/graphql.js'
import { sleep } from '../support/enqueued-tasks.js'
import { chat } from '../support/predictions.js'
import { openQuickModels } from '../support/quick-models.js'
import { TestServer } from '../support/server.js'

interface Answer {
  readonly data?: Record<string, { readonly __typename: string }> | null
  readonly errors?: readonly { readonly message: string; readonly extensions: Record<string, unknown> }[]
}

const PER_MINUTE = 3

test('searching is limited by the minute apart from what starts work', async () => {
  await using stack = new AsyncDisposableStack()
  const server = stack.use(
    await TestServer.start({
      ...(await openQuickModels(stack)),
      GRAPHLOOM_QUERY_RATE_LIMIT_PER_MINUTE: String(PER_MINUTE),
    }),
  )
  const ask = () =>
    server.send(SearchDocument, { input: { knowledgeBases: ['none'], query: 'anything', mode: 'TEXT' } })
  for (let i = 0; i < PER_MINUTE; i++)
    expect((await ask()).errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND' })
  expect((await ask()).errors?.[0]?.extensions).toMatchObject({
    code: 'RATE_LIMITED',
    limit: { name: 'GRAPHLOOM_QUERY_RATE_LIMIT_PER_MINUTE', value: PER_MINUTE, actual: PER_MINUTE + 1 },
  })
  const task = await server.request(EnqueueTaskDocument, { input: sleep(0) })
  expect(task.enqueueTask.__typename).toBe('Task')
})

test('starting predictions and tasks is limited by the minute, in any way of asking, and reading is not', async () => {
  await using stack = new AsyncDisposableStack()
  const server = stack.use(
    await TestServer.start({
      ...(await openQuickModels(stack)),
      GRAPHLOOM_RATE_LIMIT_PER_MINUTE: String(PER_MINUTE),
    }),
  )
  const variables = { input: chat('Hello', { maxTokens: 1 }) }
  const send = async (query: string): Promise<Answer> => {
    const response = await fetch(server.graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    })
    return (await response.json()) as Answer
  }

  const first = await server.request(StartPredictionDocument, variables)
  expect(first.startPrediction.__typename).toBe('Prediction')

  const aliased = await send(`mutation ($input: PredictInput!) {
    a: startPrediction(input: $input) { __typename }
    b: predict(input: $input) { __typename }
  }`)
  expect(aliased).toEqual({ data: { a: { __typename: 'Prediction' }, b: { __typename: 'Prediction' } } })

  const refused = await send('mutation ($input: PredictInput!) { predict(input: $input) { __typename } }')
  expect(refused.errors).toHaveLength(1)
  expect(refused.errors?.[0]?.extensions).toMatchObject({
    code: 'RATE_LIMITED',
    retryable: true,
    limit: { name: 'GRAPHLOOM_RATE_LIMIT_PER_MINUTE', value: PER_MINUTE, actual: PER_MINUTE + 1 },
  })
  const retryAfterMs = refused.errors?.[0]?.extensions['retryAfterMs'] as number
  expect(retryAfterMs).toBeGreaterThan(0)
  expect(retryAfterMs).toBeLessThanOrEqual(60_000)

  const task = await server.send(EnqueueTaskDocument, { input: sleep(0) })
  expect(task.errors?.[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED' })

  const { models } = await server.request(ModelsDocument, {})
  expect(models.length).toBeGreaterThan(0)
})
