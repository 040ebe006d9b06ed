import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  CancelPredictionDocument,
  CancelTaskDocument,
  DeletePredictionDocument,
  DeleteTaskDocument,
  PredictionDocument,
  PredictionTaskDocument,
  RetryTaskDocument,
  StartPredictionDocument,
  TaskPredictionDocument,
} from '../generated/graphql.js'
import { ask, enqueue, readToEnd, TaskReader } from '../support/enqueued-tasks.js'
import { CHAT_MODEL, EMBEDDING_MODEL } from '../support/models.js'
import { chat, embedding, PredictionReader, readWhole, requirePrediction, startChat } from '../support/predictions.js'
import { JWT_SECRET, signToken, TestServer } from '../support/server.js'
import { openStore, STORES } from '../support/stores.js'

const LONG = chat('Count to a thousand.', { maxTokens: 1_500, temperature: 1 })

describe.each(STORES)('tasks of predictions, kept in %s', (store) => {
  const stack = new AsyncDisposableStack()
  let server: TestServer
  let token: string

  beforeAll(async () => {
    const environment = await openStore(stack, store)
    server = stack.use(await TestServer.start({ ...environment, GRAPHLOOM_JWT_SECRET: JWT_SECRET }))
    token = await signToken('acme')
  })
  afterAll(() => stack.disposeAsync())

  const start = (input = chat('Say hello.', { maxTokens: 12 })) => startChat(server, input, { token })
  const pairOf = async (id: string) => (await server.request(PredictionTaskDocument, { id }, token)).prediction
  const taskIdOf = async (id: string): Promise<string> => (await pairOf(id))!.task!.id
  const readSome = (id: string) =>
    new PredictionReader().read(server, id, { token, until: ({ text }) => text.length > 10 })

  test('a started prediction has a task, which goes through its states to the same end', async () => {
    const { id } = await start()
    const pair = await pairOf(id)
    expect(pair?.task).toMatchObject({
      type: 'prediction',
      queue: { name: 'predictions' },
      input: { input: { chat: { model: CHAT_MODEL, generation: { maxTokens: 12 } } } },
      prediction: { id },
    })
    const taskId = pair!.task!.id
    const reader = await readToEnd(server, taskId, { token })
    expect(reader).toMatchObject({ mistakes: [], end: 'FINISHED' })
    expect(reader.states.at(-1)).toBe('SUCCEEDED')
    const { text } = await readWhole(server, id, token)
    expect(await pairOf(id)).toMatchObject({
      state: 'SUCCEEDED',
      task: {
        state: 'SUCCEEDED',
        output: { predictionId: id, kind: 'CHAT', text, usage: { outputTokens: expect.any(Number) as number } },
        attempts: [{ number: 1, endedAt: expect.any(String) as string }],
      },
    })
  })

  test('one that was waited for, or of which nothing is kept, has none', async () => {
    const waited = await requirePrediction(server, embedding('no task'), { token })
    expect((await pairOf(waited.id))?.task).toBeNull()
    const { startPrediction } = await server.request(StartPredictionDocument, { input: LONG, store: false }, token)
    if (startPrediction.__typename !== 'Prediction') throw new Error(startPrediction.message)
    expect((await pairOf(startPrediction.id))?.task).toBeNull()
    await server.request(CancelPredictionDocument, { input: { id: startPrediction.id } }, token)
  })

  test('the task tells how many tokens there are', async () => {
    const { id } = await start(LONG)
    const taskId = await taskIdOf(id)
    const reader = new TaskReader()
    await reader.read(server, taskId, { token, until: ({ task }) => (task?.progress?.done ?? 0) > 0 })
    expect(reader.task?.progress).toMatchObject({ total: 1_500 })
    await server.request(CancelTaskDocument, { input: { id: taskId } }, token)
  })

  test.each(['the prediction', 'the task'])(
    'cancelling %s while it runs ends both, with the text so far',
    async (what) => {
      const { id } = await start(LONG)
      const taskId = await taskIdOf(id)
      await readSome(id)
      if (what === 'the task') {
        const { cancelTask } = await server.request(CancelTaskDocument, { input: { id: taskId } }, token)
        expect(cancelTask).toMatchObject({ __typename: 'Task', state: /CANCELL/ })
      } else {
        const { cancelPrediction } = await server.request(CancelPredictionDocument, { input: { id } }, token)
        expect(cancelPrediction).toMatchObject({ __typename: 'Prediction', state: 'CANCELLED' })
        expect(await pairOf(id)).toMatchObject({ state: 'CANCELLED', task: { state: 'CANCELLED' } })
      }
      const [task, prediction] = [await readToEnd(server, taskId, { token }), await readWhole(server, id, token)]
      expect(task).toMatchObject({ mistakes: [], end: 'CANCELLED' })
      expect(prediction).toMatchObject({ mistakes: [], ended: true, state: 'CANCELLED' })
      expect(prediction.text.length).toBeGreaterThan(10)
      expect(await pairOf(id)).toMatchObject({ state: 'CANCELLED', task: { state: 'CANCELLED', error: null } })
    },
  )

  test('what fails, fails as both', async () => {
    const { startPrediction } = await server.request(StartPredictionDocument, { input: LONG, deadlineMs: 300 }, token)
    if (startPrediction.__typename !== 'Prediction') throw new Error(startPrediction.message)
    const { id } = startPrediction
    await readToEnd(server, await taskIdOf(id), { token })
    expect(await pairOf(id)).toMatchObject({
      state: 'FAILED',
      error: { code: 'DEADLINE_EXCEEDED' },
      task: { state: 'FAILED', error: { code: 'DEADLINE_EXCEEDED' } },
    })
  })

  test('whoever sees one ended never sees the other still to be done', async () => {
    for (let round = 0; round < 20; round++) {
      const { id } = await start(embedding(`round ${round}`))
      for (;;) {
        const pair = await pairOf(id)
        const isEnded = (state: string): boolean => state === 'SUCCEEDED'
        if (isEnded(pair!.state)) {
          expect(pair?.task?.state).toBe('SUCCEEDED')
          break
        }
      }
    }
  })

  test.each(['prediction', 'task'])('deleting the %s deletes the pair', async (what) => {
    const { id } = await start(embedding('to be deleted'))
    const taskId = await taskIdOf(id)
    await readToEnd(server, taskId, { token })
    if (what === 'task') await server.request(DeleteTaskDocument, { input: { id: taskId } }, token)
    else await server.request(DeletePredictionDocument, { input: { id } }, token)
    expect((await server.request(PredictionDocument, { id }, token)).prediction).toBeNull()
    expect((await server.request(TaskPredictionDocument, { id: taskId }, token)).task).toBeNull()
  })

  test('a task can ask by itself: its prediction is made when its turn comes, and its input is checked before', async () => {
    const input = { input: { embedding: { model: EMBEDDING_MODEL, texts: ['by a task'] } } }
    const { id } = await enqueue(server, { type: 'prediction', input }, { token })
    expect((await readToEnd(server, id, { token })).mistakes).toEqual([])
    const { task } = await server.request(TaskPredictionDocument, { id }, token)
    expect(task).toMatchObject({ state: 'SUCCEEDED', prediction: { state: 'SUCCEEDED', task: { id } } })
    expect(task?.output).toMatchObject({ predictionId: task?.prediction?.id, kind: 'EMBEDDING' })
    const mistakes = await Promise.all([
      ask(server, { type: 'prediction', input: { input: {} } }, { token }),
      ask(
        server,
        { type: 'prediction', input: { input: { embedding: { model: EMBEDDING_MODEL, texts: [] } } } },
        { token },
      ),
      ask(server, { type: 'prediction', input, queue: 'default' }, { token }),
      ask(server, { type: 'sleep', input: { durationMs: 1 }, queue: 'predictions' }, { token }),
    ])
    expect(mistakes).toMatchObject([
      { __typename: 'InvalidInput', path: 'input.input.input' },
      { __typename: 'InvalidInput', path: 'input.input.input.embedding.texts' },
      { __typename: 'InvalidInput', path: 'input.queue' },
      { __typename: 'InvalidInput', path: 'input.queue' },
    ])
  })

  test('doing the task again asks again', async () => {
    const { id } = await start(LONG)
    const taskId = await taskIdOf(id)
    await server.request(CancelPredictionDocument, { input: { id } }, token)
    const { retryTask } = await server.request(RetryTaskDocument, { input: { id: taskId } }, token)
    if (retryTask.__typename !== 'Task') throw new Error(JSON.stringify(retryTask))
    const reader = new TaskReader()
    await reader.read(server, retryTask.id, { token, until: ({ task }) => task?.state === 'RUNNING' })
    await server.request(CancelTaskDocument, { input: { id: retryTask.id } }, token)
    await readToEnd(server, retryTask.id, { token })
    const { task } = await server.request(TaskPredictionDocument, { id: retryTask.id }, token)
    expect(task).toMatchObject({ state: 'CANCELLED' })
    expect(task?.prediction?.id).not.toBe(id)
  })

  test('another tenant sees neither', async () => {
    const eve = await signToken('evil', ['ADMIN', 'MEMBER'])
    const { id } = await start(embedding('a secret'))
    const taskId = await taskIdOf(id)
    expect((await server.request(PredictionTaskDocument, { id }, eve)).prediction).toBeNull()
    expect((await server.request(TaskPredictionDocument, { id: taskId }, eve)).task).toBeNull()
    const { cancelTask } = await server.request(CancelTaskDocument, { input: { id: taskId } }, eve)
    expect(cancelTask.__typename).toBe('NotFound')
  })
})
