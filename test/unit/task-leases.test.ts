import { expect, test } from 'vitest'
import { GraphloomError } from '../../src/kernel/errors.js'
import type { DocumentStore } from '../../src/ports/document-store.js'
import { DEFAULT_QUEUE } from '../../src/services/tasks/task-type.js'
import { ADA, GraphBench } from '../support/graphs.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'

const LEASE_MS = 1_000
const SCOPE = { tenantId: ADA.tenantId }

const pause = (durationMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, durationMs))

/** A server that works on nothing itself. */
const open = (folder: string, leaseMs?: number): Promise<GraphBench> => GraphBench.open(folder, () => null, 0, leaseMs)

const enqueue = async ({ work }: GraphBench): Promise<string> =>
  (await work.tasks.enqueue(ADA, { type: 'step', input: {} })).id

async function claim({ work }: GraphBench) {
  const worker = { name: 'elsewhere', host: 'test', pid: 1 }
  const request = { types: ['step'], count: 1, leaseMs: LEASE_MS, waitMs: 0, worker, allTenants: false }
  const [claimed] = await work.taskClaims.claim(ADA, request, new AbortController().signal)
  return { id: claimed!.task.id, token: claimed!.token }
}

test('a worker that could not reach the server has time to say that it is there', async () => {
  await using folder = await createTemporaryFolder('leases')
  await using stack = new AsyncDisposableStack()
  const before = await open(folder.path)
  const id = await enqueue(before)
  const claimed = await claim(before)
  await before[Symbol.asyncDispose]()
  await pause(2 * LEASE_MS)
  const after = stack.use(await open(folder.path))
  await pause(2_000)
  expect(await after.work.store.require(SCOPE, id)).toMatchObject({ state: 'RUNNING', attempt: 1 })
  expect(await after.work.taskClaims.heartbeat(ADA, [claimed], LEASE_MS)).toMatchObject([{ isLost: false }])
  expect(await after.work.taskClaims.complete(ADA, claimed, 1)).toMatchObject({ state: 'SUCCEEDED', losses: 0 })
})

test('what a server that is gone had claimed waits again, also while its queue is paused', async () => {
  await using folder = await createTemporaryFolder('leases')
  await using stack = new AsyncDisposableStack()
  const bench = stack.use(await open(folder.path, 300))
  const { work, state } = bench
  const ids = [await enqueue(bench), await enqueue(bench)]
  const { queue } = await work.store.require(SCOPE, ids[0]!)
  const asked = { queue, limit: 1, leaseMs: 600_000 }
  // They ended so soon that the tasks were not told of their claims.
  for (const owner of ['srv_gone', 'srv_too']) await state.queue.claim({ ...asked, owner })
  await work.taskQueues.setPaused({ ...ADA, roles: ['ADMIN'] }, queue, true)
  expect(await state.queue.endLeasesOfOthers('srv_me', 'srv_')).toBe(2)
  for (const id of ids) {
    await waitFor('the claim to be over', async () => (await work.store.require(SCOPE, id)).losses === 1)
    expect(await work.store.require(SCOPE, id)).toMatchObject({ state: 'QUEUED', attempt: 1, failures: 0 })
  }
  expect(await state.queue.listLapsed({ untilMs: Date.now(), limit: 10 })).toEqual([])
})

test('tasks that are claimed while the store cannot be read wait for it, and have lost no worker', async () => {
  await using folder = await createTemporaryFolder('leases')
  await using stack = new AsyncDisposableStack()
  const LEASE = 300
  let isAway = false
  let refused = 0
  const wrap = (documents: DocumentStore): DocumentStore => {
    const get = documents.get.bind(documents)
    documents.get = (...asked) => {
      if (!isAway) return get(...asked)
      refused++
      return Promise.reject(new GraphloomError('UNAVAILABLE', 'The store is away.'))
    }
    return documents
  }
  const { state, work } = stack.use(await GraphBench.open(folder.path, () => 'done', 1, LEASE, wrap))
  const settings = { concurrency: null, weights: {} }
  await state.queue.configure(DEFAULT_QUEUE, { ...settings, paused: true })
  const made = await work.tasks.enqueue(ADA, { type: 'step', input: {} })
  isAway = true
  await state.queue.configure(DEFAULT_QUEUE, { ...settings, paused: false })
  await pause(4 * LEASE)
  isAway = false
  const ended = await waitFor('its end', async () => {
    const task = await work.store.require(SCOPE, made.id)
    return task.endedAt === null ? null : task
  })
  expect(refused).toBeGreaterThan(0)
  expect(ended).toMatchObject({ state: 'SUCCEEDED', attempt: 1, losses: 0 })
})
