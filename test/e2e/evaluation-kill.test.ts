import { expect, test } from 'vitest'
import { CancelTaskDocument, EvaluationDocument, EvaluationQueriesDocument } from '../generated/graphql.js'
import { readToEnd } from '../support/enqueued-tasks.js'
import { readQueries, startEvaluation } from '../support/evaluations.js'
import { KnowledgeClient } from '../support/knowledge.js'
import { findFreePort, TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'

const QUERY_COUNT = 320
const WORDS = ['quartz', 'granite', 'basalt', 'slate']
const numbers = Array.from({ length: QUERY_COUNT }, (_, i) => i)

test('an evaluation goes on after a kill with what it has, and stops when it is cancelled', async () => {
  await using folder = await createTemporaryFolder('evaluation-kill')
  const environment = {
    GRAPHLOOM_DATA_DIR: folder.path,
    GRAPHLOOM_PORT: String(await findFreePort()),
    GRAPHLOOM_TASK_LEASE_MS: '1000',
  }
  const input = {
    search: { knowledgeBases: ['stones'], mode: 'TEXT' as const },
    queries: { text: numbers.map((i) => `q${i}\t${WORDS[i % 4]} ${i}`).join('\n') },
    // Right for every other question.
    judgements: { text: numbers.map((i) => `q${i} 0 ${WORDS[(i * 7) % 4]} 1`).join('\n') },
  }
  let server = await TestServer.start(environment)
  await using stack = new AsyncDisposableStack()
  stack.defer(() => server[Symbol.asyncDispose]())
  const client = new KnowledgeClient(server)
  await client.create({ name: 'stones' })
  await client.add(
    'stones',
    WORDS.map((key) => ({ key, text: `About ${key}.` })),
  )

  const askedBy = async (id: string): Promise<number> => {
    const { evaluation } = await server.request(EvaluationQueriesDocument, { id, last: 1 })
    return Number(evaluation!.perQuery.pageInfo.endCursor ?? -1) + 1
  }
  const { id, task } = await startEvaluation(server, input)
  await waitFor('some questions have been asked', async () => (await askedBy(id)) > 0)
  await server.kill()
  server = await TestServer.start(environment)
  const before = await askedBy(id)
  expect(before).toBeGreaterThan(0)
  expect(before).toBeLessThan(QUERY_COUNT)
  expect((await readToEnd(server, task!.id)).task).toMatchObject({ state: 'SUCCEEDED' })
  const { evaluation } = await server.request(EvaluationDocument, { id })
  expect(evaluation!.queryCount).toBe(QUERY_COUNT)
  for (const { ndcg, recall } of evaluation!.metrics!) expect([ndcg, recall]).toEqual([0.5, 0.5])
  expect((await readQueries(server, id)).map(({ queryId }) => queryId)).toEqual(numbers.map((i) => `q${i}`))

  const cancelled = await startEvaluation(server, input)
  await waitFor('some questions have been asked', async () => (await askedBy(cancelled.id)) > 0)
  await server.request(CancelTaskDocument, { input: { id: cancelled.task!.id } })
  expect((await readToEnd(server, cancelled.task!.id)).task).toMatchObject({ state: 'CANCELLED' })
  const asked = await askedBy(cancelled.id)
  expect(asked).toBeLessThan(QUERY_COUNT)
  expect(await readQueries(server, cancelled.id)).toHaveLength(asked)
})
