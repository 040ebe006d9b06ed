import { expect, test } from 'vitest'
import { GraphloomError } from '../../src/kernel/errors.js'
import type { Json } from '../../src/kernel/json.js'
import type { DocumentStore } from '../../src/ports/document-store.js'
import { createAccess } from '../../src/services/access/access.js'
import { Payloads } from '../../src/services/payloads.js'
import { Streams } from '../../src/services/streams/streams.js'
import { startTasks } from '../../src/services/tasks/start-tasks.js'
import { openState } from '../../src/state.js'
import { ADA, stepType } from '../support/graphs.js'
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
  const folder = stack.use(await createTemporaryFolder('late-storing'))
  const state = stack.use(await openState({ dataDirectory: folder.path, mongodbUri: null, logger }))
  const { seen, store } = limitStore(state.documents)
  const clock = new ManualClock(Date.now())
  const work = Promise.withResolvers<void>()
  const run = async (): Promise<Json> => {
    await work.promise
    return finish()
  }
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
  const asked = { type: 'step', input: {}, timeoutMs: TIMEOUT_MS, attemptLimit: 2 }
  const { id } = await tasks.tasks.enqueue(ADA, asked)
  const reaches = (wanted: string) =>
    waitFor(`the task to be ${wanted}`, async () => {
      const task = await tasks.store.require(SCOPE, id)
      return task.state === wanted ? task : null
    })
  expect((await reaches('RUNNING')).dueAt).not.toBeNull()
  seen.isFull = true
  work.resolve()
  await waitFor('the end to be refused', () => seen.refused > 0)

  clock.advance(2 * TIMEOUT_MS)
  const before = seen.looks
  await waitFor('the clock to look for what is due', () => {
    clock.advance(1_000)
    return seen.looks > before + 2
  })
  expect(await tasks.store.require(SCOPE, id)).toMatchObject({ state: 'RUNNING', attempt: 1 })

  seen.isFull = false
  await waitFor('it to be stored', async () => {
    clock.advance(1_000)
    return (await tasks.store.require(SCOPE, id)).endedAt !== null
  })
  const task = await tasks.store.require(SCOPE, id)
  expect(task).toMatchObject({ ...expected, attempt: 1 })
  expect(task.attempts).toHaveLength(1)
})
