import { describe, expect, test } from 'vitest'
import { GraphloomError } from '../../src/kernel/errors.js'
import type { Json } from '../../src/kernel/json.js'
import type { DocumentStore } from '../../src/ports/document-store.js'
import { createAccess } from '../../src/services/access/access.js'
import { Payloads } from '../../src/services/payloads.js'
import { Streams } from '../../src/services/streams/streams.js'
import { startTasks } from '../../src/services/tasks/start-tasks.js'
import { openState } from '../../src/state.js'
import { ADA, stepType } from '../support/graphs.js'
import { NEVER } from '../support/inference.js'
import { ManualClock } from '../support/manual-clock.js'
import { silentLogger as logger } from '../support/state.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'

const TIMEOUT_MS = 3_600_000
const SCOPE = { tenantId: ADA.tenantId }

/** A store that stores no end of a task while it is full, and counts what it refused and how often due tasks were looked for. */
function limitStore(documents: DocumentStore) {
  const seen = { isFull: false, refused: 0, looks: 0 }
  const own: Partial<DocumentStore> = {
    find: (c, scope, request, options) => {
      if (request.filter?.['dueAt']?.lte !== undefined) seen.looks++
      return documents.find(c, scope, request, options)
    },
    update: (c, scope, revision, document, ...rest) => {
      if (!seen.isFull || !('endedAt' in document) || document.endedAt === null)
        return documents.update(c, scope, revision, document, ...rest)
      seen.refused++
      return Promise.reject(new GraphloomError('UNAVAILABLE', 'The disk is full.'))
    },
  }
  const store = new Proxy(documents, {
    get: (target, name) => {
      const value: unknown = Reflect.get(own, name) ?? Reflect.get(target, name, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
  return { seen, store }
}

/** Tasks of one type, whose time stands still until it is moved. */
async function openTasks(stack: AsyncDisposableStack, run: () => Promise<Json>) {
  const folder = stack.use(await createTemporaryFolder('late-storing'))
  const state = stack.use(await openState({ dataDirectory: folder.path, mongodbUri: null, logger }))
  const { seen, store } = limitStore(state.documents)
  const clock = new ManualClock(Date.now())
  const tasks = stack.use(
    await startTasks({
      ...state,
      documents: store,
      payloads: new Payloads(state.blobs, 1 << 20),
      access: createAccess({ onSettled: () => undefined }),
      streams: new Streams({ log: state.events, maxBacklogEvents: 1_000 }),
      types: [stepType(run)],
      settings: { window: 1, leaseMs: 60_000, queueLength: 10, joinBytes: 10_000 },
      currentTrace: () => ({ traceId: '0'.repeat(32), traceparent: null }),
      inSpan: (_name, _traceparent, inner) => inner(),
      clock,
      logger,
    }),
  )
  const enqueue = async (attemptLimit: number): Promise<string> =>
    (await tasks.tasks.enqueue(ADA, { type: 'step', input: {}, timeoutMs: TIMEOUT_MS, attemptLimit })).id
  const find = (id: string) => tasks.store.require(SCOPE, id)
  const reaches = (id: string, wanted: string) =>
    waitFor(`the task to be ${wanted}`, async () => {
      clock.advance(1_000)
      const task = await find(id)
      return task.state === wanted ? task : null
    })
  return { tasks, clock, seen, enqueue, find, reaches }
}

test.each([
  ['a result', () => ({ done: true }), { state: 'SUCCEEDED', error: null }],
  [
    'a failure',
    () => {
      throw new GraphloomError('INVALID_INPUT', 'It fails.')
    },
    { state: 'FAILED', error: { code: 'INVALID_INPUT' } },
  ],
])('%s in time is stored after its time, when the store takes it again', async (_what, finish, expected) => {
  await using stack = new AsyncDisposableStack()
  const work = Promise.withResolvers<void>()
  const run = async (): Promise<Json> => {
    await work.promise
    return finish()
  }
  const { clock, seen, enqueue, find, reaches } = await openTasks(stack, run)
  const id = await enqueue(2)
  expect((await reaches(id, 'RUNNING')).dueAt).not.toBeNull()
  seen.isFull = true
  work.resolve()
  await waitFor('the end to be refused', () => seen.refused > 0)

  clock.advance(2 * TIMEOUT_MS)
  const before = seen.looks
  await waitFor('the clock to look for what is due', () => {
    clock.advance(1_000)
    return seen.looks > before + 2
  })
  expect(await find(id)).toMatchObject({ state: 'RUNNING', attempt: 1 })

  seen.isFull = false
  const task = await reaches(id, expected.state)
  expect(task).toMatchObject({ ...expected, attempt: 1 })
  expect(task.attempts).toHaveLength(1)
})

describe('work that ignores that it is to stop', () => {
  test('is abandoned after a while when its task is cancelled, and changes nothing later', async () => {
    await using stack = new AsyncDisposableStack()
    const work = Promise.withResolvers<Json>()
    const { tasks, enqueue, find, reaches } = await openTasks(stack, () => work.promise)
    const id = await enqueue(1)
    await reaches(id, 'RUNNING')
    expect(await tasks.tasks.cancel(ADA, id)).toMatchObject({ state: 'CANCELLING' })
    const ended = await reaches(id, 'CANCELLED')
    expect(ended).toMatchObject({ stateReason: 'It did not stop when it was told to, and was abandoned.' })
    work.resolve({ done: true })
    await tasks.drain(NEVER)
    expect(await find(id)).toEqual(ended)
  })

  test('has timed out when its time and the while after it have passed', async () => {
    await using stack = new AsyncDisposableStack()
    const work = Promise.withResolvers<Json>()
    const { clock, enqueue, reaches } = await openTasks(stack, () => work.promise)
    const id = await enqueue(1)
    await reaches(id, 'RUNNING')
    clock.advance(TIMEOUT_MS)
    expect(await reaches(id, 'TIMED_OUT')).toMatchObject({ error: { code: 'DEADLINE_EXCEEDED' }, isDeadLetter: true })
    work.resolve(null)
  })
})
