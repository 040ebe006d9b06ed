import { expect, test } from 'vitest'
import { AnswerEventsDocument, PredictionDocument } from '../generated/graphql.js'
import { ask, AnswerReader, readAnswer } from '../support/answers.js'
import { KnowledgeClient } from '../support/knowledge.js'
import { CHAT_MODEL } from '../support/models.js'
import { createRandom } from '../support/random.js'
import { isFullTest, testSeed } from '../support/seed.js'
import { TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'

const KILLS = isFullTest() ? 20 : 1

const GARDEN = `The greenhouse is watered at six in the morning. Tomatoes need two litres a day, cucumbers three.

Seeds are kept in the cold store at 4 °C. Whoever takes some writes it into the green book.`

test(`an answer goes on where it was after ${KILLS} times kill -9, and its followers miss nothing`, async () => {
  await using folder = await createTemporaryFolder('answer-kills')
  const environment = { GRAPHLOOM_DATA_DIR: folder.path, GRAPHLOOM_RATE_LIMIT_PER_MINUTE: '1000000' }
  const random = createRandom(testSeed())
  await using stack = new AsyncDisposableStack()
  let server = stack.use(await TestServer.start(environment))
  const client = new KnowledgeClient(server)
  await client.create({ name: 'garden' })
  await client.add('garden', [{ key: 'rules', text: GARDEN }])
  for (let kill = 0; kill < KILLS; kill++) {
    const asked = { knowledgeBases: ['garden'], question: 'How much water do tomatoes need?' }
    const { id } = await ask(server, {
      ...asked,
      mode: 'GENERATIVE',
      model: CHAT_MODEL,
      generation: { maxTokens: 40, temperature: 0.7, seed: kill },
    })
    const quoted = await ask(server, asked)
    const reader = new AnswerReader()
    const last = Math.floor(random() * 12)
    for await (const { answerEvents } of server.subscribe(AnswerEventsDocument, { id })) {
      reader.take(answerEvents)
      if (answerEvents.__typename === 'StreamEnd' || (reader.text !== '' && reader.order.length >= last)) break
    }
    await server.kill()
    server = stack.use(await TestServer.start(environment))
    if (reader.end === null) await reader.read(server, id)
    const answer = await waitFor('the end of its task, which is written after its own', async () => {
      const read = await readAnswer(server, id)
      return read.task?.state === 'RUNNING' ? null : read
    })
    expect(answer).toMatchObject({
      state: 'SUCCEEDED',
      task: { state: 'SUCCEEDED' },
      prediction: { state: 'SUCCEEDED' },
    })
    expect(reader.text).toBe(answer.text)
    expect(reader.citations).toEqual(answer.citations.map(({ number }) => number))
    expect(new Set(reader.citations).size).toBe(reader.citations.length)
    const { prediction } = await server.request(PredictionDocument, { id: answer.prediction!.id })
    expect(prediction?.output).toMatchObject({ text: answer.text })
    const whole = await new AnswerReader().read(server, quoted.id)
    expect(whole.end).toBe('FINISHED')
    expect(whole.text).toContain('Tomatoes need two litres a day, cucumbers three.')
  }
})
