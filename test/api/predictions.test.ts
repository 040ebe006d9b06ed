import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  CancelPredictionDocument,
  DeletePredictionDocument,
  EstimateDocument,
  FindNodeDocument,
  PredictDocument,
  PredictionDocument,
  PredictionsDocument,
  PredictionTokensDocument,
  StartPredictionDocument,
  type PredictInput,
} from '../generated/graphql.js'
import {
  CHAT_MODEL,
  cosine,
  EMBEDDING_MODEL,
  firstRealDifference,
  readGolden,
  type GoldenEmbedding,
  type GoldenGeneration,
} from '../support/models.js'
import { chat, embedding, PredictionReader, readWhole, requirePrediction, startChat } from '../support/predictions.js'
import { isFullTest } from '../support/seed.js'
import { TestServer } from '../support/server.js'
import { openStore, STORES, STORES_BRIEFLY } from '../support/stores.js'
import { waitFor } from '../support/wait.js'

const GOLDENS = isFullTest() ? 1_000 : 3

describe.each(STORES)('predictions, kept in %s', (store) => {
  const stack = new AsyncDisposableStack()
  let server: TestServer

  beforeAll(async () => {
    const environment = await openStore(stack, store)
    server = stack.use(await TestServer.start({ ...environment, GRAPHLOOM_MODEL_QUEUE_LENGTH: '6' }))
  })
  afterAll(() => stack.disposeAsync())

  const predict = async (
    input: PredictInput,
    options: { deadlineMs?: number; store?: boolean; priority?: number } = {},
  ) => (await server.request(PredictDocument, { input, ...options })).predict

  test('the same key and input give the same prediction, another input a conflict, also when they race', async () => {
    const input = embedding('one of a kind')
    const start = (asked: PredictInput, idempotencyKey: string) =>
      server.request(StartPredictionDocument, { input: asked, idempotencyKey })
    const results = await Promise.all(Array.from({ length: 20 }, () => start(input, 'race')))
    const ids = new Set(
      results.map(({ startPrediction }) =>
        startPrediction.__typename === 'Prediction' ? startPrediction.id : startPrediction.code,
      ),
    )
    expect(ids.size).toBe(1)
    expect((await start(embedding('another'), 'race')).startPrediction).toMatchObject({
      __typename: 'IdempotencyConflict',
      code: 'IDEMPOTENCY_CONFLICT',
    })
  })

  test('cancelling stops a running text at once and keeps what there was; readers learn why', async () => {
    const { id } = await startChat(server, chat('Count to a thousand.', { maxTokens: 2_000, temperature: 1 }))
    const reader = new PredictionReader()
    await reader.read(server, id, { until: (so) => so.text.length > 20 })
    const following = reader.read(server, id)
    const { cancelPrediction } = await server.request(CancelPredictionDocument, { input: { id } })
    expect(cancelPrediction).toMatchObject({ state: 'CANCELLED', finishReason: 'CANCELLED' })
    await following
    expect(reader).toMatchObject({ ended: true, state: 'CANCELLED', mistakes: [] })
    const { prediction } = await server.request(PredictionDocument, { id })
    expect(prediction?.output).toMatchObject({ __typename: 'TextOutput', text: reader.text })
    const again = await server.request(CancelPredictionDocument, { input: { id } })
    expect(again.cancelPrediction).toMatchObject({ state: 'CANCELLED' })
  })

  test('nothing of it is kept when it is not to be stored', async () => {
    const result = await requirePrediction(server, embedding('a secret'), { store: false })
    expect(result.output?.__typename).toBe('EmbeddingOutput')
    expect((await server.request(PredictionDocument, { id: result.id })).prediction).toBeNull()
    const { id } = await startChat(server, chat('Hello', { maxTokens: 20 }), { store: false })
    const reader = await readWhole(server, id)
    expect(reader).toMatchObject({ ended: true, state: 'SUCCEEDED', mistakes: [] })
    expect(reader.text.length).toBeGreaterThan(0)
    await waitFor('it to be gone', async () => (await server.request(PredictionDocument, { id })).prediction === null)
  })

  test('deleting takes an ended prediction with its stream, and nothing else', async () => {
    const result = await requirePrediction(server, embedding('to be deleted'))
    const deletion = await server.request(DeletePredictionDocument, { input: { id: result.id } })
    expect(deletion.deletePrediction).toEqual({ __typename: 'DeletedPrediction', deletedId: result.id })
    expect((await server.request(FindNodeDocument, { id: result.id })).node).toBeNull()
    const again = await server.request(DeletePredictionDocument, { input: { id: result.id } })
    expect(again.deletePrediction).toMatchObject({ __typename: 'NotFound' })
    await expect(readWhole(server, result.id)).rejects.toThrow('NOT_FOUND')
    const running = await startChat(server, chat('Keep going.', { maxTokens: 2_000, temperature: 1 }))
    const refused = await server.request(DeletePredictionDocument, { input: { id: running.id } })
    expect(refused.deletePrediction).toMatchObject({ __typename: 'Conflict' })
    await server.request(CancelPredictionDocument, { input: { id: running.id } })
  })

  test('large inputs and outputs come back whole', async () => {
    const texts = Array.from({ length: 200 }, (_, i) => `text number ${i} ${'x'.repeat(300)}`)
    const result = await requirePrediction(server, embedding(...texts))
    const { prediction } = await server.request(PredictionDocument, { id: result.id })
    expect(prediction?.output).toEqual(result.output)
    expect(prediction?.input).toEqual({ kind: 'EMBEDDING', texts })
  })

  test('lists are paged both ways, filtered and stable under inserts', async () => {
    for (let i = 0; i < 5; i++) await predict(embedding(`page ${i}`))
    const list = async (variables: object) => (await server.request(PredictionsDocument, variables)).predictions
    const first = await list({ first: 3, filter: { kind: 'EMBEDDING', state: ['SUCCEEDED'] } })
    expect(first.nodes).toHaveLength(3)
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false })
    await predict(embedding('comes in between'))
    const second = await list({
      first: 3,
      after: first.pageInfo.endCursor,
      filter: { kind: 'EMBEDDING', state: ['SUCCEEDED'] },
    })
    expect(second.nodes.map((node) => node.id).filter((id) => first.nodes.some((node) => node.id === id))).toEqual([])
    const back = await list({
      last: 3,
      before: second.pageInfo.startCursor,
      filter: { kind: 'EMBEDDING', state: ['SUCCEEDED'] },
    })
    expect(back.nodes).toEqual(first.nodes.map((node) => expect.objectContaining({ id: node.id })))
    const { errors } = await server.send(PredictionsDocument, { first: 101 })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', inputPath: 'first' })
  })

  // What follows hardly depends on the store.
  if (!STORES_BRIEFLY.includes(store)) return

  test('embeddings are those of the file', async () => {
    const all = readGolden<GoldenEmbedding>(EMBEDDING_MODEL)
    // The file has one text cut to the model's 256 tokens; here a text that is longer is refused.
    const cut = all.filter((item) => item.tokenIds.length === 256)
    expect(await predict(embedding(cut[0]!.text))).toMatchObject({
      __typename: 'InvalidInput',
      path: 'input.embedding.texts.0',
    })
    const golden = all.filter((item) => item.tokenIds.length < 256)
    const result = await predict(embedding(...golden.map((item) => item.text)))
    if (result.__typename !== 'Prediction' || result.output?.__typename !== 'EmbeddingOutput')
      throw new Error(JSON.stringify(result))
    expect(result.usage.inputTokens).toBe(golden.reduce((total, item) => total + item.tokenIds.length, 0))
    for (const { index, values } of result.output.vectors)
      expect(cosine(values, golden[index]!.embedding)).toBeGreaterThanOrEqual(0.9999)
  })

  test('greedy answers are those of the file', async () => {
    for (const golden of readGolden<GoldenGeneration>(CHAT_MODEL).slice(0, GOLDENS)) {
      const { id } = await startChat(
        server,
        chat(golden.prompt, { temperature: 0, maxTokens: golden.greedyTokenIds.length }),
      )
      await readWhole(server, id)
      const { prediction } = await server.request(PredictionTokensDocument, { id, first: 1_000 })
      const tokens =
        prediction?.output && 'tokens' in prediction.output ? prediction.output.tokens.map((token) => token.id) : []
      expect(tokens.length).toBeGreaterThan(0)
      expect(firstRealDifference(golden, tokens)).toBe(-1)
      if (tokens.join() === golden.greedyTokenIds.join()) expect((await readWhole(server, id)).text).toBe(golden.text)
    }
  })

  test('a completion goes on from its text, with log-probabilities when asked for', async () => {
    const result = await requirePrediction(server, {
      completion: {
        model: `${CHAT_MODEL}:1`,
        prompt: 'Once upon a time',
        generation: { maxTokens: 5, temperature: 0, logprobs: 2 },
      },
    })
    expect(result).toMatchObject({
      state: 'SUCCEEDED',
      kind: 'COMPLETION',
      finishReason: 'LENGTH',
      usage: { outputTokens: 5 },
    })
    expect(result.timings.totalMs).toBeGreaterThan(0)
    const { prediction } = await server.request(PredictionTokensDocument, { id: result.id })
    const tokens = prediction?.output && 'tokens' in prediction.output ? prediction.output.tokens : []
    expect(tokens).toHaveLength(5)
    for (const token of tokens) expect(token.alternatives).toHaveLength(2)
  })

  test('a full queue refuses more and says when to come again; waiting ones can be cancelled', async () => {
    const long = () =>
      server.request(StartPredictionDocument, { input: chat('Go on for ever.', { maxTokens: 3_000, temperature: 1 }) })
    const results = await Promise.all(Array.from({ length: 16 }, long))
    const refused = results.filter(({ startPrediction }) => startPrediction.__typename === 'Overloaded')
    const ids = results.flatMap(({ startPrediction }) =>
      startPrediction.__typename === 'Prediction' ? [startPrediction.id] : [],
    )
    expect(refused.length).toBeGreaterThan(0)
    for (const { startPrediction } of refused)
      if (startPrediction.__typename === 'Overloaded') expect(startPrediction.retryAfterMs).toBeGreaterThan(0)
    const ends = await Promise.all(
      ids.toReversed().map((id) => server.request(CancelPredictionDocument, { input: { id } })),
    )
    for (const { cancelPrediction } of ends) expect(cancelPrediction).toMatchObject({ state: 'CANCELLED' })
  })

  test('a deadline ends what is late, with what there was', async () => {
    const result = await predict(chat('Write a book.', { maxTokens: 4_000, temperature: 1 }), { deadlineMs: 400 })
    expect(result).toMatchObject({
      __typename: 'DeadlineExceeded',
      code: 'DEADLINE_EXCEEDED',
      prediction: { state: 'FAILED' },
    })
  })

  test('an estimate counts the tokens exactly and starts nothing', async () => {
    const golden = readGolden<GoldenGeneration>(CHAT_MODEL)[0]!
    const { estimate } = await server.request(EstimateDocument, { input: chat(golden.prompt) })
    expect(estimate.inputTokens).toBe(golden.promptTokenIds.length)
  })

  test.each<[string, PredictInput, object]>([
    ['no such model', { embedding: { model: 'nope', texts: ['x'] } }, { __typename: 'NotFound', code: 'NOT_FOUND' }],
    ['no such version', { embedding: { model: `${EMBEDDING_MODEL}:9`, texts: ['x'] } }, { __typename: 'NotFound' }],
    ['no such alias', { embedding: { model: `${EMBEDDING_MODEL}@nope`, texts: ['x'] } }, { __typename: 'NotFound' }],
    ['a reference that is none', { embedding: { model: 'a b', texts: ['x'] } }, { __typename: 'InvalidInput' }],
    [
      'a model for other work',
      { embedding: { model: CHAT_MODEL, texts: ['x'] } },
      { __typename: 'InvalidInput', path: 'input.embedding.model' },
    ],
    ['no texts', { embedding: { model: EMBEDDING_MODEL, texts: [] } }, { path: 'input.embedding.texts' }],
    ['half a character', embedding('x', '\ud83d'), { path: 'input.embedding.texts.1' }],
    [
      'too long a text',
      embedding('word '.repeat(300)),
      { path: 'input.embedding.texts.0', message: expect.stringContaining('256') as string },
    ],
    [
      'too long a prompt',
      chat('word '.repeat(9_000)),
      { path: 'input.chat.messages', message: expect.stringContaining('8191') as string },
    ],
    ['too many texts', embedding(...Array.from({ length: 257 }, () => 'x')), { path: 'input.embedding.texts' }],
    ['a negative temperature', chat('x', { temperature: -1 }), { path: 'input.chat.generation.temperature' }],
    [
      'too many stop strings',
      chat('x', { stop: Array.from({ length: 9 }, () => 'x') }),
      { path: 'input.chat.generation.stop' },
    ],
  ])('%s is refused by what was wrong', async (_what, input, problem) => {
    expect(await predict(input)).toMatchObject(problem)
    const { startPrediction } = await server.request(StartPredictionDocument, { input })
    expect(startPrediction).toMatchObject(problem)
  })

  test('exactly one input is allowed', async () => {
    const { errors } = await server.send(PredictDocument, {
      input: { ...embedding('x'), ...chat('y') } as PredictInput,
    })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' })
  })
})
