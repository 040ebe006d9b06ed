import { afterAll, beforeAll, expect, test } from 'vitest'
import { PredictionDocument } from '../generated/graphql.js'
import { chat, PredictionReader, readWhole, startChat } from '../support/predictions.js'
import { openQuickModels } from '../support/quick-models.js'
import { createRandom } from '../support/random.js'
import { isFullTest, testSeed } from '../support/seed.js'
import { TestServer } from '../support/server.js'

const CUTS = isFullTest() ? 100 : 30

const stack = new AsyncDisposableStack()
let server: TestServer
beforeAll(async () => {
  server = stack.use(await TestServer.start(await openQuickModels(stack)))
})
afterAll(() => stack.disposeAsync())

test.each(['websocket', 'sse'] as const)(
  `one generation, cut ${CUTS} times over %s and resumed by cursor, is the uncut one`,
  async (transport) => {
    const random = createRandom(testSeed())
    const input = chat('Write a long story about a lighthouse keeper and the sea.', {
      maxTokens: isFullTest() ? 400 : 1_500,
    })
    const { id } = await startChat(server, input)
    const undisturbed = readWhole(server, id)
    const reader = new PredictionReader()
    // Places in the stream where the socket is cut; each time the client comes back at once.
    for (let cut = 0; cut < CUTS && !reader.ended; cut++) {
      const more = 1 + Math.floor(random() * 3)
      const stopAt = reader.items + more
      await reader.read(server, id, { transport, until: (so) => so.items >= stopAt })
    }
    while (!reader.ended) await reader.read(server, id, { transport })
    const whole = await undisturbed
    expect(whole.mistakes).toEqual([])
    expect(reader.mistakes).toEqual([])
    expect(reader.text).toBe(whole.text)
    expect(reader.sequence).toBe(whole.sequence)
    expect(reader.state).toBe('SUCCEEDED')
    const { prediction } = await server.request(PredictionDocument, { id })
    expect(prediction?.output).toMatchObject({ __typename: 'TextOutput', text: whole.text })
    // Another client, long after the end.
    const late = await readWhole(server, id)
    expect(late).toMatchObject({ text: whole.text, ended: true, items: 2, mistakes: [] })
  },
)
