import { expect, test } from 'vitest'
import {
  AnswerDocument,
  DeleteTaskDocument,
  EnqueueTaskGraphDocument,
  PredictionDocument,
  RescheduleTaskDocument,
  TaskGraphDocument,
  TasksDocument,
} from '../generated/graphql.js'
import { askAndWait } from '../support/answers.js'
import { enqueue, failing, readToEnd, sleep } from '../support/enqueued-tasks.js'
import { KnowledgeClient } from '../support/knowledge.js'
import { chat, embedding, PredictionReader, readWhole, requirePrediction, startChat } from '../support/predictions.js'
import { openQuickModels } from '../support/quick-models.js'
import { TestServer } from '../support/server.js'
import { openStore, STORES_BRIEFLY } from '../support/stores.js'
import { waitFor } from '../support/wait.js'

test.each(STORES_BRIEFLY)(
  'what has been kept long enough goes, from %s too',
  async (store) => {
    await using stack = new AsyncDisposableStack()
    const environment = {
      ...(await openStore(stack, store)),
      ...(await openQuickModels(stack)),
      GRAPHLOOM_RETENTION_INTERVAL_MS: '100',
    }
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
    await new KnowledgeClient(keeping).create({ name: 'empty' })
    const { answer } = await askAndWait(keeping, { knowledgeBases: ['empty'], question: 'Is anything here?' })
    await keeping[Symbol.asyncDispose]()
    await using forgetting = await TestServer.start({ ...environment, GRAPHLOOM_PREDICTION_RETENTION_MS: '0' })
    await waitFor(
      'the prediction to be gone',
      async () => (await forgetting.request(PredictionDocument, { id })).prediction === null,
    )
    await waitFor(
      'the answer to be gone',
      async () => (await forgetting.request(AnswerDocument, { id: answer.id })).answer === null,
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

test.each(STORES_BRIEFLY)(
  'tasks go by their age and number, those that failed by an age of their own, from %s too',
  async (store) => {
    await using stack = new AsyncDisposableStack()
    const environment = { ...(await openStore(stack, store)), GRAPHLOOM_RETENTION_INTERVAL_MS: '100' }
    const keeping = await TestServer.start({ ...environment, GRAPHLOOM_TASK_RETENTION_COUNT: '2' })
    const ids: string[] = []
    for (let at = 0; at < 4; at++) {
      const { id } = await enqueue(keeping, sleep(1))
      ids.push(id)
      await readToEnd(keeping, id)
    }
    const { id: failed } = await enqueue(keeping, failing())
    await readToEnd(keeping, failed)
    const left = async (server: TestServer): Promise<string[]> =>
      (await server.request(TasksDocument, { orderBy: 'CREATED_AT_ASC' })).tasks.nodes.map(({ id }) => id)
    const kept = [...ids.slice(2), failed]
    await waitFor('the oldest to be gone', async () => (await left(keeping)).join() === kept.join())
    await keeping[Symbol.asyncDispose]()
    await using forgetting = await TestServer.start({ ...environment, GRAPHLOOM_TASK_RETENTION_MS: '0' })
    await waitFor('all but the failed one to be gone', async () => (await left(forgetting)).join() === failed)
    await expect(readToEnd(forgetting, ids[3]!)).rejects.toThrow('NOT_FOUND')
  },
  120_000,
)

test.each(STORES_BRIEFLY)(
  'what a task that has not begun may need stays until it has begun, in %s too, and nothing waits behind it',
  async (store) => {
    await using stack = new AsyncDisposableStack()
    const environment = { ...(await openStore(stack, store)), GRAPHLOOM_RETENTION_INTERVAL_MS: '100' }
    await using server = await TestServer.start({ ...environment, GRAPHLOOM_TASK_RETENTION_MS: '0' })
    const input = { durationMs: 1 }
    const tasks = [
      { name: 'needed', type: 'sleep', input },
      { name: 'late', type: 'sleep', input, delayMs: 3_600_000 },
      {
        ...{ name: 'waiting', type: 'sleep', after: [{ name: 'needed' }, { name: 'late' }] },
        input: { durationMs: { $output: { of: 'needed', pointer: '/sleptMs' } } },
      },
    ]
    const { enqueueTaskGraph: graph } = await server.request(EnqueueTaskGraphDocument, { input: { tasks } })
    if (graph.__typename !== 'TaskGraph') throw new Error(JSON.stringify(graph))
    const { taskGraph } = await server.request(TaskGraphDocument, { id: graph.id })
    const ids = new Map(taskGraph!.tasks.nodes.map(({ name, id }) => [name, id]))
    const list = async (): Promise<string[]> =>
      (await server.request(TasksDocument, {})).tasks.nodes.map(({ id }) => id).toSorted()
    await readToEnd(server, ids.get('needed')!)
    const { id: alone } = await enqueue(server, sleep(1))
    await waitFor('a later task to be gone', async () => !(await list()).includes(alone))
    expect(await list()).toEqual([...ids.values()].toSorted())
    const { deleteTask } = await server.request(DeleteTaskDocument, { input: { id: ids.get('needed')! } })
    expect(deleteTask).toMatchObject({ __typename: 'Conflict' })
    const reading = readToEnd(server, ids.get('waiting')!)
    await server.request(RescheduleTaskDocument, { input: { id: ids.get('late')!, runAt: null } })
    expect(await reading).toMatchObject({ end: 'FINISHED', mistakes: [] })
    await waitFor('all to be gone', async () => (await list()).length === 0)
  },
  120_000,
)
