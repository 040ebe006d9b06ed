import { expect, test } from 'vitest'
import { PredictionDocument } from '../generated/graphql.js'
import { chat, embedding, PredictionReader, readWhole, requirePrediction, startChat } from '../support/predictions.js'
import { TestServer } from '../support/server.js'
import { openStore, STORES } from '../support/stores.js'
import { waitFor } from '../support/wait.js'

test.each(STORES)(
  'what has been kept long enough goes, from %s too',
  async (store) => {
    await using stack = new AsyncDisposableStack()
    const environment = { ...(await openStore(stack, store)), GRAPHLOOM_RETENTION_INTERVAL_MS: '100' }
    const keeping = await TestServer.start({ ...environment, GRAPHLOOM_EVENT_RETENTION_MS: '0' })
    const { id } = await startChat(keeping, chat('Hello', { maxTokens: 20 }))
    const whole = await readWhole(keeping, id)
    // Its events go at once, and the prediction stays: a cursor into them gives the whole object.
    await waitFor('the events to be gone', async () => {
      const late = new PredictionReader()
      late.cursor = Buffer.from(`${id}:1`).toString('base64url')
      late.sequence = 1
      await late.read(keeping, id)
      return late.items === 2 && late.text === whole.text && late.ended && late.mistakes.length === 0
    })
    await keeping[Symbol.asyncDispose]()
    await using forgetting = await TestServer.start({ ...environment, GRAPHLOOM_PREDICTION_RETENTION_MS: '0' })
    await waitFor(
      'the prediction to be gone',
      async () => (await forgetting.request(PredictionDocument, { id })).prediction === null,
    )
    const texts = Array.from({ length: 100 }, (_, i) => `large enough for a blob ${i}`)
    const large = await requirePrediction(forgetting, embedding(...texts))
    await waitFor(
      'that one too',
      async () => (await forgetting.request(PredictionDocument, { id: large.id })).prediction === null,
    )
    await expect(readWhole(forgetting, id)).rejects.toThrow('NOT_FOUND')
  },
  120_000,
)
