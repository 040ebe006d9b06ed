import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  CancelPredictionDocument,
  DeletePredictionDocument,
  FindNodeDocument,
  FindNodesDocument,
  LoadModelVersionDocument,
  ModelMetricsDocument,
  ModelVersionDocument,
  PredictionDocument,
  PredictionsDocument,
  PredictionTokensDocument,
  SetModelAliasDocument,
  StartPredictionDocument,
  UnloadModelVersionDocument,
  DeleteModelAliasDocument,
} from '../generated/graphql.js'
import { CHAT_MODEL, EMBEDDING_MODEL } from '../support/models.js'
import { chat, PredictionReader, startChat } from '../support/predictions.js'
import { openQuickModels } from '../support/quick-models.js'
import { JWT_SECRET, signToken, TestServer } from '../support/server.js'
import { openStore, STORES } from '../support/stores.js'

describe.each(STORES)('with documents in %s', (store) => {
  const stack = new AsyncDisposableStack()
  let server: TestServer
  let ada: string
  let eve: string
  let id: string

  beforeAll(async () => {
    const environment = { ...(await openStore(stack, store)), ...(await openQuickModels(stack)) }
    server = stack.use(await TestServer.start({ ...environment, GRAPHLOOM_JWT_SECRET: JWT_SECRET }))
    ada = await signToken('acme')
    eve = await signToken('evil', ['ADMIN', 'MEMBER'])
    id = (await startChat(server, chat('A secret of acme.', { maxTokens: 10 }), { token: ada })).id
  })
  afterAll(() => stack.disposeAsync())

  /** The same question about an object of another tenant, and about one that does not exist. */
  const MISSING = 'pred_00000000000000000000000000'
  const withoutIds = (value: unknown): string =>
    JSON.stringify(value)
      .replaceAll(id, '(id)')
      .replaceAll(MISSING, '(id)')
      .replace(/traceId[\\":]+[0-9a-f]+/g, '')

  describe('another tenant’s objects behave as missing', () => {
    test.each([
      ['prediction', (asked: string) => server.send(PredictionDocument, { id: asked }, eve)],
      ['tokens', (asked: string) => server.send(PredictionTokensDocument, { id: asked }, eve)],
      ['node', (asked: string) => server.send(FindNodeDocument, { id: asked }, eve)],
      ['nodes', (asked: string) => server.send(FindNodesDocument, { ids: [asked] }, eve)],
      ['cancelPrediction', (asked: string) => server.send(CancelPredictionDocument, { input: { id: asked } }, eve)],
      ['deletePrediction', (asked: string) => server.send(DeletePredictionDocument, { input: { id: asked } }, eve)],
    ])('in %s', async (_name, ask) => {
      expect(withoutIds(await ask(id))).toBe(withoutIds(await ask(MISSING)))
    })

    test.each(['websocket', 'sse'] as const)('in predictionEvents over %s', async (transport) => {
      const messages = await Promise.all(
        [id, MISSING].map((asked) =>
          readAs(asked, transport).then(
            () => 'no error',
            (error: unknown) => withoutIds(String(error)),
          ),
        ),
      )
      expect(messages[0]).toContain('NOT_FOUND')
      expect(messages[0]).toBe(messages[1])
    })

    test('in lists and by idempotency keys', async () => {
      expect((await server.request(PredictionsDocument, {}, eve)).predictions.nodes).toEqual([])
      const start = (token: string) =>
        server.request(
          StartPredictionDocument,
          { input: chat('Mine.', { maxTokens: 1 }), idempotencyKey: 'shared name' },
          token,
        )
      const [mine, theirs] = await Promise.all([start(ada), start(eve)])
      if (mine.startPrediction.__typename !== 'Prediction' || theirs.startPrediction.__typename !== 'Prediction')
        throw new Error('not started')
      expect(mine.startPrediction.id).not.toBe(theirs.startPrediction.id)
    })

    test('and the owner has all of it', async () => {
      const reader = new PredictionReader()
      await reader.read(server, id, { token: ada })
      expect(reader).toMatchObject({ ended: true, state: 'SUCCEEDED', mistakes: [] })
      const { prediction } = await server.request(PredictionDocument, { id }, ada)
      expect(prediction?.output).toMatchObject({ __typename: 'TextOutput', text: reader.text })
    })

    async function readAs(asked: string, transport: 'websocket' | 'sse'): Promise<void> {
      await new PredictionReader().read(server, asked, { transport, token: eve })
    }
  })

  test('figures of a model are of the reader’s tenant alone, for an administrator of all', async () => {
    await new PredictionReader().read(server, id, { token: ada })
    const asked = { name: CHAT_MODEL, version: '1', window: 'ONE_HOUR' as const }
    const read = async (token: string) => (await server.request(ModelMetricsDocument, asked, token)).model!.metrics
    const [own, others, all] = [await read(ada), await read(await signToken('other')), await read(eve)]
    expect(own.requests).toBeGreaterThan(0)
    expect(own).toMatchObject({ executions: null, queueLength: null, runningCount: null })
    expect(others).toMatchObject({ requests: 0, inputTokens: 0, executions: null, tokensPerSecond: null })
    expect(all.requests).toBeGreaterThanOrEqual(own.requests)
    expect(all.executions).toBeGreaterThan(0)
  })

  describe('roles', () => {
    test('members use models, administrators manage them', async () => {
      const { modelVersion } = await server.request(ModelVersionDocument, { name: EMBEDDING_MODEL, version: '1' }, ada)
      const version = modelVersion!.id
      const refusals = await Promise.all([
        server.send(LoadModelVersionDocument, { input: { id: version } }, ada),
        server.send(UnloadModelVersionDocument, { input: { id: version } }, ada),
        server.send(SetModelAliasDocument, { input: { name: 'x', modelVersionId: version } }, ada),
        server.send(DeleteModelAliasDocument, { input: { model: EMBEDDING_MODEL, name: 'x' } }, ada),
      ])
      for (const { errors } of refusals) expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' })
      const nobody = await signToken('acme', [])
      const { errors } = await server.send(PredictionDocument, { id }, nobody)
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' })
    })
  })
})
